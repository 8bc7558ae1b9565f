"""Objections in the words that every paper uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.store.objections import Decision, Objection

_DECISIONS = {"accepted": "采纳", "partly": "部分采纳", "declined": "不采纳", "withdrawn": "服务商撤回"}


def objection_words(one: Objection) -> str:
    """``甲公司 2023-04-10 提出（甲函〔2023〕7号）：三月的停机是法院断电所致``."""
    document = f"（{one.document_no}）" if one.document_no else ""
    return f"{one.vendor} {one.raised_on} 提出{document}：{one.statement}"


def decision_words(decision: Decision) -> str:
    """``2023-04-20 王主任：不采纳，无断电记录``."""
    return f"{decision.decided_on} {decision.decided_by}：{_DECISIONS[decision.decision]}，{decision.reason}"
