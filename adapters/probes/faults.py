"""Why a check failed, in a short Chinese clause, and whether that says anything about the target."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping

from adapters.probes.base import ProbeResult
from adapters.probes.bounded import Deadline
from metrics.errors import ConfigError

#: What is short or forbidden on our own side tells nothing of the target.
_OURS: Mapping[int, str] = {
    errno.EMFILE: "本机打开的文件数已达上限，应提高服务的 LimitNOFILE",
    errno.ENFILE: "本机打开的文件数已达上限",
    errno.ENOMEM: "本机内存不足",
    errno.ENOBUFS: "本机网络缓冲不足",
    errno.EADDRNOTAVAIL: "本机没有可用的地址或端口",
    errno.EACCES: "本机不允许这样连接",
    errno.EPERM: "本机不允许这样连接",
}
_THEIRS: Mapping[int, str] = {
    errno.ECONNREFUSED: "拒绝连接",
    errno.ECONNRESET: "连接被重置",
    errno.EPIPE: "连接被断开",
    errno.ECONNABORTED: "连接被断开",
    errno.EHOSTUNREACH: "主机不可达",
    errno.EHOSTDOWN: "主机不可达",
    errno.ENETUNREACH: "网络不可达",
    errno.ENETDOWN: "网络不可达",
}
#: OpenSSL's verification errors.
_UNTRUSTED: Mapping[int, str] = {
    9: "证书尚未生效",
    10: "证书已过期",
    18: "证书是自签名的，不受信任",
    19: "证书链中的根证书不受信任",
    20: "证书的颁发者不受信任",
    21: "证书的颁发者不受信任",
    23: "证书已被吊销",
    62: "证书与主机名不符",
    64: "证书与 IP 地址不符",
}


def explained(error: BaseException, deadline: Deadline) -> ProbeResult:
    """What an error says: down with its reason, or unknown where the fault lies on our side."""
    for cause in _causes(error):
        found = _named(cause, deadline)
        if found is not None:
            return found
    return ProbeResult("down", reason=f"{deadline.phase}失败（{_short(error)}）")


def verification_failed(error: BaseException) -> bool:
    """Whether the server showed a certificate that is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def dropped(error: BaseException) -> bool:
    """Whether the other side hung up."""
    return any(isinstance(cause, ConnectionError | ssl.SSLEOFError) for cause in _causes(error))


def overtime(deadline: Deadline) -> str:
    """The reason of a check whose time ran out."""
    return f"{deadline.phase}超过 {deadline.seconds:g} 秒"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps, the outermost first; libraries wrap in four different ways."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        wrapped = (cause.__cause__, getattr(cause, "reason", None), *cause.args, cause.__context__)
        waiting += [item for item in wrapped if isinstance(item, BaseException)]


def _named(error: BaseException, deadline: Deadline) -> ProbeResult | None:
    if isinstance(error, ConfigError):
        return ProbeResult("unknown", reason=error.fact)
    if isinstance(error, TimeoutError):
        return ProbeResult("down", reason=overtime(deadline))
    if isinstance(error, ssl.SSLCertVerificationError):
        return ProbeResult("down", reason=_UNTRUSTED.get(error.verify_code, f"证书校验失败（{error.verify_message}）"))
    if isinstance(error, socket.gaierror):
        unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return ProbeResult("down", reason="域名不存在" if unknown else "域名解析失败，域名服务器没有正常应答")
    if isinstance(error, http.client.RemoteDisconnected):
        return ProbeResult("down", reason="没有应答就断开了连接")
    if isinstance(error, http.client.IncompleteRead):
        return ProbeResult("down", reason="应答没有传完就断开了连接")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ProbeResult("down", reason=f"{deadline.phase}时连接被断开")
    if isinstance(error, ssl.SSLError):
        return ProbeResult("down", reason=f"{deadline.phase}失败（{error.reason or _short(error)}）")
    number = (error.errno if isinstance(error, OSError) else None) or 0
    if number in _OURS:
        return ProbeResult("unknown", reason=_OURS[number])
    if number in _THEIRS:
        return ProbeResult("down", reason=_THEIRS[number])
    if isinstance(error, http.client.HTTPException):
        return ProbeResult("down", reason="应答不是 HTTP")
    return None


def _short(error: BaseException) -> str:
    """The error in the system's own words, on one line and not long."""
    text = " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())
    return text if len(text) <= 60 else f"{text[:60]}…"
