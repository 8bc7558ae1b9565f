"""A mapping is checked before any file is read: one mistake, one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from tests.adapters.reading import config_of

TICKET = "record: ticket, columns: {ticket_no: 号, reported_at: 时}"


def sentences(mapping: str) -> list[str]:
    """Why a mapping is refused."""
    with pytest.raises(ValidationError) as caught:
        config_of(mapping)
    return [str(error.get("ctx", {}).get("error", error["type"])) for error in caught.value.errors()]


def test_one_word_stands_for_a_list_of_one() -> None:
    config = config_of(f"{{files: a.csv, tables: [{{{TICKET}, sheet: 工单, require: title}}]}}")
    assert (config.files, config.tables[0].sheet, config.tables[0].require) == (("a.csv",), ("工单",), ("title",))
    assert config.tables[0].columns["ticket_no"] == ("号",)


def test_tolerances_are_durations_in_words() -> None:
    config = config_of(f"{{skew_tolerance: 5分钟, interval: 1分钟, staleness: 1.5小时, tables: [{{{TICKET}}}]}}")
    assert (config.skew_tolerance, config.interval, config.staleness) == (300, 60, 5400)


CROSS = "rows: kind, columns: month, value: quantity, at: started_at"
NO_NUMBER = CROSS.replace("quantity", "site")
DERIVED = "derived: {{resolved_at: {{after: {after}, duration: 用时{more}}}}}"
MISTAKES = {
    "record: tiket, columns: {a: b}": "没有名为“tiket”的记录类型，是否想写“ticket”；可用：asset、",
    "record: ticket, columns: {ticket_nr: 号}": "没有名为“ticket_nr”的字段，是否想写“ticket_no”；可用：ticket_no、",
    "record: ticket, columns: {ticket_no: 号}": "没有说明必填字段 reported_at（报障时间） 从哪里来",
    "record: ticket, columns: {ticket_no: [号, 号], reported_at: 时}": "ticket_no 的表头“号”写了两次",
    f"{TICKET}, words: {{channel: {{现场: onsite}}}}": "没有名为“onsite”的处理方式代码，是否想写“on_site”；可用：",
    f"{TICKET}, words: {{asset_unusable: {{是: x}}}}": "asset_unusable（设备是否不可用）应为true 或 false，不能是“x”",
    f"{TICKET}, words: {{reported_at: {{a: b}}}}": "reported_at（报障时间）是时间或数，不能用 words 改写",
    f"{TICKET}, constants: {{closed_at: x}}": "closed_at（关单时间）是时间，每行不同，不能写成固定的值",
    f"{TICKET}, derived: {{title: {{after: reported_at, duration: 用时}}}}": "title（标题）不是时间",
    f"{TICKET}, {DERIVED.format(after='arrived_at', more='')}": "resolved_at 的 after“arrived_at”不是本表中",
    f"{TICKET}, {DERIVED.format(after='reported_at', more=', unit: 刻')}": "没有名为“刻”的时间单位",
    f"{TICKET}, units: {{title: 万元}}": "title（标题）不是金额、数值或耗时，不能写单位",
    f"{TICKET}, place: {{reported_at: sheet}}": "reported_at（报障时间）不是文字，不能取自文件名或工作表名",
    f"{TICKET}, cross: {{{CROSS.replace('month', 'site')}}}": "rows 和 columns 应有一个（且只有一个）是 month",
    f"record: support_event, cross: {{{CROSS}}}": "columns 中要写明行标题 kind 的表头",
    f"record: support_event, columns: {{kind: 项}}, cross: {{{NO_NUMBER}}}": "交叉表的 site 不是数",
    "record: hold, columns: {hold_from: 起, side: 方, title: 题}, derived_key: [hold_from]": "没有名为“title”的字段",
}


@pytest.mark.parametrize(("table", "sentence"), MISTAKES.items())
def test_a_mistake_in_a_table_is_told_in_one_sentence(table: str, sentence: str) -> None:
    (found,) = sentences(f"tables: [{{{table}}}]")
    assert found.startswith(sentence)


def test_two_derived_instants_may_not_wait_for_each_other() -> None:
    derived = "derived: {arrived_at: {after: resolved_at, duration: a}, resolved_at: {after: arrived_at, duration: b}}"
    assert sentences(f"tables: [{{{TICKET}, {derived}}}]") == ["arrived_at 的起算时间绕回了自己"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("files: []", "至少要有一项"),
        ("skew_tolerance: 一会儿", "“一会儿”不是时长，应写作 30秒、5分钟、1小时20分、1.5小时 或 7天"),
        ("encoding: big5", "literal_error"),
        ("colour: red", "extra_forbidden"),
    ],
)
def test_a_mistake_in_the_source_is_told_too(source: str, sentence: str) -> None:
    assert sentences(f"{{{source}, tables: [{{{TICKET}}}]}}") == [sentence]


def test_a_hold_may_take_its_key_from_what_the_ticket_says() -> None:
    columns = "{reported_at: 报, title: 题, hold_from: 起, side: 方}"
    table = f"record: hold, columns: {columns}, derived_key: [reported_at, title]"
    assert config_of(f"tables: [{{{table}}}]").tables[0].key_field == "ticket_no"


def test_names_and_models_are_known_without_pandas() -> None:
    code = (
        "import sys; from adapters import ADAPTERS, config_model; "
        "config_model('table').model_json_schema(); list(ADAPTERS); "
        "sys.exit('pandas' in sys.modules or 'pyarrow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
