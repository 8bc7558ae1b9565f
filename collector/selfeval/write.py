"""Self-evaluations as files: a Word document and a workbook each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.publish.names import safe_name
from collector.selfeval.model import SelfEvaluation


def write(
    evaluations: Sequence[SelfEvaluation], folder: Path, template: Path | None = None
) -> Iterator[tuple[SelfEvaluation, list[Path]]]:
    """Write each as ``2025年度项目支出绩效自评表-项目名称（草稿）`` in docx (on the court's own template) and xlsx.

    Raises:
        ConfigError: the template lacks something.
        PassingError: the folder cannot be written now.
    """
    from collector.publish.selfeval import word_file, workbook_file

    same = Counter((one.year, one.project) for one in evaluations)
    for one in evaluations:
        project = f"{one.project}-{one.project_id}" if same[one.year, one.project] > 1 else one.project
        draft = "" if one.final else "（草稿）"
        name = safe_name(f"{one.year}年度项目支出绩效自评表-{project}{draft}")
        word, workbook = folder / f"{name}.docx", folder / f"{name}.xlsx"
        word_file.write(one, word, template)
        workbook_file.write(one, workbook)
        yield one, [word, workbook]
