"""What every source that asks a server over HTTP may configure: address, login, TLS, limits."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from adapters.mapping import Name, Seconds
from adapters.secrets import Secret
from metrics.indicators import Strict

_SIZES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
#: Header names whose values are secrets.
_SECRET_NAME = re.compile(r"authori[sz]ation|cookie|token|key|secret|passw", re.IGNORECASE)


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        shown = "" if "@" in url else f"“{url}”"  # what stands before it may be a password
        raise ValueError(f"{shown}不是地址，应写作 https://主机[:端口]/路径")
    if parts.username is not None or parts.password is not None:
        raise ValueError("地址中不得写口令，请用 auth")
    if parts.query or parts.fragment:
        raise ValueError("地址写到路径为止，不含“?”和“#”及其后的部分，参数请写在别的键里")
    return url


def _bytes(value: Any) -> Any:
    found = re.fullmatch(r"\s*(\d+)\s*([KMG]?B)\s*", value, re.IGNORECASE) if isinstance(value, str) else None
    if found:
        return int(found[1]) * _SIZES[found[2].upper()]
    if isinstance(value, str):
        raise ValueError(f"“{value}”不是大小，应写作 64MB")
    return value


Address = Annotated[Name, AfterValidator(_address)]
Size = Annotated[int, Field(ge=1024, le=1 << 30), BeforeValidator(_bytes), WithJsonSchema({"type": "string"})]


class Basic(Strict):
    """User name and password."""

    user: Name = Field(description="用户名")
    password: Secret = Field(description="口令：{env: 环境变量名} 或 {file: 文件路径}")


class HeaderAuth(Strict):
    """A secret in a header of its own."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] = Field(description="请求头的名称，如 X-API-Key")
    value: Secret = Field(description="请求头的值：{env: 环境变量名} 或 {file: 文件路径}")
    prefix: str = Field("", description="值之前的固定文字，如 “token ”")


class OAuth(Strict):
    """A token by client credentials; it is asked for anew when it has run out."""

    token_url: Address = Field(description="取令牌的地址")
    client_id: Name = Field(description="客户端编号")
    client_secret: Secret = Field(description="客户端密钥：{env: 环境变量名} 或 {file: 文件路径}")
    scope: Name | None = Field(None, description="要求的权限范围")


class Auth(Strict):
    """How we prove who we are: one of four ways."""

    basic: Basic | None = Field(None, description="用户名与口令")
    bearer: Secret | None = Field(None, description="Bearer 令牌：{env: 环境变量名} 或 {file: 文件路径}")
    header: HeaderAuth | None = Field(None, description="写在某个请求头中的密钥")
    oauth: OAuth | None = Field(None, description="OAuth 2 客户端凭据")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(way is not None for way in (self.basic, self.bearer, self.header, self.oauth)) != 1:
            raise ValueError("应写 basic、bearer、header、oauth 其中之一")
        return self


class HttpConfig(Strict):
    """The server of a source. Paths are relative to the workspace; certificates are always verified."""

    #: Certificates are verified, whatever is configured; an own CA is trusted by ``ca``.
    verify: ClassVar[bool] = True

    url: Address = Field(description="服务器的地址，如 https://itsm.example.cn/api")
    auth: Auth | None = Field(None, description="登录方式：basic、bearer、header、oauth 其中之一；不写为不登录")
    headers: dict[Name, Name] = Field({}, description="另加的请求头；口令类的请求头请用 auth")
    ca: Name | None = Field(None, description="自建 CA（或对方自签名证书）的文件（PEM）；不写为本机信任的 CA")
    client_certificate: Name | None = Field(None, description="客户端证书文件（PEM，可含私钥）")
    client_key: Name | None = Field(None, description="客户端证书的私钥文件（PEM，不加密码）；不写则与证书同在一个文件")
    legacy_tls: bool = Field(False, description="true：也接受旧版 TLS 和弱加密，用于无法升级的老系统")
    timeout: Seconds = Field(60, gt=0, description="一次请求的总时限（解析、连接、握手、逐字节的回答都在内），如 60秒")
    connect_timeout: Seconds = Field(
        10, gt=0, description="建立连接（解析、连接、握手）的时限，如 10秒；对方没有应答就不必等满 timeout"
    )
    retries: int = Field(4, ge=0, le=10, description="暂时性的失败重试几次；等待逐次加倍，对方说了 Retry-After 就按它")
    largest_reply: Size = Field(64 << 20, description="一次回答最大多少，如 64MB；超过即停")
    rate: int | None = Field(None, ge=1, description="每分钟最多请求几次；不写为不限")
    proxy: Name | None = Field(None, description="代理地址，如 http://10.0.0.1:3128；不写则直连，不取环境变量")
    keep_replies: bool = Field(
        True, description="true：每份回答压缩存档，作为佐证，读取规则更正后可重读；false：只记散列值"
    )

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return frozenset(HttpConfig.model_fields)

    @field_validator("headers")
    @classmethod
    def _secrets_apart(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if _SECRET_NAME.search(name):
                raise ValueError(f"{name} 的值不得写在配置里，请用 auth 的 header：{{name: {name}, value: {{env: …}}}}")
            if not (value.isprintable() and value.isascii()):
                raise ValueError(f"{name} 的值含有请求头中不能有的字符")
        return headers

    @field_validator("proxy")
    @classmethod
    def _plain_proxy(cls, proxy: str | None) -> str | None:
        if proxy is not None and urlsplit(_address(proxy)).scheme != "http":
            raise ValueError(f"“{proxy}”不是代理地址，应写作 http://主机:端口")
        return proxy
