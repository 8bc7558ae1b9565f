"""Pieces of the rule in words (口径) that formulas share."""

from __future__ import annotations

from metrics.formulas.params import Reopen, TicketTimeParams
from metrics.indicators import DIMENSION_LABELS, Where

#: What the fields of a ``Where`` are called.
WHERE_LABELS = {**DIMENSION_LABELS, "asset_no": "设备编号", "category": "分类", "source": "数据来源"}
_REOPEN = {
    "first": "重新打开的工单取首次解决时间",
    "last": "重新打开的工单取最后一次解决时间，当前未再解决的为未解决",
    "sum": "重新打开的工单各轮用时相加，当前未再解决的为未解决",
}
_WORDS_OF_CODES = {
    **{"incident": "故障", "service_request": "服务请求", "on_site": "现场", "remote": "远程"},
    **{"budget": "年初预算", "adjustment": "预算调整", "received": "到位资金", "paid": "支出"},
}


def where_words(where: Where, noun: str = "记录") -> str:
    """``仅统计类别为庭审保障、位置为A楼的记录``; empty without a filter."""
    named = [
        f"{WHERE_LABELS[name]}为{'或'.join(_WORDS_OF_CODES.get(value, value) for value in values)}"
        for name in Where.model_fields
        if (values := getattr(where, name))
    ]
    return f"仅统计{'、'.join(named)}的{noun}" if named else ""


def clock_words(params: TicketTimeParams) -> str:
    """Which clock measures."""
    return f"用时按服务时间（{params.window}）计" if params.window else "用时按自然时间计"


def period_words(params: TicketTimeParams) -> str:
    """Which moment decides the period."""
    return "按解决时间归属周期" if params.attribute_by == "resolved_at" else "按报障时间归属周期"


def reopen_words(reopen: Reopen) -> str:
    """What a reopened ticket counts as."""
    return _REOPEN[reopen]


def sentence(*pieces: str) -> str:
    """The pieces that say something, as one sentence."""
    return "；".join(filter(None, pieces)) + "。"
