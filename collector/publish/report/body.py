"""The chapters of the report, in their order; a chapter without anything to say is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collector.publish.dossier import Dossier, Spread
from collector.publish.publication import Publication, Result
from collector.publish.report import words
from collector.publish.report.drawings import monthly_chart, spread_chart
from collector.publish.word import Cell, Column, Paper
from metrics.numbers import print_number

if TYPE_CHECKING:
    from collector.store import Objection

_NUMERALS = "一二三四五六七八九十"
_MOST_CHARTS = 8
_RULE_WIDTHS = (26, 74)


class Numbers:
    """一、 二、 … for chapters, 表1, 图1 for what stands in them."""

    def __init__(self) -> None:
        self.chapters = self.tables = self.charts = 0

    def chapter(self, title: str) -> str:
        """The next chapter's heading."""
        self.chapters += 1
        return f"{_NUMERALS[self.chapters - 1]}、{title}"

    def table(self, title: str) -> str:
        """The next table's caption."""
        self.tables += 1
        return f"表{self.tables}　{title}"

    def chart(self, title: str) -> str:
        """The next chart's caption."""
        self.charts += 1
        return f"图{self.charts}　{title}"


def write_body(paper: Paper, publication: Publication, dossier: Dossier) -> None:
    """All chapters."""
    body = _Body(paper, publication, dossier)
    for chapter in (
        body.summary,
        body.figures,
        body.missed,
        body.trends,
        body.counts,
        body.tickets,
        body.roster,
        body.quality,
        body.forecast,
        body.objections,
        body.rules,
    ):
        chapter()


class _Body:
    def __init__(self, paper: Paper, publication: Publication, dossier: Dossier) -> None:
        self.paper, self.publication, self.dossier = paper, publication, dossier
        self.numbers = Numbers()
        self.totals = [result for result in publication.results if result.is_total]
        self.earlier = dossier.of_period(dossier.period.before().label)
        self.now = words.NOW[dossier.period.kind]
        self.before = words.BEFORE[dossier.period.kind]

    def _chapter(self, title: str) -> None:
        self.paper.heading(self.numbers.chapter(title))

    def _table(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str | Cell]]) -> None:
        """A table below its caption."""
        self.paper.caption(self.numbers.table(title))
        self.paper.table(columns, rows)

    def summary(self) -> None:
        """总体情况."""
        self._chapter("总体情况")
        for sentence in words.summary(self.dossier, self.totals):
            self.paper.text(sentence)
        standing = self.publication.standing(self.dossier.project, self.dossier.period.label)
        self.paper.text(f"{standing.sentence}。")
        if standing.summed:
            closed = any(not one.is_draft for one in standing.summed)
            said = f"汇总的各月：{standing.summed_sentence()}" if closed else "所汇总的各月均未封账"
            self.paper.text(f"{said}。", "left")

    def figures(self) -> None:
        """指标完成情况: one line an indicator."""
        self._chapter("指标完成情况")
        month = self.dossier.period.kind == "month"
        columns = [
            *(Column("指标", 27), Column("目标", 13, "center"), Column("完成值", 15, "right")),
            *([Column(self.before, 15, "right")] if self.earlier else []),
            *([Column("本年累计", 15, "right")] if month else []),
            *(Column("覆盖率", 12, "right"), Column("结论", 11, "center")),
        ]
        rows = []
        for one in self.totals:
            before, so_far = self.earlier.get(one["indicator"]), self.dossier.so_far.get(one["indicator"])
            year = [so_far.printed if so_far else "—"] if month else []
            bold = one["outcome"] == "missed"
            rows.append(
                [
                    one["name"],
                    one["printed_target"] or "—",
                    Cell(one["printed"], align="right", bold=bold),
                    *([before["printed"] if before else "—"] if self.earlier else []),
                    *year,
                    one.coverage or "—",
                    Cell(one.outcome, align="center", bold=bold),
                ]
            )
        self._table(f"{self.now}指标完成情况", columns, rows)
        self.paper.note("注：“—”表示没有数据、没有目标或不适用。结论只在目标所约束的周期作出。")

    def missed(self) -> None:
        """未达标情况: by how much, and what cost most; figures without a conclusion for want of coverage too."""
        found = [one for one in self.totals if one["outcome"] in ("missed", "low_coverage")]
        thin = any(one["outcome"] == "low_coverage" for one in found)
        self._chapter("未达标和覆盖不足情况" if thin else "未达标情况")
        if not found:
            self.paper.text(f"{self.now}没有未达标的指标。")
            return
        for number, one in enumerate(found, 1):
            self.paper.heading(f"（{_numeral(number)}）{one['name']}", 2)
            self.paper.text(words.missed_words(self.dossier, one, self.earlier.get(one["indicator"])))
            evidence = self.dossier.evidence(one)
            if evidence.worst:
                columns = [Column("设备或工单", 60), Column("影响", 40, "right")]
                self._table(f"{one['name']}：影响最大的几项", columns, evidence.worst)
            if one.notes:
                self.paper.text(f"说明：{'；'.join(one.notes)}。")

    def trends(self) -> None:
        """月度趋势: what was missed first, then the rest with a monthly target."""
        drawn = [one for one in self._by_weight() if one["target"] and self._says_something(one)]
        if not drawn:
            return
        self._chapter("月度趋势")
        for one in drawn[:_MOST_CHARTS]:
            chart = monthly_chart(one, self._month_names(), self._series(one))
            self.paper.chart(chart, self.numbers.chart(f"{one['name']}（目标 {one['printed_target']}）"))
        if len(drawn) > _MOST_CHARTS:
            self.paper.note(f"注：列出 {_MOST_CHARTS} 项，全部指标的趋势图见工作簿。")

    def _month_names(self) -> list[str]:
        """``1月`` … where all lie in one year."""
        months = self.dossier.months
        one_year = len({month.first_on.year for month in months}) == 1
        return [f"{month.first_on.month}月" if one_year else month.label for month in months]

    def _by_weight(self) -> list[Result]:
        """Missed ones first, then by marks; what is counted by month has a table of its own."""
        chosen = [one for one in self.totals if one["indicator"] not in self.dossier.by_month]
        return sorted(chosen, key=lambda one: (one["outcome"] != "missed", -float(one["weight"] or 0)))

    def _series(self, result: Result) -> list[Result | None]:
        return list(self.dossier.series(result["indicator"]))

    def _says_something(self, result: Result) -> bool:
        """Two months or more that are not all alike; of what was missed any two."""
        known = [one["actual"] for one in self._series(result) if one is not None and one["actual"] is not None]
        return len(known) > 1 and (len(set(known)) > 1 or result["outcome"] == "missed")

    def counts(self) -> None:
        """巡检与保障: months × what was counted, with the total."""
        counted = [one for one in self.totals if one["indicator"] in self.dossier.by_month]
        if not counted:
            return
        self._chapter("巡检与保障")
        columns = [Column("月份", 14), *(Column(one["name"], 16, "right") for one in counted)]
        series = [self._series(one) for one in counted]
        rows: list[list[str | Cell]] = []
        for number, month in enumerate(self.dossier.months):
            found = [column[number] for column in series]
            rows.append([month.label, *(_count(one) for one in found)])
        sums = [sum(int(one["actual"]) for one in column if one and one["actual"] is not None) for column in series]
        rows.append([Cell("合计", bold=True), *(Cell(f"{total:,}", align="right", bold=True) for total in sums)])
        self._table("巡检与保障按月统计", columns, rows)

    def tickets(self) -> None:
        """工单用时: mean, median, p90, maximum, by vendor."""
        spreads = self.dossier.spreads
        if not spreads:
            return
        self._chapter("工单用时")
        columns = [
            *(Column("用时", 20), Column("运维服务商", 16), Column("工单数", 9, "right"), Column("平均", 14, "right")),
            *(Column("中位数", 14, "right"), Column("90%分位", 15, "right"), Column("最长", 17, "right")),
        ]
        self._table("响应、到场、解决用时", columns, [_spread_cells(spread) for spread in spreads])
        if any(not spread.own for spread in spreads):
            self.paper.note(
                "注：合同没有相应指标的用时，按自然时间、报障时间归属周期、扣除院方和第三方挂起的通用口径计算。"
            )
        for measure in dict.fromkeys(spread.measure for spread in spreads):
            chart = spread_chart([one for one in spreads if one.measure == measure and one.vendor])
            if chart is not None:
                self.paper.chart(chart, self.numbers.chart(f"{measure}，按运维服务商"))

    def roster(self) -> None:
        """人员与链路 against the contract."""
        if not self.dossier.presences:
            return
        self._chapter("人员与链路")
        columns = [
            *(Column("指标", 20), Column("类别", 18), Column("最少一天", 12, "right"), Column("合同数", 10, "right")),
            *(Column("不足天数", 12, "right"), Column("不足明细", 38)),
        ]
        rows = [
            [
                one.indicator,
                one.kind or "合计",
                "—" if one.least is None else str(one.least),
                "—" if one.contract is None else str(one.contract),
                one.shortfall_days or "—",
                one.shortfall or "",
            ]
            for one in self.dossier.presences
        ]
        self._table("人员与链路在册数", columns, rows)

    def quality(self) -> None:
        """数据质量与上下限."""
        self._chapter("数据质量")
        accounts = self.publication.deliveries
        read, accepted, rejected = (
            sum(getattr(one, name) for one in accounts) for name in ("read", "accepted", "rejected")
        )
        refused = sum(one.refused is not None for one in accounts)
        still = sum(self.publication.open_rejections.values())
        self.paper.text(
            f"截至编制，共收到交付 {len(accounts):,} 批，读取 {read:,} 行，接收 {accepted:,} 行，拒绝 {rejected:,} 行，"
            f"其余为未变、更正和另计；{f'有 {refused} 批未能读取；' if refused else ''}"
            f"待处理的不合格行 {still:,} 行{'' if still else '，已全部了结'}。"
        )
        for sentence in words.quality(self.dossier, self.totals):
            self.paper.text(sentence)

    def forecast(self) -> None:
        """后续预测: what the rest must look like."""
        forecasts = self.dossier.forecasts
        if not forecasts:
            return
        self._chapter("后续预测")
        lost = [one for one in forecasts if one.outlook.need.state == "lost"]
        kept = sum(one.outlook.need.state == "kept" for one in forecasts)
        named = f"；已不可能达标 {len(lost)} 项：{'、'.join(f'“{one.name}”' for one in lost)}" if lost else ""
        self.paper.text(
            f"按截至{words.period_words(self.dossier.period)}末的数字推算 {len(forecasts)} 项，"
            f"其中无论其余时间如何都能达标 {kept} 项{named}。"
            "下表是其余时间要做到什么才能达标，不是对将来的估计。"
        )
        if self.dossier.band:
            self.paper.text(self.dossier.band)
        columns = [
            Column("指标", 24),
            Column("目标", 13, "center"),
            Column("目前", 14, "right"),
            Column("其余时间", 49),
        ]
        self._table("其余时间须做到的", columns, [[one.name, one.target, one.printed, one.words] for one in forecasts])

    def objections(self) -> None:
        """服务商的异议及处理."""
        found = self.publication.objections_to(self.dossier.project, period=self.dossier.period.label)
        if not found:
            return
        self._chapter("异议及处理")
        names = {one["indicator"]: one["name"] for one in self.totals}
        columns = [
            *(Column("编号", 8, "center"), Column("指标", 20), Column("服务商", 16), Column("异议", 34)),
            *(Column("提出日期", 14), Column("处理", 22)),
        ]
        rows = [
            [
                str(one.objection_no),
                names.get(one.indicator, one.indicator),
                one.vendor,
                one.statement,
                one.raised_on,
                _decided(one),
            ]
            for one in found
        ]
        self._table("服务商的异议", columns, rows)

    def rules(self) -> None:
        """附录: the rule of every figure in words."""
        self.paper.page_break()
        self.paper.heading("附录　指标口径")
        columns = [Column("指标", _RULE_WIDTHS[0]), Column("口径", _RULE_WIDTHS[1])]
        rows = [[one["name"], one["rule"]] for one in self.publication.rules().values()]
        self._table("指标口径", columns, rows)


def _numeral(number: int) -> str:
    """一 … 十, 十一 …"""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def _count(result: Result | None) -> str:
    return "—" if result is None or result["actual"] is None else f"{int(result['actual']):,}"


def _spread_cells(spread: Spread) -> list[str | Cell]:
    times = (spread.mean, spread.median, spread.p90, spread.longest)
    return [
        spread.measure,
        spread.vendor or "全部",
        f"{spread.number:,}",
        *(print_number(time, spread.unit) for time in times),
    ]


def _decided(objection: Objection) -> str:
    """The decision that stands, with its reason, by whom and when."""
    if not objection.decisions:
        return objection.decided
    last = objection.decisions[-1]
    return f"{objection.decided}（{last.decided_by} {last.decided_on}）：{last.reason}"
