"""Papers in Word's format: page, typography, tables and the court's own template.

``Paper`` is opened on a template, filled from top to bottom and saved whole::

    paper = Paper.open(None, words)
    paper.heading("一、总体情况")
    paper.text("全年……")
    paper.table([Column("指标", 30), Column("完成值", 15, "right")], rows)
    paper.save(path)
"""

from __future__ import annotations

from collector.publish.word.charts import Chart, Series
from collector.publish.word.paper import Paper
from collector.publish.word.tables import Cell, Column
from collector.publish.word.template import REQUIRED_STYLES, WORDS, write_template

__all__ = ["REQUIRED_STYLES", "WORDS", "Cell", "Chart", "Column", "Paper", "Series", "write_template"]
