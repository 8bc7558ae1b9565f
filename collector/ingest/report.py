"""What one run of ingest did: per delivery the accounting, and what was left or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal, Protocol

from metrics.errors import YunweiError

SET_ASIDE_LABELS = {
    "total": "合计",
    "header": "表头",
    "note": "备注",
    "blank": "空行",
    "not_applicable": "不适用",
    "other_sheet": "未读的工作表",
}

#: In a corrected workbook.
CORRECTION_LABELS = SET_ASIDE_LABELS | {"not_applicable": "未改动"}

Kind = Literal["file", "reread", "retry", "correction"]

KIND_NOTES: Mapping[Kind, str] = {
    "file": "",
    "reread": "（读取规则已改，重读存档）",
    "retry": "（设备台账已变，重试不合格行）",
    "correction": "（改正的不合格行）",
}


@dataclass(frozen=True)
class DeliveryReport:
    """One delivery: rows by outcome. ``read`` is the sum of the four outcomes and what was set aside.

    Attributes:
        withdrawn: rows that an earlier mapping had read from the same bytes and this one does not.
        settled: rejections of earlier deliveries that this one decided anew.
        refused: why the file could not be read at all; its counts are 0 then.
    """

    source: str
    source_name: str
    name: str
    kind: Kind
    content_hash: str
    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    superseding: int = 0
    rejected: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    settled: int = 0
    refused: str | None = None

    @property
    def corrects(self) -> bool:
        """Whether it is a corrected workbook."""
        return self.kind == "correction"

    def line(self) -> str:
        """One line for people, e.g. ``三月.xlsx：读取 12 = 接收 10 + 未变 0 + 更正 0 + 拒绝 1 + 另计 1（合计 1）``."""
        head = f"{self.name}{KIND_NOTES[self.kind]}："
        if self.refused is not None:
            return f"{head}无法读取，{self.refused}"
        more = [f"撤回 {self.withdrawn:,}"] if self.withdrawn else []
        more += [f"了结以前的不合格行 {self.settled:,}"] if self.settled else []
        return head + accounting(self) + "".join(f"；{text}" for text in more)


def accounting(counts: DeliveryReport | IngestReport) -> str:
    """``读取 = 接收 + 未变 + 更正 + 拒绝 + 另计（…）`` with numbers."""
    labels = CORRECTION_LABELS if counts.corrects else SET_ASIDE_LABELS
    found = {label: counts.set_aside.get(kind, 0) for kind, label in labels.items()}
    aside = "、".join(f"{label} {n:,}" for label, n in found.items() if n)
    return (
        f"读取 {counts.read:,} = 接收 {counts.accepted:,} + 未变 {counts.unchanged:,} + 更正 {counts.superseding:,}"
        f" + 拒绝 {counts.rejected:,} + 另计 {sum(counts.set_aside.values()):,}" + (f"（{aside}）" if aside else "")
    )


@dataclass(frozen=True)
class LeftFile:
    """A file that was not taken this time. ``trouble``: somebody has to do something about it."""

    source: str
    name: str
    reason: str
    trouble: bool

    def line(self) -> str:
        """One line for people."""
        return f"{self.name}：{self.reason}"


@dataclass(frozen=True)
class FetchedFile:
    """A file that a mailbox or a server held; ``duplicate``: its content was here already, so it was not put down.

    ``name`` below the drop folder, ``arrived_at`` UTC seconds.
    """

    source: str
    name: str
    content_hash: str
    origin: str
    sender: str | None
    arrived_at: int | None
    duplicate: bool

    def line(self) -> str:
        """One line for people."""
        what = "内容以前收到过，不再存" if self.duplicate else "已取到投递文件夹"
        return f"{self.name}：{what}" + (f"（{self.sender}）" if self.sender else "")


@dataclass
class IngestReport:
    """One run: its deliveries in the order in which they were taken. Counts are sums over them.

    Attributes:
        known: files and pages whose bytes had been tried with the same mapping before; only their hash was taken.
        unreadable: those of them that could not be read then, by name.
        fetched: files from mailboxes and servers.
        failures: sources that could not be reached or refused us; the others were taken.
        left: files to be taken by a later run, or that cannot be opened.
        unclaimed: files in the inbox that no source asks for.
        open_rejections: rejections that are still to be dealt with, of this run and earlier ones.
        notes: what else the operator should know, a sentence each.
        asked: the names of the servers that were asked.
    """

    deliveries: list[DeliveryReport] = field(default_factory=list)
    fetched: list[FetchedFile] = field(default_factory=list)
    failures: list[YunweiError] = field(default_factory=list)
    known: int = 0
    unreadable: list[str] = field(default_factory=list)
    left: list[LeftFile] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    open_rejections: int = 0
    notes: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(delivery.read for delivery in self.deliveries)

    @property
    def accepted(self) -> int:
        """Rows that are new."""
        return sum(delivery.accepted for delivery in self.deliveries)

    @property
    def unchanged(self) -> int:
        """Rows that say what is known already."""
        return sum(delivery.unchanged for delivery in self.deliveries)

    @property
    def superseding(self) -> int:
        """Rows that correct what was known."""
        return sum(delivery.superseding for delivery in self.deliveries)

    @property
    def rejected(self) -> int:
        """Rows refused."""
        return sum(delivery.rejected for delivery in self.deliveries)

    @property
    def set_aside(self) -> Mapping[str, int]:
        """Rows recognised as no data, by kind."""
        return {kind: sum(delivery.set_aside.get(kind, 0) for delivery in self.deliveries) for kind in SET_ASIDE_LABELS}

    @property
    def corrects(self) -> bool:
        """Whether nothing but corrected workbooks was read."""
        return all(delivery.corrects for delivery in self.deliveries)

    @property
    def refused(self) -> list[DeliveryReport]:
        """Files that could not be read at all."""
        return [delivery for delivery in self.deliveries if delivery.refused is not None]

    @property
    def exit_code(self) -> int:
        """3 if a row, a file or a server's answer was refused in this run, 2 for a wrong login or address, 4 if a
        server does not answer now, else 0.
        """
        codes = {failure.exit_code for failure in self.failures}
        if self.rejected or self.refused or any(file.trouble for file in self.left) or 3 in codes:
            return 3
        return min(codes, default=0)

    def as_json(self) -> dict[str, Any]:
        """The whole report in plain types."""
        totals = {
            name: getattr(self, name)
            for name in ("read", "accepted", "unchanged", "superseding", "rejected", "set_aside")
        }
        parts = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "failures"}
        listed = {name: [asdict(item) for item in value] for name, value in parts.items() if _holds_objects(value)}
        return {"totals": totals, **parts, **listed, "failures": [str(error) for error in self.failures]}


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and is_dataclass(value[0])


class Progress(Protocol):
    """Told what happens while it happens; what it does with it is its own affair."""

    def begin(self, source_name: str, name: str) -> None:
        """A file is about to be read."""
        ...

    def rows(self, count: int) -> None:
        """So many more rows of it were read."""
        ...

    def end(self, report: DeliveryReport) -> None:
        """It was taken, or refused."""
        ...


class NoProgress:
    """Says nothing."""

    def begin(self, source_name: str, name: str) -> None:
        """Say nothing."""

    def rows(self, count: int) -> None:
        """Say nothing."""

    def end(self, report: DeliveryReport) -> None:
        """Say nothing."""
