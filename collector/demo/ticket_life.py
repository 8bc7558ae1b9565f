"""The life of one ticket: who reports what, how soon somebody comes, what keeps it from being solved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from collector.demo.assets import BRANCHES, COURTROOM, DESKTOP, LINE, NETWORK, PRINTER, SERVER, SYSTEM, Asset
from collector.demo.story import BAD_MONTH, BAD_VENDOR
from collector.demo.world import AS_OF, MINUTE, Dice, at, day_of, is_workday, local, next_workday, work_later

URGENT, NORMAL, LOW = "紧急", "一般", "低"
SIDES = ("court", "third_party", "vendor")
TOLD_UNTIL = at(AS_OF) - 5 * 86_400  # the last deliveries were written on this day
PROBLEMS = {
    COURTROOM: ("无法录像", "声音断续", "证据屏黑屏", "笔录不同步", "摄像机无画面", "庭审软件报错"),
    SERVER: ("磁盘告警", "服务无响应", "内存占用过高", "远程登录失败"),
    NETWORK: ("端口无流量", "丢包严重", "设备重启", "光模块告警"),
    SYSTEM: ("无法登录", "打开缓慢", "文书不能上传", "报表出错", "签章失败", "流程卡住"),
    DESKTOP: ("开不了机", "蓝屏", "系统很慢", "上不了内网", "U盾不识别", "软件要重装"),
    PRINTER: ("卡纸", "缺墨", "打印模糊", "找不到打印机"),
    LINE: ("外网中断",),
}
WISHES = ("申请开通账号", "安装软件", "调整权限", "搬移设备", "导出数据", "培训新人")
UNUSABLE = {COURTROOM: 0.36, SERVER: 0.2, NETWORK: 0.25, SYSTEM: 0.06, DESKTOP: 0.42, PRINTER: 0.5}
REASONS = {"court": "等庭审结束", "third_party": "等厂家配件", "vendor": "工程师另有任务"}
REPORTERS = ("立案庭书记员", "民一庭书记员", "民二庭法官助理", "刑庭书记员", "执行局干警", "综合办公室", "审管办")
ENGINEERS = {"a": ("陈工", "周工", "吴工"), "b": ("林工", "郑工", "何工", "罗工"), "c": ("高工", "梁工", "谢工")}


@dataclass(frozen=True)
class Hold:
    """Work stood still; ``side`` says on whose account."""

    start: int
    end: int | None
    side: str


@dataclass(frozen=True)
class Cycle:
    """From opening (or reopening) to a resolution, if there was one."""

    opened: int
    resolved: int | None


@dataclass(frozen=True)
class Ticket:
    """One ticket. ``skew``: minutes by which the vendor's clock shows the response too early."""

    no: str
    vendor: str
    kind: str
    channel: str
    title: str
    asset: Asset | None
    site: str
    priority: str
    engineer: str
    reporter: str
    reported: int
    responded: int
    arrived: int | None = None
    restored: int | None = None
    resolved: int | None = None
    closed: int | None = None
    unusable: bool = False
    cancelled: bool = False
    skew: int = 0
    holds: tuple[Hold, ...] = ()
    cycles: tuple[Cycle, ...] = ()

    @property
    def status(self) -> str:
        """done, open, cancelled."""
        return "cancelled" if self.cancelled else "done" if self.resolved is not None else "open"


@dataclass(frozen=True)
class Habit:
    """How a vendor works: medians in minutes, shares from 0 to 1."""

    count: int
    kinds: tuple[tuple[str, float], ...]
    on_site: float
    response: float
    travel: float
    work: float
    reopened: float = 0.0


HABITS = {
    "a": Habit(1700, ((COURTROOM, 1.0),), 0.8, 6, 14, 75),
    "b": Habit(2900, ((DESKTOP, 0.62), (PRINTER, 0.2), (SERVER, 0.1), (NETWORK, 0.08)), 0.6, 16, 32, 110),
    "c": Habit(1400, ((SYSTEM, 0.66), (SERVER, 0.18), (NETWORK, 0.16)), 0.22, 11, 48, 130, reopened=0.03),
}


def begun(vendor: str, dice: Dice, reported: int, asset: Asset | None, site: str) -> Ticket:
    """A ticket up to its response."""
    habit = HABITS[vendor]
    incident = dice.chance(0.86)
    unusable = incident and asset is not None and dice.chance(UNUSABLE[asset.kind])
    priority = dice.choices((URGENT, NORMAL, LOW), (0.22, 0.6, 0.18))[0] if incident else LOW
    if unusable and asset is not None and asset.kind == SYSTEM:
        priority = URGENT  # everybody waits
    slow = (3.2 if _is_bad(vendor, reported) else 1.0) * (1.0 if is_workday(day_of(reported)) else 2.5)
    skewed = vendor == "c" and dice.chance(0.015)
    delay = 0 if skewed else dice.minutes(habit.response * slow * (0.6 if priority == URGENT else 1.0), 0.8, least=0)
    return Ticket(
        no="",
        vendor=vendor,
        kind="incident" if incident else "service_request",
        channel="on_site" if dice.chance(habit.on_site) else "remote",
        title=dice.choice(PROBLEMS[asset.kind] if asset and incident else WISHES),
        asset=asset,
        site=site,
        priority=priority,
        engineer=dice.choice(ENGINEERS[vendor]),
        reporter=dice.choice(REPORTERS),
        reported=reported,
        responded=reported + delay * MINUTE,
        unusable=unusable,
        skew=dice.randint(1, 4) if skewed else 0,
    )


def _is_bad(vendor: str, instant: int) -> bool:
    return vendor == BAD_VENDOR and local(instant).month == BAD_MONTH


def finished(ticket: Ticket, dice: Dice, habit: Habit, reopened: bool) -> Ticket:
    """Arrival, holds, restoration, resolution and closing; what lies after the last delivery is left open."""
    if dice.chance(0.011):
        return replace(ticket, cancelled=True, unusable=False, closed=ticket.responded + 5 * MINUTE)
    if ticket.channel == "on_site":
        ticket = replace(ticket, arrived=_arrival(ticket, dice, habit))
    start = ticket.arrived or ticket.responded
    work = dice.minutes(habit.work * (2.4 if _is_bad(ticket.vendor, ticket.reported) else 1.0), 0.9, least=4)
    if ticket.priority == URGENT:
        work = max(3, work // 2)
    ticket, start = _held(ticket, dice, start)
    resolved = start + work * MINUTE if ticket.priority == URGENT else work_later(start, work)
    if dice.chance(0.003) or (ticket.holds and ticket.holds[-1].end is None):
        return replace(ticket, unusable=False)  # nobody waits for months for what is out of order
    restored = start + (resolved - start) * 2 // 3 // MINUTE * MINUTE
    ticket = replace(
        ticket,
        restored=restored if ticket.unusable and dice.chance(0.7) else None,
        resolved=resolved,
        closed=resolved + dice.minutes(180, 1.2) * MINUTE if dice.chance(0.94) else None,
    )
    if reopened:
        ticket = _reopened(ticket, dice, resolved)
    return _told(ticket)


def _arrival(ticket: Ticket, dice: Dice, habit: Habit) -> int:
    """Engineers walk or drive; what is reported late and can wait is looked at the next morning."""
    late = local(ticket.responded).hour >= 17 and ticket.priority != URGENT
    if late and dice.chance(0.35):
        return at(next_workday(day_of(ticket.responded)), 8 * 60 + 30 + dice.randint(0, 50))
    travel = dice.minutes(habit.travel * (2.5 if _is_bad(ticket.vendor, ticket.reported) else 1.0), 0.6)
    if ticket.site in BRANCHES:
        travel += dice.randint(40, 95)
    return ticket.responded + travel * MINUTE


def _held(ticket: Ticket, dice: Dice, ready: int) -> tuple[Ticket, int]:
    """Some tickets stand still for a while; work goes on after the hold."""
    if not dice.chance(0.06):
        return ticket, ready
    side = dice.choices(SIDES, (0.42, 0.4, 0.18))[0]
    start = ready + dice.randint(3, 40) * MINUTE
    end = work_later(start, dice.minutes(420, 0.9, least=20))
    if end > TOLD_UNTIL or dice.chance(0.02):
        return replace(ticket, holds=(Hold(start, None, side),)), ready
    return replace(ticket, holds=(Hold(start, end, side),)), end


def _reopened(ticket: Ticket, dice: Dice, resolved: int) -> Ticket:
    """Resolved too soon: opened again some hours later, resolved for good after that."""
    again = resolved + dice.minutes(400, 0.8, least=30) * MINUTE
    last = work_later(again, dice.minutes(90, 0.8))
    cycles = (Cycle(ticket.reported, resolved), Cycle(again, last))
    return replace(ticket, resolved=last, closed=last + 60 * MINUTE, restored=None, cycles=cycles)


def _told(ticket: Ticket) -> Ticket:
    """Without what had not happened when the last delivery was written."""
    cycles = tuple(
        replace(cycle, resolved=_known(cycle.resolved)) for cycle in ticket.cycles if cycle.opened <= TOLD_UNTIL
    )
    return replace(
        ticket,
        cycles=cycles,
        restored=_known(ticket.restored),
        resolved=_known(ticket.resolved),
        closed=_known(ticket.closed),
    )


def _known(instant: int | None) -> int | None:
    return instant if instant is not None and instant <= TOLD_UNTIL else None
