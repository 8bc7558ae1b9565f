"""What every source that asks a server over HTTP must survive: one matrix for all systems.

A test module says in its fixture ``recorded`` which source of which server it is (:func:`recording`), and inherits the
tests: ``class TestDisturbed(Disturbances)``. The server is asked once, by a load that nothing disturbs, through a wire
that keeps each answer; the disturbed loads meet these answers, byte for byte, and whatever is put between.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collector.configuration.nodes import read_nodes
from metrics.errors import YunweiError
from tests.adapters.faulty import FAULTS, Fault, Faulty
from tests.adapters.probes.servers import Authority
from tests.ingest.workspace import Workspace

#: What is said, after the address, and with which exit code.
SENTENCES: dict[Fault, tuple[int, str]] = {
    "refused": (4, r"连不上：拒绝连接，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "hung_up": (4, r"连不上：没有应答就断开了连接，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "reset": (4, r"连不上：(连接被重置|应答没有传完就断开了连接)，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "drip": (4, r"连不上：应答超过 1 秒，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "429": (4, r"回答 429（请求太多），应为 200，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "500": (4, r"回答 500（.+），应为 200，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "truncated": (4, r"的回答没有传完，JSON 在第 \d+ 字节处断了，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "empty": (4, r"的回答没有传完，JSON 在第 0 字节处断了，重试 1 次后仍是如此；下次采集从停下的地方接着读$"),
    "oversized": (3, r"的回答超过 512 KB，没有读完；应把每页的条数改小，或提高 largest_reply$"),
    "not_json": (3, r"的回答不是 JSON，开头是“<html><h1>系统维护中</h1></html>”，应为 JSON；请核对 url$"),
    "tells": (3, r"回答 400（请求不对），应为 200；对方说的是(“.+”|空白)$"),
}
EXPIRED = r"连不上：证书已过期；应请对方更换证书，自建 CA 或自签名证书请写入 ca$"

Facts = dict[str, list[str]]


@dataclass(frozen=True)
class Scene:
    """A source of a server at ``url``.

    Attributes:
        trust: how to speak TLS to it.
        opened: a court in a folder, with the source configured; the wire's address and limits are put into it.
        source: its id, which is the name of its file, too.
        after: how many requests pass before a load is disturbed: something of it is in the store then.
        spared: how many requests the load need not send again that goes on after it.
        secrets: what must be read nowhere.
    """

    url: str
    opened: Callable[[Path], AbstractContextManager[Workspace]]
    source: str
    after: int
    spared: int
    secrets: tuple[str, ...]
    trust: ssl.SSLContext | None = None


@dataclass
class Recorded:
    """A scene whose server answered one load that nothing disturbed, of which the other attributes are."""

    scene: Scene
    wire: Faulty
    authority: Authority
    requests: int = 0
    fingerprint: str = ""
    facts: Facts | None = None
    accepted: int = 0

    @contextmanager
    def court(self, folder: Path, timeout: str = "1秒", **more: object) -> Iterator[Workspace]:
        """A court whose source asks the wire; ``more``: further keys of the source."""
        with self.scene.opened(folder) as court:
            node, _ = read_nodes((court.folder / f"sources/{self.scene.source}.yaml").read_bytes(), "")
            assert node is not None
            limits = {"timeout": timeout, "retries": 1, "largest_reply": "512KB"}
            wire = {"url": self.wire.url, "ca": str(self.authority.folder / "ca.pem")}
            court.source(self.scene.source, json.dumps({**node.value(), **limits, **wire, **more}, ensure_ascii=False))
            self.wire.now = court.now
            yield court

    def show(self, certificate: str) -> None:
        """What the wire proves itself by, from now on."""
        self.wire.show(self.authority.context(certificate))

    def mend(self) -> None:
        """Everything passes again."""
        self.wire.clock_offset = 0
        self.wire.heal()

    def is_told(self, failures: list[YunweiError], code: int, sentence: str) -> None:
        """One failure: which source, which address, what happened, what to do; and how the command would end."""
        (failure,) = failures
        assert failure.exit_code == code
        assert re.match(rf"来源“[^”]+”（{self.scene.source}）：{re.escape(self.wire.url)}\S* {{0,1}}", str(failure))
        assert re.search(sentence, str(failure))

    def keeps_its_secrets(self, folder: Path, *shown: str) -> None:
        """Neither in what is shown nor in any file, as it reads when it is unpacked."""
        kept = everything_in(folder)
        for secret in self.scene.secrets:
            assert secret.encode() not in kept
            assert not [text for text in shown if secret in text]


@contextmanager
def recording(scene: Scene, folder: Path, authority: Authority) -> Iterator[Recorded]:
    """Load once, undisturbed, in ``folder``."""
    with Faulty(scene.url, authority.context("good"), scene.trust) as wire:
        wire.tape = {}
        recorded = Recorded(scene, wire, authority)
        with recorded.court(folder, timeout="60秒") as court:
            report = court.load()
            assert (report.failures, report.notes) == ([], [])
            recorded.requests, recorded.accepted = wire.requests, report.accepted
            recorded.fingerprint, recorded.facts = court.store.fingerprint(), facts(court)
        yield recorded


def facts(court: Workspace) -> Facts:
    """All that the store holds to be so now, whatever it came with."""
    known = court.store.facts()
    frames = {**known.frames, "states": known.states}
    return {name: sorted(map(repr, _plain(frame).itertuples(index=False))) for name, frame in frames.items()}


def replies_held(court: Workspace, source: str) -> set[bool]:
    """Whether the archive holds the replies that the source was read from: all, none, or some of them."""
    deliveries = court.store.deliveries()
    return {court.archive.holds(name) for name in deliveries.loc[deliveries["source"] == source, "content_hash"]}


def _plain(frame: Any) -> Any:
    return frame[[name for name in frame if not name.endswith("_id")]].astype(object)


def everything_in(folder: Path, *but: str) -> bytes:
    """All bytes below ``folder``, of files with other names than these; what is compressed, as it reads."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in but]
    return b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths)


@pytest.mark.usefixtures("impatient")
class Disturbances:
    """The tests; the fixture ``recorded`` is the module's."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_load_ends_with_a_sentence_and_the_next_makes_the_store_whole(
        self, fault: Fault, recorded: Recorded, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert recorded.wire.tape is not None
        with caplog.at_level(logging.DEBUG), recorded.court(tmp_path) as court:
            known = len(recorded.wire.tape)
            recorded.wire.fail(fault, after=recorded.scene.after)
            broken = court.load()
            recorded.mend()
            recorded.is_told(broken.failures, *SENTENCES[fault])
            assert broken.exit_code == SENTENCES[fault][0]
            assert ("***" in str(broken.failures[0])) == (fault == "tells"), "only there a secret came back"
            before = recorded.wire.requests
            whole = court.load()
            assert whole.failures == []
            assert recorded.wire.requests - before <= recorded.requests - recorded.scene.spared
            assert len(recorded.wire.tape) == known, "what goes on where it stood has nothing else to ask"
            assert broken.accepted + whole.accepted == recorded.accepted
            assert court.store.fingerprint() == recorded.fingerprint
        recorded.keeps_its_secrets(tmp_path, caplog.text, str(broken), *map(str, broken.failures))

    @pytest.mark.parametrize("kept", [True, False])
    def test_every_reply_is_kept_as_evidence_unless_the_source_says_no(
        self, kept: bool, recorded: Recorded, tmp_path: Path
    ) -> None:
        with recorded.court(tmp_path, keep_replies=kept) as court:
            assert court.load().failures == []
            assert replies_held(court, recorded.scene.source) == {kept}
            assert facts(court) == recorded.facts

    def test_a_load_may_be_broken_again_and_again(self, recorded: Recorded, tmp_path: Path) -> None:
        """At its first request, then at the second of what is left, and so on until a load comes through."""
        with recorded.court(tmp_path) as court:
            for passing in range(recorded.requests + 1):
                recorded.wire.fail("500", after=passing)
                report = court.load()
                recorded.mend()
                if not report.failures:
                    break
            assert (report.failures, passing > 2) == ([], True)
            assert court.store.fingerprint() == recorded.fingerprint

    def test_an_expired_certificate_ends_the_load_until_it_is_replaced(
        self, recorded: Recorded, tmp_path: Path
    ) -> None:
        with recorded.court(tmp_path) as court:
            recorded.wire.fail("500", after=recorded.scene.after)
            court.load()
            recorded.mend()
            recorded.show("expired")
            seen = recorded.wire.requests
            report = court.load()
            recorded.show("good")
            recorded.is_told(report.failures, 2, EXPIRED)
            assert (report.exit_code, recorded.wire.requests) == (2, seen)
            assert court.load().failures == []
            assert court.store.fingerprint() == recorded.fingerprint
        recorded.keeps_its_secrets(tmp_path, str(report), *map(str, report.failures))

    @pytest.mark.parametrize(("offset", "which"), [(600, "快"), (-600, "慢")])
    def test_a_clock_ten_minutes_off_is_said_and_nothing_is_missed(
        self, offset: int, which: str, recorded: Recorded, tmp_path: Path
    ) -> None:
        with recorded.court(tmp_path, timeout="60秒") as court:
            recorded.wire.clock_offset = offset
            report, again = court.load(), court.load()
            recorded.mend()
            (note,) = report.notes
            assert re.fullmatch(
                rf".+：对方服务器的时钟与本机相比{which} 600 秒，已把重叠的时间加长这么多；请校准时钟", note
            )
            assert (report.failures, report.accepted, facts(court)) == ([], recorded.accepted, recorded.facts)
            assert (again.failures, again.accepted, again.superseding) == ([], 0, 0)
