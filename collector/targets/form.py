"""The printed words of a 绩效目标表: its heads of columns and its labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from collector.targets.joined import plain, squeezed

Role = Literal["number", "one", "two", "three", "year", "term", "sign", "unit", "weight"]
Label = Literal["name", "amount", "goal", "indicators", "other"]

_ROLES: tuple[tuple[Role, str], ...] = (
    ("number", r"序号|编号"),
    ("one", r"一级(?:绩效)?指标|一级"),
    ("two", r"二级(?:绩效)?指标|二级"),
    ("three", r"三级(?:绩效)?指标|三级|指标名称|绩效指标名称"),
    ("term", r"(?:实施周期|实施期|中期|总体)(?:绩效)?(?:指标值|目标值|指标|目标)?"),
    ("year", r"(?:年度|当年|本年|年初|\d{4}年度?)?(?:绩效)?(?:指标值|目标值)|年度|当年|年度指标"),
    ("sign", r"(?:运算|比较|计算)?符号"),
    ("unit", r"(?:计量|度量|计算)?单位"),
    ("weight", r"分值|权重|标准分"),
)
_LABELS: tuple[tuple[Label, str], ...] = (
    ("name", r"项目名称|项目\(政策\)名称|政策名称"),
    (
        "amount",
        r"(?:年度|项目|预算|当年|本年|全年)*(?:资金总额|预算金额|预算总额|项目金额|项目资金|金额|预算数|预算资金|预算安排)",
    ),
    (
        "goal",
        r"(?:年度|实施周期|实施期|项目|中期|当年)*(?:总体|绩效)*(?:总体目标|绩效目标|年度目标|周期目标|目标)(?:内容)?",
    ),
    ("indicators", r"(?:年度|项目)?绩效指标"),
    (
        "other",
        r"(?:主管|预算|实施|项目)(?:部门|单位)(?:及代码)?|单位名称|项目(?:类型|类别|属性|编码|代码|期限?|负责人|概况)|实施期限?"
        r"|起止时间|联系人|(?:联系)?电话|填报(?:人|单位|日期)|资金来源|(?:其中:?)?(?:财政拨款|其他资金|上年结转(?:资金)?)",
    ),
)
_TITLES = r"(?:部门预算)?(?:项目支出|预算项目)?绩效目标(?:申报|批复|公开)?表"
_BRACKETS = re.compile(r"\((?:单位:?)?(?:人民币)?(?:百?千?万?亿?元|含数字及文字描述|包含数字及文字描述|20\d\d年?度?)\)")
_UNIT_OF_MONEY = re.compile(r"(?:金额)?单位:?(?:人民币)?(?P<unit>[千百万亿]*元)")
_STARTS = tuple((label, re.compile(rf"(?:{pattern})(?:{_BRACKETS.pattern})?:?")) for label, pattern in _LABELS)
_PRINT = re.compile(
    rf"{_TITLES}|{_UNIT_OF_MONEY.pattern}|(?:实施周期|年度|当年)?指标值|[一二三]级(?:绩效)?指标|序号|分值"
)
_SCALES: Mapping[str, str] = {"元": "元", "千元": "千元", "万元": "万元", "亿元": "亿元"}


def role_of(cell: str) -> Role | None:
    """What a column with this head holds; None if the head is not one of the form's."""
    word = _bare(cell)
    return next((role for role, pattern in _ROLES if re.fullmatch(pattern, word)), None)


def label_of(cell: str) -> tuple[Label, str] | None:
    """The label a cell is or begins with (``项目名称：…``), and the text behind its colon."""
    word, colon, behind = _bare(cell).partition(":")
    for label, pattern in _LABELS:
        if re.fullmatch(pattern, word):
            return label, squeezed(cell)[-len(behind) :] if colon and behind else ""
    return None


def is_form_word(cell: str) -> bool:
    """Whether a cell or a piece of text is only the form's own print."""
    word = _bare(cell).strip(":")
    patterns = [pattern for _, pattern in (*_ROLES, *_LABELS)]
    return not word or any(re.fullmatch(pattern, word) for pattern in [*patterns, _TITLES, _UNIT_OF_MONEY.pattern])


def money_unit(text: str) -> str:
    """The unit that the form says its money is in, e.g. ``万元``; "" where it says none."""
    found = _UNIT_OF_MONEY.search(plain(text)) or re.search(r"\((?P<unit>[千百万亿]*元)\)", plain(text))
    return _SCALES.get(found["unit"], "") if found else ""


def leading_print(text: str) -> tuple[int, Label | None]:
    """How many characters of ``text`` (plain) are print of the form at its very start, and the label they are.

    A word of less than four characters may as well begin a sentence; it counts only before a colon.
    """
    found = _PRINT.match(text)
    if found:
        return found.end(), None
    for label, pattern in _STARTS:
        found = pattern.match(text)
        if found and (found.end() >= 4 or found[0].endswith(":")):
            return found.end(), label
    return 0, None


def _bare(cell: str) -> str:
    return _BRACKETS.sub("", plain(squeezed(cell))).rstrip("*")
