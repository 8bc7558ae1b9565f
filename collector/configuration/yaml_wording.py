"""What libyaml says of a broken file, in one Chinese sentence with the line to look at."""

from __future__ import annotations

import re

import yaml

#: Part of the parser's own words → what a person should look for.
_WORDS = (
    ("while scanning an alias", '文字以“*”开头时须加引号，如 "*.xlsx"'),
    ("while scanning an anchor", "文字以“&”开头时须加引号"),
    ("mapping values are not allowed", "这一行的“:”位置不对，请核对缩进；文字中含“: ”时须加引号"),
    ("could not find expected ':'", "键的后面缺少半角冒号加空格“: ”"),
    ("did not find expected key", "缩进与上文不一致，或缺少半角冒号加空格“: ”"),
    ("did not find expected '-'", "缩进与上文的“- ”列表不一致"),
    ("did not find expected ',' or ']'", "方括号“[ ]”没有成对，或其中缺少逗号"),
    ("did not find expected ',' or '}'", "花括号“{ }”没有成对，或其中缺少逗号"),
    ("did not find expected node content", "此处不应出现这个符号，文字请加引号"),
    ("found unexpected end of stream", "引号没有成对"),
    ("found unexpected document indicator", "引号没有成对"),
    ("found unknown escape character", "双引号内的“\\”须写成“\\\\”，或改用单引号"),
    ("found undefined alias", "“*”所引用的“&”不存在"),
    ("found a tab character", "含有制表符（Tab），请改为空格"),
    ("found duplicate anchor", "“&”名称重复"),
    ("block scalar", "“|”或“>”的后面只能换行"),
)
#: What is missing at the end of something: the line to look at is where that begins.
_UNFINISHED = ("flow sequence", "flow mapping", "quoted scalar", "simple key")


def syntax_fact(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """``(line, sentence)`` for a parser's error; line 0 if the parser named none."""
    if isinstance(error, yaml.reader.ReaderError):
        return text.encode()[: error.position].count(b"\n") + 1, f"含有不可见的控制字符（U+{_code(error):04X}），请删去"
    words = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}"
    begun = getattr(error, "context_mark", None) if any(part in words for part in _UNFINISHED) else None
    mark = begun or getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    shown = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
    if re.match(r" *\t", shown):
        return line, "行首含有制表符（Tab），请改为空格"
    full_width = _full_width_colon(text, line)
    if full_width:
        return full_width, "冒号应为半角冒号加空格“: ”，此处写成了全角“：”"
    for part, fact in _WORDS:
        if part in words:
            return line, fact
    if "cannot start any token" in words:
        column = mark.column if mark else 0
        return line, f"文字不能以“{shown[column : column + 1]}”开头，请加引号"
    return line, "不符合 YAML 格式，请核对缩进、引号和冒号"


def _code(error: yaml.reader.ReaderError) -> int:
    character = error.character
    return character if isinstance(character, int) else ord(character)


def _full_width_colon(text: str, line: int) -> int:
    """The line, at or just before ``line``, whose key ends in a full-width colon; 0 if there is none."""
    lines = text.splitlines()
    for number in (line, line - 1):
        if 0 < number <= len(lines) and re.match(r"[ -]*[\w一-鿿]+：", lines[number - 1]):
            return number
    return 0
