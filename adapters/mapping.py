"""What a table source may configure: header words → fields, constants, code words, derived values.

No pandas here: settings and the JSON Schema import this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from adapters.mapping_checks import CHECKS, Scalar, field_of, unknown
from metrics.errors import ConfigError
from metrics.indicators import Strict
from metrics.quantities import DURATION_UNITS, parse_duration
from metrics.records import RECORDS, TICKET, Column, RecordType

_ONE_OR_MANY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


def _listed(value: Any) -> Any:
    """A single word stands for a list of one."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int | float) else value


def _seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_duration(value)
    except ConfigError as error:
        raise ValueError(error.fact) from None


def _not_negative(seconds: int) -> int:
    if seconds < 0:
        raise ValueError("时长不能为负")
    return seconds


def not_empty(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Checked after the items, so that a wrong item is not reported as a missing one too."""
    if not items:
        raise ValueError("至少要有一项")
    return items


Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), AfterValidator(not_empty), WithJsonSchema(_ONE_OR_MANY)]
Words = Annotated[tuple[Name, ...], BeforeValidator(_listed), WithJsonSchema(_ONE_OR_MANY)]
# No bound of its own: pydantic would let it take the place of a field's own bound.
Seconds = Annotated[int, BeforeValidator(_seconds), AfterValidator(_not_negative), WithJsonSchema({"type": "string"})]


class Header(Strict):
    """Where the header is looked for."""

    rows: Literal[1, 2] = Field(1, description="表头占几行；两行表头的列名写作“上级/下级”，也可只写下级")
    within: int = Field(30, ge=1, le=500, description="在前多少行内寻找表头")
    names: tuple[Name, ...] = Field((), description="文件没有表头时，自左至右各列的名称")


class Elapsed(Strict):
    """An instant that the vendor writes as the time passed since an earlier one."""

    after: str = Field(description="从哪个字段的时刻起算")
    duration: Names = Field(description="时长所在列的表头")
    unit: str | None = Field(None, description="单元格只有数字时的单位，如 分钟")

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str | None) -> str | None:
        if unit is not None and unit not in DURATION_UNITS:
            raise ValueError(unknown("时间单位", unit, DURATION_UNITS))
        return unit


class Joined(Strict):
    """An instant whose date and time of day stand in two columns."""

    date: Names = Field(description="日期所在列的表头")
    time: Names = Field(description="时刻所在列的表头")


def _rule_kind(value: Any) -> str:
    """Which of the two rules was meant, so that only its own keys are asked for."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, Strict) else {}
    return Joined.__name__ if "date" in keys or "time" in keys else Elapsed.__name__


Rule = Annotated[
    Annotated[Elapsed, Tag(Elapsed.__name__)] | Annotated[Joined, Tag(Joined.__name__)], Discriminator(_rule_kind)
]


class Cross(Strict):
    """A cross table: one record for each filled cell, on the first day of its month."""

    rows: str = Field(description="行标题填入的字段；行为月份时写 month")
    columns: str = Field(description="列标题填入的字段；列为月份时写 month")
    value: str = Field(description="单元格的数填入的字段")
    at: str = Field(description="当月第一天填入的字段")
    key: str | None = Field(None, description="由类别和月份生成的编号填入的字段；不写为记录的编号")

    @property
    def heading(self) -> str:
        """The field that the headings which are not months fill."""
        return self.columns if self.rows == "month" else self.rows

    @model_validator(mode="after")
    def _one_is_month(self) -> Self:
        if (self.rows == "month") == (self.columns == "month"):
            raise ValueError("rows 和 columns 应有一个（且只有一个）是 month")
        return self


class Skip(Strict):
    """Further words for rows that are not data."""

    total: Words = Field((), description="合计行第一个单元格的词，补充内置的 合计、小计、总计 等")
    note: Words = Field((), description="表下说明开头的词，补充内置的 注、说明、制表 等")


def _checked(by_field: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    """Every field is one of the record, and its value fits it."""
    for name, value in by_field.items():
        column = field_of(info.data.get("record", ""), name, beside=info.field_name in ("columns", "words", "units"))
        if column is not None and info.field_name in CHECKS:
            CHECKS[info.field_name](column, value)
    return by_field


class FieldMapping(Strict):
    """How rows become records of one type, wherever the rows come from."""

    record: str = Field(description="记录类型")
    columns: dict[str, Names] = Field(default_factory=dict, description="字段: 表头的叫法（可多个，靠前的优先）")
    derived: dict[str, Rule] = Field(default_factory=dict, description="由时长或由日期加时刻得出的时间")
    constants: dict[str, Scalar] = Field(default_factory=dict, description="字段: 所有行相同的值")
    words: dict[str, dict[str, Scalar]] = Field(default_factory=dict, description="字段: {表中的写法: 值}")
    derived_key: Names | None = Field(None, description="没有编号时，由哪些字段的值生成编号")
    require: Words = Field((), description="这些字段为空的行不适用，另计")
    units: dict[str, str] = Field(default_factory=dict, description="字段: 单元格中数字的单位，如 万元")

    @property
    def type(self) -> RecordType:
        """The record type that rows become."""
        return RECORDS[self.record]

    @property
    def key_field(self) -> str:
        """The column that a derived key fills."""
        return self.type.key[0]

    @property
    def places(self) -> Mapping[str, str]:
        """Fields that the name of the place fills: ``sheet`` or ``file``."""
        return {}

    @property
    def own_year(self) -> int | None:
        """The year of ``3月5日`` where the mapping itself says it."""
        return None

    def column(self, name: str) -> Column:
        """The column called ``name``; one of the ticket where a derived key needs it beside the record's own."""
        return (self.type if name in self.type.names else TICKET).column(name)

    @field_validator("record")
    @classmethod
    def _known_record(cls, record: str) -> str:
        if record not in RECORDS:
            raise ValueError(unknown("记录类型", record, RECORDS))
        return record

    @field_validator("derived_key", "require")
    @classmethod
    def _known_names(cls, names: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        for name in names or ():
            field_of(info.data.get("record", ""), name, beside=info.field_name == "derived_key")
        return names

    @field_validator("columns", "derived", "constants", "words", "units")
    @classmethod
    def _known_fields(cls, by_field: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return _checked(by_field, info)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self._check_columns()
        self._check_derived()
        given = self.filled
        missing = [f"{c.name}（{c.label}）" for c in self.type.columns if c.required and c.name not in given]
        if missing:
            raise ValueError(f"没有说明必填字段 {'、'.join(missing)} 从哪里来")
        beside = set(self.columns) - set(self.type.names) - set(self.derived_key or ())
        if beside:
            raise ValueError(unknown("字段", min(beside), self.type.names))
        return self

    @property
    def filled(self) -> set[str]:
        """Fields that some column, constant or rule fills; a default counts."""
        given = {*self.columns, *self.derived, *self.constants, *self.places}
        given |= {column.name for column in self.type.columns if column.default is not None}
        if self.derived_key:
            given.add(self.key_field)
        return given

    def _check_columns(self) -> None:
        if not self.columns:
            raise ValueError("columns 中至少要有一个字段")

    def _check_derived(self) -> None:
        for name, rule in self.derived.items():
            if isinstance(rule, Elapsed) and (rule.after == name or rule.after not in {*self.columns, *self.derived}):
                raise ValueError(f"{name} 的 after“{rule.after}”不是本表中另一个有列的时间字段")
        for name in self.derived:
            seen, at = {name}, self.derived.get(name)
            while isinstance(at, Elapsed):
                if at.after in seen:
                    raise ValueError(f"{name} 的起算时间绕回了自己")
                seen.add(at.after)
                at = self.derived.get(at.after)


class TableMapping(FieldMapping):
    """How the rows of some sheets become records of one type."""

    sheet: Names | None = Field(None, description="工作表名称或通配；不写为所有认得出表头的工作表")
    header: Header = Field(Header(), description="表头")
    place: dict[str, Literal["sheet", "file"]] = Field(default_factory=dict, description="字段取自工作表名或文件名")
    year: int | None = Field(None, ge=1990, le=2199, description="“3月5日”所在的年份；不写则取自文件名、工作表名或标题")
    cross: Cross | None = Field(None, description="交叉表：行为类别、列为月份")
    skip: Skip = Field(Skip(), description="另计的合计行、说明行的用词")

    @property
    def places(self) -> Mapping[str, str]:
        """Fields that the name of the place fills: ``sheet`` or ``file``."""
        return self.place

    @property
    def own_year(self) -> int | None:
        """The year of ``3月5日`` where the mapping itself says it."""
        return self.year

    @field_validator("place")
    @classmethod
    def _known_places(cls, by_field: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return _checked(by_field, info)

    @property
    def filled(self) -> set[str]:
        """Fields that some column, constant or rule fills; a default counts."""
        given = super().filled
        if self.cross:
            given |= {self.cross.heading, self.cross.value, self.cross.at, self.key_field}
        return given

    def _check_columns(self) -> None:
        if self.cross is None:
            super()._check_columns()
            return
        wanted = {self.cross.value: ("integer", "decimal"), self.cross.at: ("instant", "date")}
        for name in (self.cross.heading, *wanted, self.cross.key or self.key_field):
            if name not in self.type.names:
                raise ValueError(unknown("字段", name, self.type.names))
        for name, kinds in wanted.items():
            if self.type.column(name).kind not in kinds:
                raise ValueError(f"交叉表的 {name} 不是{'数' if 'integer' in kinds else '时间'}")
        if self.cross.key not in (None, self.key_field):
            raise ValueError(f"交叉表的 key 应为编号字段 {self.key_field}")
        if self.cross.rows != "month" and self.cross.rows not in self.columns:
            raise ValueError(f"columns 中要写明行标题 {self.cross.rows} 的表头")


class Reading(Strict):
    """What holds for all that one source delivers, whatever it comes in."""

    skew_tolerance: Seconds = Field(0, description="前后时间颠倒不超过此时长时，把后一时间提到前一时间并标记，如 5分钟")
    end_date: Literal["inclusive", "exclusive"] | None = Field(
        None, description="截止日期是否含当日；不写为各类记录的常规"
    )
    day_first: bool | None = Field(
        None, description="03/04/2023 是 4 月 3 日（true）还是 3 月 4 日（false）；不写则退回"
    )
    missing: Words = Field((), description="表示空缺的写法，如 “?”；补充内置的 -、/、无 等")


class TableConfig(Reading):
    """Table files in the drop folder: xlsx, xls, csv, tsv, also in gzip and zip."""

    files: Names = Field(description="收件文件夹下的文件名或通配；压缩包内的文件名也按此匹配")
    tables: Annotated[tuple[TableMapping, ...], AfterValidator(not_empty)] = Field(description="文件中的各张表")
    encoding: Literal["utf-8", "utf-16", "gb18030"] | None = Field(None, description="文本编码；不写为自动识别")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(None, description="分隔符；不写为自动识别")
    interval: Seconds | None = Field(None, description="拨测的间隔，如 1分钟；不写则由相邻检测推得")
    staleness: Seconds | None = Field(None, description="一次检测最长代表多久；不写为间隔的三倍")

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {table.record for table in self.tables}
