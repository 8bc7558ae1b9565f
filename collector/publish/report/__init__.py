"""The report of a period as a Word document, on our template or the court's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.publish.publication import Publication
from collector.publish.report.body import write_body
from collector.publish.report.words import KIND_TITLES, period_words
from collector.publish.word import Paper


def write(publication: Publication, path: Path) -> None:
    """Cover, summary, tables, charts, what was missed, data quality, forecast, rules.

    Raises:
        ConfigError: the court's template lacks something.
        PassingError: the place cannot be written now.
    """
    dossier = publication.dossier
    assert dossier is not None, "a report belongs to a period"
    standing = publication.standing(dossier.project, dossier.period.label)
    moment = max(datetime.fromisoformat(result["as_of"]) for result in publication.results)
    last_day = (moment.astimezone(publication.zone) - timedelta(seconds=1)).date()
    words = {
        "单位": publication.organization,
        "标题": f"信息化运维{KIND_TITLES[dossier.period.kind]}报告",
        "项目": publication.projects.get(dossier.project, ""),
        "周期": period_words(dossier.period),
        "状态": "草稿（未封账）" if standing.is_draft else standing.mark,
        "日期": f"{last_day.year}年{last_day.month}月{last_day.day}日",
    }
    paper = Paper.open(publication.template, words)
    write_body(paper, publication, dossier)
    paper.mark_draft(f"{standing.mark}　数字可能变动" if standing.is_draft else standing.mark)
    paper.save(path, moment.astimezone(UTC))
