"""``dns``: whether a name server answers, and with what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from adapters.mapping import Name, Words
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import Deadline, bounded, resolve
from adapters.probes.faults import explained, overtime

if TYPE_CHECKING:
    from dns.resolver import Answer, Resolver

RecordType = Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"]


class DnsTarget(ProbeTarget):
    """A name that should be known."""

    probe: Literal["dns"] = Field(description="dns：域名解析")
    query: Name = Field(description="要查询的名称，如 oa.court.gov.cn")
    record_type: RecordType = Field("A", description="记录类型")
    server: Name | None = Field(None, description="域名服务器；不写为本机配置的服务器")
    port: int = Field(53, ge=1, le=65535, description="域名服务器的端口")
    expected: Words = Field((), description="应答中必须有的值（都要有），如 10.1.2.3；不写则有应答即可")


class _DnsChecker:
    def __init__(self, target: DnsTarget) -> None:
        import dns.resolver  # noqa: F401 - before any check, for importing it takes its time

        self._target = target

    def check(self, timeout: float) -> ProbeResult:
        from dns.exception import DNSException, Timeout
        from dns.resolver import NXDOMAIN, NoNameservers, NoResolverConfiguration

        with bounded(timeout) as deadline:
            try:
                answer = self._ask(deadline)
            except NXDOMAIN:
                return ProbeResult("down", deadline.elapsed_ms(), "没有这个名称（NXDOMAIN）")
            except Timeout:
                return ProbeResult("down", reason=overtime(deadline))
            except NoNameservers:
                return ProbeResult("down", reason="域名服务器拒绝或没有正常应答")
            except NoResolverConfiguration:
                return ProbeResult("unknown", reason="本机没有配置域名服务器，应写明 server")
            except (DNSException, OSError, ValueError) as error:
                return explained(error, deadline)
            return self._judged(answer, deadline)

    def close(self) -> None:
        """Nothing is kept."""

    def _ask(self, deadline: Deadline) -> Answer:
        resolver = self._resolver()
        deadline.phase = "域名服务器应答"
        kind, left = self._target.record_type, deadline.left()
        return resolver.resolve(self._target.query, kind, lifetime=left, search=False, raise_on_no_answer=False)

    def _resolver(self) -> Resolver:
        from dns.resolver import Resolver

        target = self._target
        resolver = Resolver(configure=target.server is None)
        resolver.cache = None
        resolver.port = target.port
        if target.server is not None:
            resolver.nameservers = [str(address[0]) for _, address in resolve(target.server, target.port)]
        return resolver

    def _judged(self, answer: Answer, deadline: Deadline) -> ProbeResult:
        latency = deadline.elapsed_ms()
        found = {_plain(record.to_text()) for record in answer.rrset or ()}
        if not found:
            return ProbeResult("down", latency, f"没有 {self._target.record_type} 记录")
        missing = [value for value in self._target.expected if _plain(value) not in found]
        if missing:
            return ProbeResult("down", latency, f"应答中没有“{missing[0]}”，而是 {_listed(found)}")
        return ProbeResult("up", latency)


def _plain(text: str) -> str:
    """Names without their last dot, texts without quotes, capitals apart from nothing."""
    return text.replace('" "', "").strip('"').rstrip(".").casefold()


def _listed(values: set[str]) -> str:
    text = "、".join(sorted(values))
    return text if len(text) <= 60 else f"{text[:60]}…"


class DnsProbe:
    """Asks one question."""

    name: ClassVar[str] = "dns"
    label: ClassVar[str] = "域名解析"
    config: ClassVar[type[ProbeTarget]] = DnsTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _DnsChecker(target)


PROBE = DnsProbe()
