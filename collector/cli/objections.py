"""``yunwei objections``: vendors' objections to figures, and what was decided on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from collector.cli.chinese import ChineseCommand, ListingGroup
from collector.cli.common import Workspace, console, open_workspace, workspace_option
from metrics.errors import UsageError

if TYPE_CHECKING:
    from collector.store.objections import Decided, Objection

#: What people write → the code; as ``collector.store.objections.DECISION_LABELS``, without loading a database.
_DECISIONS = {"采纳": "accepted", "部分采纳": "partly", "不采纳": "declined", "撤回": "withdrawn"}


@click.group(
    cls=ListingGroup,
    help="登记服务商对数字的异议和处理决定，列出全部异议。\n\n异议只登记，不改变数字；采纳之后的更正由补报、豁免登记等数据作出。"
    "登记和决定都不能改，只能再登记一次，历次都保留并写进各种结果。",
)
def command() -> None:
    """The group itself does nothing."""


@command.command("add", cls=ChineseCommand, help="登记一条异议。")
@workspace_option
@click.option("--vendor", required=True, metavar="代码", help="提出异议的运维服务商，代码或全称")
@click.option("--indicator", required=True, metavar="代码", help="对哪个指标")
@click.option("--period", required=True, metavar="周期", help="对哪个周期，如 2023-03")
@click.option("--project", metavar="代码", help="运维项目；只有一个项目有这个指标时不必写")
@click.option("--text", "statement", required=True, metavar="内容", help="异议内容")
@click.option("--document", "document_no", metavar="文号", help="来文文号")
@click.option("--date", "raised_on", required=True, metavar="日期", help="提出日期，如 2023-04-10")
def add(
    workspace: Path,
    vendor: str,
    indicator: str,
    period: str,
    project: str | None,
    statement: str,
    document_no: str | None,
    raised_on: str,
) -> None:
    """Record an objection."""
    from collector.explain import Question, definition_of
    from metrics.period import parse_period

    opened = open_workspace(workspace)
    asked = parse_period(period)
    definition = definition_of(opened.settings, Question(indicator, asked, project=project))
    number = opened.store.add_objection(
        project=definition.project,
        indicator=indicator,
        period=asked.label,
        vendor=_vendor(opened, vendor),
        statement=_filled(statement, "--text"),
        raised_on=_day(raised_on),
        document_no=document_no,
    )
    click.echo(f"已登记第 {number} 号异议；处理后用 yunwei objections decide {number} 登记决定")


@command.command("decide", cls=ChineseCommand, help="登记对一条异议的处理决定；以前的决定保留，以最后一次为准。")
@workspace_option
@click.argument("number", type=click.IntRange(1), metavar="编号", help="异议编号，见 yunwei objections list")
@click.option(
    "--decision", required=True, type=click.Choice([*_DECISIONS]), metavar="决定", help="采纳、部分采纳、不采纳或撤回"
)
@click.option("--by", "decided_by", required=True, metavar="姓名", help="作出决定的人")
@click.option("--date", "decided_on", required=True, metavar="日期", help="决定日期，如 2023-04-20")
@click.option("--reason", required=True, metavar="理由", help="理由")
def decide(workspace: Path, number: int, decision: str, decided_by: str, decided_on: str, reason: str) -> None:
    """Record a decision."""
    opened = open_workspace(workspace)
    opened.store.decide_objection(
        number,
        decision=cast("Decided", _DECISIONS[decision]),
        reason=_filled(reason, "--reason"),
        decided_by=_filled(decided_by, "--by"),
        decided_on=_day(decided_on),
    )
    click.echo(f"第 {number} 号异议：{decision}")


@command.command("list", cls=ChineseCommand, help="列出全部异议和历次决定。")
@workspace_option
def listing(workspace: Path) -> None:
    """Print all objections."""
    opened = open_workspace(workspace)
    found = opened.store.objections()
    if not found:
        click.echo("没有登记过异议")
        return
    names = {(one.project, one.id): one.name for one in opened.settings.indicators}
    out = console()
    for one in found:
        out.print("\n".join(_lines(one, names.get((one.project, one.indicator), one.indicator))), soft_wrap=True)


def _lines(one: Objection, name: str) -> list[str]:
    from collector.publish.objections import decision_words, objection_words

    return [
        f"第 {one.objection_no} 号 {one.period} {name}：{objection_words(one)}",
        *(f"  {decision_words(decision)}" for decision in one.decisions),
        *([] if one.decisions else ["  未处理"]),
    ]


def _vendor(opened: Workspace, text: str) -> str:
    """The vendor's full name, by its code or its name.

    Raises:
        UsageError: there is none.
    """
    from collector.configuration.problems import unknown_name

    for vendor in opened.settings.vendors:
        if text in (vendor.id, vendor.name):
            return vendor.name
    raise UsageError(unknown_name("运维服务商", text, {vendor.id: vendor for vendor in opened.settings.vendors}))


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"“{text}”不是日期，应写作 2023-04-10") from None


def _filled(text: str, option: str) -> str:
    if not text.strip():
        raise UsageError(f"{option} 不能是空的")
    return text.strip()
