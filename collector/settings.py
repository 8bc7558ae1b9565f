"""The one place that reads configuration: a workspace folder becomes a frozen :class:`Settings`."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from adapters.secrets import Secret
from collector.configuration.daemon import DaemonSettings
from collector.configuration.documents import Kind, Stanza, read_documents
from collector.configuration.indicator_checks import dimensions_of, records_of, with_names
from collector.configuration.models import (
    CalendarSettings,
    Compute,
    ContractSettings,
    Database,
    HolidayFile,
    Organization,
    Output,
    Paths,
    Project,
    ServiceWindowSettings,
    SourceSettings,
    Vendor,
    WorkspaceFile,
)
from collector.configuration.problems import ConfigErrors, Problem, unknown_name
from collector.configuration.references import reference_problems
from collector.configuration.self_evaluation import SelfEvaluationSettings
from collector.configuration.serving import ServeSettings
from collector.configuration.stanzas import indicator_of, source_of
from collector.configuration.validate import parse
from metrics.errors import ConfigError, UsageError
from metrics.indicators import Contract, IndicatorDefinition, Strict
from metrics.scoring.pack import RulePack

if TYPE_CHECKING:
    from adapters.base import Context
    from metrics.matching import Matching
    from metrics.service_calendar import ServiceCalendar

__all__ = [
    "CalendarSettings",
    "Compute",
    "ConfigErrors",
    "ContractSettings",
    "DaemonSettings",
    "Database",
    "HolidayFile",
    "Organization",
    "Output",
    "Paths",
    "Problem",
    "Project",
    "Secret",
    "ServeSettings",
    "ServiceWindowSettings",
    "Settings",
    "SourceSettings",
    "Vendor",
    "load_settings",
]

#: What does not decide any figure: the same records give the same results wherever they are kept.
_BESIDE_FIGURES = {"workspace", "database", "paths", "outputs", "daemon", "serve"}


class Settings(Strict):
    """Everything configured for one organisation; immutable.

    ``workspace`` is the folder; all paths are given out absolute. Indicators carry ``params`` as an instance of
    their formula's model, sources ``config`` as one of their adapter's. ``rule_packs`` are those in use.
    """

    workspace: Path
    organization: Organization
    database: Database = Database()
    paths: Paths = Paths()
    vendors: tuple[Vendor, ...] = ()
    service_windows: dict[str, ServiceWindowSettings] = Field(default_factory=dict)
    calendar: CalendarSettings = CalendarSettings()
    holidays: tuple[HolidayFile, ...] = ()
    projects: tuple[Project, ...]
    compute: Compute = Compute()
    outputs: tuple[Output, ...] = ()
    daemon: DaemonSettings = DaemonSettings()
    serve: ServeSettings | None = None
    sources: tuple[SourceSettings, ...] = ()
    indicators: tuple[IndicatorDefinition, ...] = ()
    self_evaluations: tuple[SelfEvaluationSettings, ...] = ()
    rule_packs: tuple[RulePack, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self.organization.zone

    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return self.workspace / self.paths.inbox

    @property
    def archive(self) -> Path:
        """Where original bytes are kept by content hash."""
        return self.workspace / self.paths.archive

    @property
    def checks(self) -> Path:
        """Where the log of uptime checks is kept."""
        return self.workspace / self.paths.checks

    @property
    def output(self) -> Path:
        """Where exports are written."""
        return self.workspace / self.paths.output

    def database_url(self) -> str:
        """The address with its secret filled in and an embedded database's path made absolute. Never print it.

        Raises:
            ConfigError: the environment variable or the file that holds it is not there.
        """
        url = self.database.url
        try:
            text = url.read(self.workspace) if isinstance(url, Secret) else url
        except ConfigError as error:
            raise error.within("yunwei.yaml 的 database.url") from None
        scheme, mark, rest = text.partition(":///")
        if not mark or not scheme.startswith("sqlite") or rest in ("", ":memory:"):
            return text
        return f"{scheme}:///{self.workspace / rest}"

    def vendor(self, vendor_id: str) -> Vendor:
        """The vendor called so; UsageError in Chinese if there is none."""
        return _one("运维服务商", vendor_id, {vendor.id: vendor for vendor in self.vendors})

    def project(self, project_id: str) -> Project:
        """The project called so; UsageError in Chinese if there is none."""
        return _one("运维项目", project_id, {project.id: project for project in self.projects})

    def source(self, source_id: str) -> SourceSettings:
        """The source called so; UsageError in Chinese if there is none."""
        return _one("数据来源", source_id, {source.id: source for source in self.sources})

    def rule_pack(self, pack_id: str) -> RulePack:
        """The rule pack called so; UsageError in Chinese if no self-evaluation uses it."""
        return _one("评分规则", pack_id, {pack.id: pack for pack in self.rule_packs})

    def contract(self, project_id: str) -> Contract:
        """The project's term, its last day included, and which of its systems hold the same tickets."""
        project = self.project(project_id)
        contract = project.contract
        exclusive = contract.end_date == "exclusive"
        ends_on = contract.ends_on - timedelta(days=1) if exclusive else contract.ends_on
        return Contract(project_id, contract.starts_on, ends_on, self.zone, self._matching(project))

    def _matching(self, project: Project) -> Matching | None:
        from metrics.matching import Matching

        told = project.matching
        if told is None:
            return None
        names = {source.id: source.name for source in self.sources}
        return Matching(told.leads, told.others, told.by, told.tolerance, names)

    def calendars(self) -> dict[str, ServiceCalendar]:
        """A calendar for each service window, from two years before the first contract to two after the last."""
        from collector.configuration.calendars import build_calendars

        return build_calendars(self)

    def context(self, source: SourceSettings) -> Context:
        """What the adapter of ``source`` may know of its surroundings."""
        from adapters.base import Context

        zone = ZoneInfo(source.timezone) if source.timezone else self.zone
        return Context(source.id, zone, self.inbox, self._constants(source), self.workspace)

    def _constants(self, source: SourceSettings) -> dict[str, str]:
        constants = {}
        if source.vendor is not None:
            constants["vendor"] = self.vendor(source.vendor).name
        if source.project is not None:
            constants["project"] = source.project
        return constants

    def snapshot(self) -> str:
        """Everything that decides a figure, defaults included, as canonical JSON.

        Database, folders and outputs are left out, so that the same configuration has the same hash on every
        machine and no secret can be in it.
        """
        return _canonical(self.model_dump(mode="json", exclude=_BESIDE_FIGURES))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the snapshot."""
        return _sha256(self.snapshot())

    def source_hash(self, source: SourceSettings) -> str:
        """SHA-256 of what decides how a blob of ``source`` is read: adapter, mapping, zone, constants.

        A configuration that is ``self_contained`` decides nothing of it, and neither does a server's ``connection``.
        """
        decides = {"adapter"} if getattr(source.config, "self_contained", False) else {"adapter", "config"}
        parts = source.model_dump(mode="json", include=decides)
        for name in getattr(source.config, "connection", ()):
            parts["config"].pop(name, None)
        zone = source.timezone or self.organization.timezone
        return _sha256(_canonical({**parts, "timezone": zone, "constants": self._constants(source)}))

    @classmethod
    def from_snapshot(cls, text: str, workspace: Path) -> Settings:
        """The settings that gave this snapshot; database, folders and outputs are the defaults.

        Raises:
            ConfigError: the snapshot was made by a version whose configuration this one does not understand.
        """
        try:
            data = json.loads(text)
            sources = tuple(source_of(item) for item in data.pop("sources"))
            indicators = tuple(indicator_of(item) for item in data.pop("indicators"))
            head = parse(cls, {**data, "workspace": str(workspace)})
        except (ValidationError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ConfigError("数据库中保存的配置快照与当前程序版本不符，无法还原") from error
        return head.model_copy(update={"sources": sources, "indicators": indicators})


def load_settings(workspace: Path) -> Settings:
    """Read and check a whole workspace.

    Raises:
        ConfigErrors: everything that is wrong, in all files, each with file, line and key.
        ConfigError: the folder is no workspace.
    """
    read = read_documents(workspace)
    problems = [*read.problems, *reference_problems(read)]
    if problems or read.head.model is None:
        raise ConfigErrors(problems)
    used = {stanza.model.rule_pack for stanza in read.self_evaluations if stanza.model}
    return Settings(
        workspace=workspace.resolve(),
        holidays=_models(read.holidays),
        sources=_models(read.sources),
        indicators=tuple(_finished(stanza, read.head.model) for stanza in read.indicators),
        self_evaluations=_models(read.self_evaluations),
        rule_packs=tuple(pack for pack in _models(read.rule_packs) if pack.id in used),
        **{name: getattr(read.head.model, name) for name in WorkspaceFile.model_fields},
    )


def _finished(stanza: Stanza[IndicatorDefinition], head: WorkspaceFile) -> IndicatorDefinition:
    """The definition with what it takes from the workspace: vendors' names, breakdowns where it names none."""
    assert stanza.model is not None  # or there were problems
    definition = with_names(stanza.model, {vendor.id: vendor.name for vendor in head.vendors})
    if "breakdowns" in definition.model_fields_set:
        return definition
    possible = dimensions_of(records_of(definition))
    return definition.model_copy(update={"breakdowns": tuple(d for d in head.compute.breakdowns if d in possible)})


def _models(stanzas: list[Stanza[Kind]]) -> tuple[Kind, ...]:
    return tuple(stanza.model for stanza in stanzas if stanza.model is not None)


def _one(what: str, name: str, right: dict[str, Kind]) -> Kind:
    if name not in right:
        raise UsageError(unknown_name(what, name, right))
    return right[name]


def _canonical(data: Any) -> str:
    """Models come in the order of their fields; what a person listed keeps its order, because words print in it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
