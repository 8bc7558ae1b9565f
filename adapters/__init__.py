"""The outside world turned into records. No SQL, no schedule, no clock of their own.

``ADAPTERS`` is the one map from the word in a source's ``adapter`` to its implementation. Its keys are known without
importing any of them, because configuration is checked against them before pandas is needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pydantic import BaseModel

    from adapters.base import Adapter

#: Adapter → its module (with an ``ADAPTER``) and the light module with its configuration model.
_MODULES: Mapping[str, tuple[str, str]] = {
    "table": ("adapters.table", "adapters.mapping:TableConfig"),
    "rest": ("adapters.rest", "adapters.rest_config:RestConfig"),
    "sql": ("adapters.sql", "adapters.sql_config:SqlConfig"),
    "redmine": ("adapters.redmine", "adapters.redmine_config:RedmineConfig"),
    "request_tracker": ("adapters.request_tracker", "adapters.request_tracker_config:RequestTrackerConfig"),
    "probe": ("adapters.probe", "adapters.probes.config:ProbeConfig"),
    "push": ("adapters.push", "adapters.push_config:PushConfig"),
    "zabbix": ("adapters.zabbix", "adapters.zabbix_config:ZabbixConfig"),
    "prometheus": ("adapters.prometheus", "adapters.prometheus_config:PrometheusConfig"),
    "nagios": ("adapters.nagios", "adapters.nagios_config:NagiosConfig"),
    "icinga": ("adapters.icinga", "adapters.icinga_config:IcingaConfig"),
    "mailbox": ("adapters.mailbox", "adapters.mailbox_config:MailboxConfig"),
    "sftp": ("adapters.sftp", "adapters.sftp_config:SftpConfig"),
}


class _Adapters(Mapping[str, "Adapter"]):
    """Adapters by name, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> Adapter:
        return cast("Adapter", importlib.import_module(_MODULES[name][0]).ADAPTER)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


ADAPTERS: Mapping[str, Adapter] = _Adapters()


def config_model(name: str) -> type[BaseModel]:
    """The configuration model of adapter ``name``, without the adapter's own imports; KeyError if there is none."""
    module, _, attribute = _MODULES[name][1].partition(":")
    return cast("type[BaseModel]", getattr(importlib.import_module(module), attribute))
