"""The court's courtrooms, servers, network, systems, desktops and leased lines, with who cared for them when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from collector.demo.world import HANDOVER, YEAR, Dice, scaled

COURTROOM, SERVER, NETWORK, SYSTEM, DESKTOP, PRINTER, LINE = (
    "数字法庭设备",
    "服务器",
    "网络设备",
    "应用系统",
    "台式电脑",
    "打印机",
    "互联网链路",
)
CODES = {COURTROOM: "SZFT", SERVER: "FWQ", NETWORK: "WL", SYSTEM: "YY", DESKTOP: "PC", PRINTER: "DY", LINE: "LL"}
COURTROOM_PARTS = ("庭审主机", "高清摄像机", "音频扩声", "证据展示屏")
BRANCHES = ("东溪人民法庭", "西岭人民法庭", "南坪人民法庭")
OFFICES = ("立案大厅", "诉讼服务中心", "执行指挥中心", "办公楼三楼", "办公楼四楼", "办公楼五楼", *BRANCHES)
MACHINE_ROOM = "中心机房"
PROBED_FROM = date(YEAR, 10, 1)
SYSTEMS = (
    ("审判管理系统", "审管系统"),
    ("执行案件管理系统", "执行系统"),
    ("电子卷宗系统", "电子卷宗"),
    ("庭审直播平台", "直播平台"),
    ("诉讼服务网", "诉服网"),
    ("网上立案系统", "网上立案"),
    ("智能合议系统", "合议系统"),
    ("类案检索系统", "类案检索"),
    ("送达平台", "电子送达"),
    ("保全系统", "网上保全"),
    ("鉴定管理系统", "对外委托"),
    ("信访管理系统", "信访系统"),
    ("档案管理系统", "电子档案"),
    ("办公自动化系统", "OA"),
    ("人事管理系统", "人事系统"),
    ("财务管理系统", "财务系统"),
    ("视频会议系统", "视频会议"),
    ("门户网站", "官网"),
    ("内网门户", "内部网"),
    ("统一身份认证", "单点登录"),
    ("电子签章系统", "签章"),
    ("语音识别系统", "庭审语音"),
    ("数据交换平台", "交换平台"),
    ("执行查控系统", "总对总查控"),
    ("移动办案平台", "移动办案"),
)


@dataclass(frozen=True)
class Assignment:
    """Who cared for an asset where, from a day on (``until`` excluded)."""

    start: date
    until: date | None
    vendor: str
    site: str


@dataclass(frozen=True)
class Asset:
    """One asset of the register; ``assignments`` only where its place or vendor changed in the year."""

    no: str
    name: str
    alias: str
    kind: str
    site: str
    vendor: str
    start: date
    until: date | None = None
    probed: bool = False
    probed_from: date | None = None
    assignments: tuple[Assignment, ...] = ()

    def in_service(self, day: date) -> bool:
        """Whether the asset is in service on ``day``."""
        return self.start <= day and (self.until is None or day < self.until)

    def holder(self, day: date) -> Assignment:
        """Vendor and place on ``day``."""
        for assignment in self.assignments:
            if assignment.start <= day and (assignment.until is None or day < assignment.until):
                return assignment
        return Assignment(self.start, None, self.vendor, self.site)


@dataclass(frozen=True)
class Register:
    """The assets in the order of the court's book."""

    assets: tuple[Asset, ...]
    by_no: dict[str, Asset] = field(repr=False)
    by_kind: dict[str, tuple[Asset, ...]] = field(repr=False)

    def of_kinds(self, *kinds: str) -> tuple[Asset, ...]:
        """The assets of these classes."""
        return tuple(asset for kind in kinds for asset in self.by_kind.get(kind, ()))


def courtroom_name(number: int) -> str:
    """第一法庭 … 第三十法庭 …"""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if number >= 100:
        return f"第{number}法庭"
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十"
    return f"第{head}{digits[ones] if ones else ''}法庭"


def build_register(seed: int, scale: float) -> Register:
    """About 420 assets (more only above scale 1), the same for the same seed and scale."""
    size = max(1.0, scale)
    dice = Dice("assets", seed)
    assets = [
        *_courtrooms(dice, scaled(30, size)),
        *_machine_room(dice, SERVER, scaled(40, size)),
        *_machine_room(dice, NETWORK, scaled(36, size)),
        *_systems(scale),
        *_office(dice, DESKTOP, scaled(150, size)),
        *_office(dice, PRINTER, scaled(45, size)),
        *_lines(),
    ]
    by_kind: dict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        by_kind[asset.kind].append(asset)
    return Register(
        tuple(assets),
        {asset.no: asset for asset in assets},
        {kind: tuple(listed) for kind, listed in by_kind.items()},
    )


def _number(kind: str, number: int) -> str:
    return f"SFQ-{CODES[kind]}-{number:04d}"


def _installed(dice: Dice) -> date:
    return date(YEAR - dice.randint(1, 6), dice.randint(1, 12), dice.randint(1, 28))


def _courtrooms(dice: Dice, rooms: int) -> list[Asset]:
    """Four devices a courtroom; the fifth moves to a branch in September, the last two open in April."""
    made: list[Asset] = []
    for room in range(1, rooms + 1):
        site, start = courtroom_name(room), _installed(dice)
        if room > rooms - 2:
            start = date(YEAR, 4, 14)
        for part in COURTROOM_PARTS:
            no = _number(COURTROOM, len(made) + 1)
            asset = Asset(no, f"{site}{part}", f"{room}庭{part}", COURTROOM, site, "a", start)
            if room == 5:
                asset = _moved(asset, date(YEAR, 9, 1), "a", BRANCHES[0])
            made.append(asset)
    return made


def _moved(asset: Asset, day: date, vendor: str, site: str) -> Asset:
    first = Assignment(max(asset.start, date(YEAR, 1, 1)), day, asset.vendor, asset.site)
    return replace(asset, assignments=(first, Assignment(day, None, vendor, site)))


def _machine_room(dice: Dice, kind: str, count: int) -> list[Asset]:
    """Servers and network: from b to c in July; the first three are scrapped, the last three are new."""
    made = []
    for number in range(1, count + 1):
        no = _number(kind, number)
        site = MACHINE_ROOM if kind == SERVER or number % 3 == 0 else dice.choice(OFFICES)
        name = f"{'应用' if kind == SERVER else '接入' if number % 3 else '核心'}{kind}{number:02d}"
        asset = Asset(no, name, f"{CODES[kind]}{number:02d}", kind, site, "b", _installed(dice))
        if number <= 3:
            asset = replace(asset, until=date(YEAR, 5, 9) + timedelta(days=number * 7))
        elif number > count - 3:
            asset = replace(asset, start=date(YEAR, 8, 4 + number % 5), vendor="c")
        else:
            asset = _moved(asset, HANDOVER, "c", site)
        made.append(asset)
    return made


def _systems(scale: float) -> list[Asset]:
    """The application systems; the probe looks at as many as the scale allows, since October."""
    wanted = scaled(len(SYSTEMS), scale, least=3)
    made = []
    for number in range(1, max(wanted, len(SYSTEMS)) + 1):
        round_no, index = divmod(number - 1, len(SYSTEMS))
        name, alias = SYSTEMS[index]
        suffix = f"（{round_no + 1}区）" if round_no else ""
        probed = number <= wanted
        made.append(
            Asset(
                _number(SYSTEM, number),
                name + suffix,
                alias + suffix,
                SYSTEM,
                MACHINE_ROOM,
                "c",
                date(YEAR - 3, 6, 1),
                probed=probed,
                probed_from=PROBED_FROM if probed else None,
            )
        )
    return made


def _office(dice: Dice, kind: str, count: int) -> list[Asset]:
    """Desktops and printers; one in twenty is scrapped in the year, one in twenty is new."""
    made = []
    for number in range(1, count + 1):
        start, until = _installed(dice), None
        if number % 20 == 7:
            until = date(YEAR, dice.randint(2, 11), dice.randint(1, 28))
        elif number % 20 == 13:
            start = date(YEAR, dice.randint(2, 9), dice.randint(1, 28))
        site = OFFICES[number % len(OFFICES)]
        made.append(Asset(_number(kind, number), kind, f"{kind}{number:03d}", kind, site, "b", start, until))
    return made


def _lines() -> list[Asset]:
    """Leased lines: the register says they are probed all year, but nobody ever delivered most of it."""
    return [
        Asset(
            _number(LINE, number),
            f"互联网专线{number}",
            f"专线{number}",
            LINE,
            MACHINE_ROOM,
            "c",
            date(YEAR - 2, 1, 1),
            probed=True,
        )
        for number in (1, 2)
    ]
