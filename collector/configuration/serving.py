"""What ``serve:`` in ``yunwei.yaml`` may hold: the address, and who may read."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.mapping import Name, Seconds
from adapters.secrets import Secret
from metrics.indicators import Strict

Port = Annotated[int, Field(ge=0, le=65_535)]


def _plain(user: str) -> str:
    if ":" in user or any(character.isspace() for character in user):
        raise ValueError(f"用户名“{user}”不能含冒号或空格")
    return user


class Tls(Strict):
    """The server's certificate."""

    certificate: Name = Field(description="证书文件（PEM，含中间证书），相对于工作区")
    key: Name = Field(description="私钥文件（PEM），相对于工作区；只让运行本程序的用户可读")


class BasicAuth(Strict):
    """Who may read the pages."""

    user: Annotated[Name, AfterValidator(_plain)] = Field(description="用户名，不含冒号和空格")
    password: Secret = Field(description="口令的引用：{env: 环境变量名} 或 {file: 路径}")


class ServeSettings(Strict):
    """The pages that the daemon or ``yunwei serve`` offers."""

    host: Name = Field("127.0.0.1", description="监听的地址；默认只有本机可访问，对外时应同时写 tls 和 basic_auth")
    port: Port = Field(9878, description="监听的端口；0 为任选一个空闲端口")
    tls: Tls | None = Field(None, description="以 HTTPS 提供；不写为 HTTP")
    basic_auth: BasicAuth | None = Field(None, description="访问须凭用户名和口令（/healthz 和推送除外）；不写为不需要")
    refresh: Seconds = Field(60, gt=0, description="多久重新准备一次页面，如 30秒；数字截至准备时")
    series_limit: int = Field(
        20_000, ge=1, description="/metrics 中每种指标最多多少条序列；超出的不显示，另有计数 yunwei_series_left_out"
    )

    @model_validator(mode="after")
    def _password_is_not_sent_in_the_clear(self) -> Self:
        if self.basic_auth is not None and self.tls is None and not self.is_local:
            raise ValueError("basic_auth 的口令会以明文在网络上传输；host 不是本机地址时要同时写 tls")
        return self

    @property
    def is_local(self) -> bool:
        """Whether only programs of this machine can reach it."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")
