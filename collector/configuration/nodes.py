"""YAML read strictly, every value with its line.

Scalars follow the YAML 1.2 core schema: ``08:30`` is text, ``yes`` and ``on`` are text, dates are text; keys are
always text. Nodes are built from parser events with a bound on depth and size, because composing a deeply nested
document inside libyaml ends the process and aliases can grow a small file without limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from collector.configuration.problems import Problem, Step, key_text
from collector.configuration.yaml_wording import syntax_fact

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000

_PARSER = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
_PLAIN_TAGS = {None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))}
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {text: word == "true" for word in ("true", "false") for text in (word, word.title(), word.upper())}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(slots=True)
class Node:
    """One value. ``text`` for a scalar, ``items`` for a list, ``entries`` (key → value) for a mapping."""

    line: int
    text: str | None = None
    plain: bool = False  # a scalar without quotes
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    key_lines: dict[str, int] = field(default_factory=dict)
    size: int = 1  # nodes below and including this one, aliases counted each time

    def value(self) -> Any:
        """Plain JSON-like data: dict, list, str, int, float, bool, None."""
        if self.entries is not None:
            return {key: child.value() for key, child in self.entries.items()}
        if self.items is not None:
            return [child.value() for child in self.items]
        return _core(self.text or "") if self.plain else self.text

    def word(self) -> str | None:
        """A scalar as it is written, numbers too; None for null, a list or a mapping."""
        return None if self.plain and self.text in _NULLS else self.text

    def child(self, step: Step) -> Node | None:
        """The value under ``step``, or None if there is none."""
        if self.entries is not None:
            return self.entries.get(str(step))
        if self.items is not None and isinstance(step, int) and 0 <= step < len(self.items):
            return self.items[step]
        return None

    def line_of(self, path: Iterable[Step]) -> int:
        """The line of the deepest part of ``path`` that exists: of its key, or of the list item."""
        node, line = self, self.line
        for step in path:
            below = node.child(step)
            if below is None:
                break
            line = node.key_lines.get(str(step), below.line)
            node = below
        return line


def _core(text: str) -> Any:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 19 else text
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


class UnreadableError(Exception):
    """The file is no YAML that we take; carries the one problem that says why."""

    def __init__(self, line: int, fact: str) -> None:
        super().__init__(fact)
        self.line = line
        self.fact = fact


def read_nodes(content: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """Parse one document.

    Returns:
        The root (None if the text cannot be read or is empty) and the problems met; a key given twice is a
        problem but the rest is still read.
    """
    builder = _Builder(file)
    try:
        text = _decode(content)
        try:
            return builder.document(yaml.parse(text, Loader=_PARSER)), builder.problems
        except yaml.YAMLError as error:
            raise UnreadableError(*syntax_fact(error, text)) from None
    except UnreadableError as error:
        return None, [*builder.problems, Problem(file, error.line, "", error.fact)]


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableError(0, f"文件有 {len(content)} 字节，配置文件最多 {MAX_BYTES} 字节")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(line, "不是 UTF-8 编码，请用编辑器另存为 UTF-8") from None


class _Builder:
    """Events into nodes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.total = 0

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise UnreadableError(_line(event), "一个文件只能有一份文档，请删去“---”或拆成两个文件")
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, events, ())
        return root

    def node(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], path: tuple[Step, ...]) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if len(path) > MAX_DEPTH:
            raise UnreadableError(_line(event), f"嵌套超过 {MAX_DEPTH} 层")
        tag = getattr(event, "tag", None)
        if tag not in _PLAIN_TAGS:
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")
            raise UnreadableError(_line(event), f"不支持类型标签“{shown}”，请删去")
        node = Node(_line(event))
        if isinstance(event, yaml.ScalarEvent):
            node.text, node.plain = event.value, not event.style
        elif isinstance(event, yaml.SequenceStartEvent):
            self.items(node, events, path)
        else:
            self.entries(node, events, path)
        self.count(1, node.line)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: yaml.AliasEvent) -> Node:
        node = self.anchors.get(event.anchor or "")
        if node is None:
            raise UnreadableError(_line(event), f"“*{event.anchor}”所引用的“&{event.anchor}”不存在；若是通配，请加引号")
        self.count(node.size, _line(event))
        return node

    def count(self, nodes: int, line: int) -> None:
        self.total += nodes
        if self.total > MAX_NODES:
            raise UnreadableError(line, f"内容（含“*”引用展开后）超过 {MAX_NODES} 个值")

    def items(self, node: Node, events: Iterator[yaml.Event], path: tuple[Step, ...]) -> None:
        node.items = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            child = self.node(cast("yaml.NodeEvent", event), events, (*path, len(node.items)))
            node.items.append(child)
            node.size += child.size

    def entries(self, node: Node, events: Iterator[yaml.Event], path: tuple[Step, ...]) -> None:
        node.entries = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.key(event, path)
            child = self.node(cast("yaml.NodeEvent", next(events)), events, (*path, key))
            line = _line(event)
            if key in node.entries:
                fact = f"这个键写了两次，前一次在第 {node.key_lines[key]} 行"
                self.problems.append(Problem(self.file, line, key_text((*path, key)), fact))
                continue
            node.entries[key] = child
            node.key_lines[key] = line
            node.size += child.size

    def key(self, event: yaml.Event, path: tuple[Step, ...]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise UnreadableError(_line(event), f"{key_text(path)} 的键应为文字" if path else "键应为文字")
        if event.value == "<<" and not event.style:
            raise UnreadableError(_line(event), "不支持“<<”合并，请逐项写出")
        return event.value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
