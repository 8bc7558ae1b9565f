"""What a source of JSON may configure: where the records lie in a reply, and what of each becomes which field.

No pandas here: settings and the JSON Schema import this file.
"""

from __future__ import annotations

from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Field, field_validator

from adapters.mapping import FieldMapping, Name, Reading, not_empty


def expression_of(text: str) -> str:
    """``text`` if it is a JMESPath expression; ValueError in Chinese, with the place, if it is none."""
    try:
        jmespath.compile(text)
    except (JMESPathError, ValueError) as error:
        at = getattr(error, "lex_position", None)
        place = f"（第 {at + 1} 个字符处）" if isinstance(at, int) and 0 <= at < len(text) else ""
        raise ValueError(
            f'“{text}”不是 JMESPath 表达式{place}，应为如 fields.name；含汉字、空格或横线的键加双引号，如 cf."设备编号"'
        ) from None
    return text


Expression = Annotated[Name, AfterValidator(expression_of)]


class JsonMapping(FieldMapping):
    """How the objects of a reply become records of one type; ``columns`` are JMESPath expressions into each object."""

    records: Expression = Field("@", description="记录在回答中的位置（JMESPath），如 data.items；不写为整份回答")
    where: Expression | None = Field(
        None, description="只取此表达式为真的对象（JMESPath），其余另计，如 type == 'fault'"
    )

    @field_validator("columns")
    @classmethod
    def _expressions(cls, columns: dict[str, Any]) -> dict[str, Any]:
        for name, listed in columns.items():
            for text in listed:
                try:
                    expression_of(text)
                except ValueError as error:
                    raise ValueError(f"{name}：{error}") from None
        return columns


class JsonReading(Reading):
    """What a reply holds."""

    tables: Annotated[tuple[JsonMapping, ...], AfterValidator(not_empty)] = Field(
        description="回答中的各类记录；columns 写 JMESPath 表达式"
    )

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {table.record for table in self.tables}
