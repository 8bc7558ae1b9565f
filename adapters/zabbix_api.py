"""Calls of the Zabbix API: JSON-RPC, where also an error is answered with 200."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.base import Context, Fetch
from adapters.http_client import Client, Reply
from adapters.zabbix_config import ZabbixConfig
from metrics.errors import ConfigError, InputError, PassingError

_PATH = "api_jsonrpc.php"
#: From here on the token goes into a header; before, into the body.
_BEARER = (6, 4)
#: From here on host groups are asked for by another name.
_HOST_GROUPS = (6, 2)
_LOGIN = ("not authori", "session terminated", "token", "re-login", "re-log")


class Api:
    """One server in one load."""

    def __init__(self, config: ZabbixConfig, context: Context, ask: Fetch) -> None:
        self.client = Client(config, context, ask)
        silent = replace(ask, say=lambda sentence: None)  # the other client says the same of the same server
        anonymous = Client(config.model_copy(update={"auth": None}), context, silent)
        with anonymous:
            self._anonymous = anonymous
            reply, version = self._call(anonymous, "apiinfo.version", {}, None)
        self.at = reply.at
        self.version = str(version)
        numbers = self.version.split(".")
        try:
            self._numbers = (int(numbers[0]), int(numbers[1]))
        except (ValueError, IndexError):
            raise InputError(f"{reply.address} 说它的版本是“{self.version[:20]}”，应为 Zabbix 的版本号") from None
        assert config.auth is not None
        assert config.auth.bearer is not None
        in_body = self._numbers < _BEARER
        self._token = config.auth.bearer.read(context.workspace) if in_body else None

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__()

    @property
    def host_groups(self) -> str:
        """The parameter and the key by which host groups of objects are told."""
        return "HostGroups" if self._numbers >= _HOST_GROUPS else "Groups"

    def call(self, method: str, params: Any) -> tuple[bytes, Any]:
        """The reply's bytes and its result.

        Raises:
            ConfigError: the token is refused, or may not do this.
            InputError: Zabbix does not do it for another reason, which the fact names.
        """
        reply, result = self._call(self.client, method, params, self._token)
        return reply.body, result

    def _call(self, client: Client, method: str, params: Any, token: str | None) -> tuple[Reply, Any]:
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        if token is not None:
            body["auth"] = token
        reply, answer = client.post_json(_PATH, body)
        if isinstance(answer, dict) and "result" in answer:
            return reply, answer["result"]
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, dict):
            raise InputError(f"{reply.address} 的回答中没有 result，应为 Zabbix 的 API；请核对 url")
        told = " ".join(f"{error.get('message', '')} {error.get('data', '')}".split())
        shown = self.client.shown(told)[:160]
        if any(word in told.lower() for word in _LOGIN):
            raise ConfigError(f"Zabbix 不接受令牌（{shown}）；请核对 auth，令牌可能已过期或停用")
        if "permission" in told.lower():
            raise ConfigError(f"Zabbix 说没有权限调用 {method}（{shown}）；请给账号读取的权限")
        if "database" in told.lower() or "config file" in told.lower():
            raise PassingError(f"Zabbix 现在不能回答 {method}（{shown}）")
        raise InputError(f"Zabbix 不接受 {method}（{shown}）")
