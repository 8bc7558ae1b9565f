"""Outputs of results. One file per output, one line in PUBLISHERS; a name is known without loading what writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from metrics.indicators import PeriodKind

if TYPE_CHECKING:
    from collector.publish.publication import Publication


@dataclass(frozen=True, slots=True)
class Publisher:
    """One kind of output; ``place`` is ``module:function`` of this package, ``file_name`` its default name.

    ``periods``: a paper of one project and period, written for these kinds of period unless the configuration
    names others; ``{period}`` (and ``{project}``) stand in its name. Empty: one output over everything.
    ``templated``: a Word document, for which the court may have a template of its own.
    """

    name: str
    label: str
    place: str
    file_name: str
    periods: tuple[PeriodKind, ...] = ()
    templated: bool = False

    def publish(self, publication: Publication, path: Path) -> Path:
        """Write the whole output to ``path``, which appears complete or not at all; returns ``path``.

        Raises:
            PassingError: the place cannot be written now (full, read-only, open in another program).
        """
        module, _, function = self.place.partition(":")
        write = getattr(import_module(f"collector.publish.{module}"), function)
        write(publication, path)
        return path


PUBLISHERS: Mapping[str, Publisher] = {
    publisher.name: publisher
    for publisher in (
        Publisher("json", "JSON（供其他系统读取，附 JSON Schema）", "json_file:write", "results.json"),
        Publisher("csv", "CSV（可用 Excel 打开）", "csv_file:write", "results.csv"),
        Publisher("workbook", "每个周期一册的工作簿", "workbook:write", "{period}工作簿.xlsx", ("month", "year")),
        Publisher("report", "月度、年度报告（Word）", "report:write", "{period}报告.docx", ("month", "year"), True),
    )
}
