"""The usual words for codes and for yes and no; a mapping's ``words`` come before them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from adapters.mapping import FieldMapping
from adapters.mapping_checks import Scalar
from metrics.records import Column

#: Ways to leave a cell empty; in text columns only the marks count, because 无 may be an answer there.
MARKS = frozenset(("-", "--", "---", "—", "——", "/", "\\", "－", "／"))
NOTHING = MARKS | {"无", "暂无", "空", "n/a", "na", "null", "none", "nan", "nil", "无数据", "未填", "未填写"}

_YES = ("是", "有", "对", "真", "已", "y", "yes", "true", "t", "1", "√", "✓", "✔", "☑", "on")
_NO = ("否", "无", "没有", "不是", "错", "假", "未", "n", "no", "false", "f", "0", "×", "✗", "✘", "☐", "off")
YES_NO: Mapping[str, Scalar] = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}

_CHANNELS = {
    "on_site": "现场 上门 到场 驻场 现场处理 现场维修 现场解决 现场支持 上门服务 上门维修 on-site onsite",
    "remote": "远程 电话 在线 线上 远程处理 远程协助 远程解决 远程支持 电话指导 电话处理 电话支持",
}
_TICKET_KINDS = {
    "incident": "故障 事件 报修 报障 故障报修 故障申报 突发事件 故障处理",
    "service_request": "服务请求 服务申请 请求 需求 申请 咨询 服务 业务咨询",
}
_SIDES = {
    "court": "法院 院方 本院 检察院 单位 用户 用户方 甲方 客户 业主",
    "vendor": "服务商 供应商 服务方 运维 运维方 运维公司 乙方 承建方",
    "third_party": "第三方 厂家 厂商 原厂 运营商",
}
_RESULTS = {
    "normal": "正常 良好 合格 完好 无异常 运行正常 未见异常 通过 ok 正常运行",
    "abnormal": "异常 不正常 故障 不合格 有异常 运行异常 发现问题 未通过 损坏",
}
_STATES = {
    "up": "正常 在线 成功 可用 通 恢复 success succeeded ok online 1 true",
    "down": "异常 离线 失败 不可用 不通 中断 故障 fail failed failure error offline timeout 0 false",
    "unknown": "未知 未检测 不明 unknown",
}
_CAUSES = {
    "planned_maintenance": "计划维护 计划内维护 计划检修 计划停机 停机维护 维护 升级",
    "force_majeure": "不可抗力 停电 自然灾害 市电中断",
    "court_side": "院方原因 法院原因 用户原因 甲方原因 单位原因",
}
_LINES = {
    "budget": "预算 年初预算 预算数 年度预算",
    "adjustment": "调整 预算调整 追加 调减 追减",
    "received": "到位 到账 拨付 下达 拨款 资金到位",
    "paid": "支出 支付 付款 已付 执行 实际支出",
}
#: (record, field) → code → words, separated by blanks.
_CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("ticket", "channel"): _CHANNELS,
    ("ticket", "kind"): _TICKET_KINDS,
    ("hold", "side"): _SIDES,
    ("inspection", "result"): _RESULTS,
    ("uptime_check", "state"): _STATES,
    ("exclusion", "cause"): _CAUSES,
    ("budget_line", "kind"): _LINES,
}


@lru_cache(maxsize=4096)
def normal_word(text: str) -> str:
    """A word as it is looked up: half-width, without blanks and case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def words_for(table: FieldMapping, column: Column) -> dict[str, Scalar]:
    """Normalised word → value for a code or yes/no column; words ending in ``*`` fit whatever begins so."""
    known: dict[str, Scalar] = {normal_word(word): value for word, value in table.words.get(column.name, {}).items()}
    own = dict(known)
    if column.kind == "boolean":
        known.update(YES_NO)
    for code, words in _CODES.get((table.record, column.name), {}).items():
        known.update(dict.fromkeys(map(normal_word, words.split()), code))
    known.update({normal_word(code): code for code in column.choices})
    return {**known, **own}


def look_up(text: str, known: Mapping[str, Scalar]) -> Scalar | None:
    """The value of ``text``; None if no word fits."""
    word = normal_word(text)
    if word in known:
        return known[word]
    fitting = [start for start in known if start.endswith("*") and word.startswith(start[:-1])]
    return known[max(fitting, key=len)] if fitting else None
