"""What the court itself writes down: people on site, lines, questionnaires, measured values, money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.demo.world import YEAR, Dice, at, last_day, scaled

ANSWERS = ("非常满意", "满意", "基本满意", "不满意")
DEPARTMENTS = ("立案庭", "民一庭", "民二庭", "刑庭", "行政庭", "执行局", "综合办公室", "审管办")
STAFF = ("信息化驻场", "数字法庭驻场", "桌面驻场")


@dataclass(frozen=True)
class RosterEntry:
    """People or lines of one kind, from a day to another (both included)."""

    no: str
    kind: str
    name: str
    bandwidth: str
    start: date
    end: date | None
    quantity: int


@dataclass(frozen=True)
class Answer:
    """One questionnaire; an empty answer is invalid."""

    no: str
    day: date
    answer: str
    department: str


@dataclass(frozen=True)
class Measured:
    """A value entered by hand with who, when and the paper that shows it."""

    no: str
    kind: str
    day: date
    value: str
    measure_unit: str
    entered_by: str
    entered: int
    document: str


@dataclass(frozen=True)
class Booking:
    """One line of money; ``amount`` in 元 as decimal text."""

    no: str
    day: date
    kind: str
    amount: str
    funds: str
    document: str
    vendor: str


def build_roster() -> list[RosterEntry]:
    """Five people on site by contract; from the middle of August to the end of September one is missing."""
    first = date(YEAR, 1, 1)
    people = [
        RosterEntry("RY-01", STAFF[0], "梁工", "", first, None, 1),
        RosterEntry("RY-02", STAFF[1], "陈工", "", first, None, 1),
        RosterEntry("RY-03", STAFF[1], "周工", "", first, None, 1),
        RosterEntry("RY-04", STAFF[2], "林工", "", first, None, 1),
        RosterEntry("RY-05", STAFF[2], "郑工", "", first, date(YEAR, 8, 14), 1),
        RosterEntry("RY-06", STAFF[2], "罗工", "", date(YEAR, 9, 29), None, 1),
    ]
    lines = [
        RosterEntry("XL-01", "万兆专网", "法院专网主备", "10G", first, None, 2),
        RosterEntry("XL-02", "互联网专线", "互联网专线1、2", "500M", first, None, 2),
        RosterEntry("XL-03", "直播线路", "庭审直播线路", "20M", first, None, 6),
        RosterEntry("XL-04", "语音中继", "语音中继", "", first, None, 2),
    ]
    return [*people, *lines]


def build_answers(seed: int, scale: float) -> list[Answer]:
    """Two rounds of questionnaires, in June and December."""
    dice = Dice("survey", seed)
    made = []
    for number in range(1, scaled(640, scale, least=60) + 1):
        month = 6 if number % 2 else 12
        answer = dice.choices((*ANSWERS, ""), (0.52, 0.36, 0.075, 0.025, 0.02))[0]
        day = date(YEAR, month, dice.randint(9, 20))
        made.append(Answer(f"WJ{YEAR}{number:04d}", day, answer, dice.choice(DEPARTMENTS)))
    return made


def build_measured() -> list[Measured]:
    """The year's protection-level score, and the score of the exercise."""
    return [
        Measured(
            "TB-01",
            "等保测评得分",
            date(YEAR, 9, 18),
            "83.5",
            "分",
            "信息科",
            at(date(YEAR, 9, 25), 610),
            "等保测评报告.pdf",
        ),
        Measured(
            "TB-02",
            "应急演练得分",
            date(YEAR, 11, 6),
            "92",
            "分",
            "信息科",
            at(date(YEAR, 11, 10), 560),
            "应急演练总结.pdf",
        ),
    ]


def build_bookings() -> list[Booking]:
    """A budget cut by an adjustment, money received in two parts, paid quarter by quarter to three vendors."""
    funds = "本级财政"
    lines = [
        Booking("YS-01", date(YEAR, 1, 6), "budget", "1680000", funds, "示区财预〔2025〕8号", ""),
        Booking("YS-02", date(YEAR, 9, 12), "adjustment", "-60000", funds, "示区财预〔2025〕77号", ""),
        Booking("DK-01", date(YEAR, 2, 20), "received", "1000000", funds, "收款回单1", ""),
        Booking("DK-02", date(YEAR, 8, 21), "received", "620000", funds, "收款回单2", ""),
    ]
    shares = (("a", "150000"), ("b", "129000"), ("c", "108250.5"))
    for quarter in range(1, 5):
        for number, (vendor, amount) in enumerate(shares, start=1):
            day = date(YEAR, quarter * 3, min(26, last_day(quarter * 3).day))
            lines.append(
                Booking(f"ZF-{quarter}{number}", day, "paid", amount, funds, f"支付凭证{quarter}-{number}", vendor)
            )
    return lines
