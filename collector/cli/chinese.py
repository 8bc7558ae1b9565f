"""Click's own words in Chinese: usage, options and every error, told apart by class and not by their English text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import click

from collector.text import cells, pad, wrap

_METAVARS = {"TEXT": "文本", "INTEGER": "整数", "FLOAT": "数", "FILE": "文件", "DIRECTORY": "目录", "PATH": "路径"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class ChineseCommand(click.Command):
    """A command whose help is Chinese; declare commands with ``cls=ChineseCommand`` (``common.command`` does)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The usual ``--help``, explained in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明并退出"
        return option

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and tell an error which command it is of; click leaves that out for some."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def get_usage(self, ctx: click.Context) -> str:
        """``用法：yunwei 命令 [选项] …`` on one line."""
        return f"用法：{' '.join([ctx.command_path, *self.collect_usage_pieces(ctx)])}"

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, what the command does, its arguments, its options."""
        width = formatter.width
        blocks = [self.get_usage(ctx)]
        blocks += [wrap(part.replace("\n", ""), width) for part in (self.help or "").split("\n\n") if part]
        for title, rows in self.help_sections(ctx):
            if rows:
                blocks.append(f"{title}：\n{_columns(rows, width)}")
        if self.epilog:
            blocks.append(self.epilog)
        formatter.write("\n\n".join(blocks) + "\n")

    def help_sections(self, ctx: click.Context) -> list[tuple[str, list[tuple[str, str]]]]:
        """Title and rows (what one types, what it does) of each section of the help."""
        arguments, options = [], []
        for param in self.get_params(ctx):
            if isinstance(param, click.Option):
                if not param.hidden:
                    options.append((_option_spec(param, ctx), _option_help(param, ctx)))
            elif isinstance(param, click.Argument) and param.help:
                arguments.append((param.make_metavar(ctx), param.help))
        return [("参数", arguments), ("选项", options)]


class ChineseGroup(ChineseCommand, click.Group):
    """A group whose own help is Chinese too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("subcommand_metavar", "命令 [参数]…")
        super().__init__(*args, **kwargs)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: ``format_help`` writes every section."""


class ListingGroup(ChineseGroup):
    """A group that lists its commands in its help."""

    def help_sections(self, ctx: click.Context) -> list[tuple[str, list[tuple[str, str]]]]:
        """Options, then commands."""
        commands = [(name, found.help or "") for name, found in self.commands.items()]
        return [*super().help_sections(ctx), ("命令", commands)]


def _columns(rows: Iterable[tuple[str, str]], width: int) -> str:
    rows = list(rows)
    left = min(max(cells(spec) for spec, _ in rows), width // 2)
    indent = " " * (left + 4)
    lines = []
    for spec, text in rows:
        head = f"  {pad(spec, left)}  "
        if cells(spec) > left:  # too long for its column: the words go below
            lines.append(f"  {spec}")
            head = indent
        lines.append(head + wrap(text, max(20, width - left - 4)).replace("\n", "\n" + indent))
    return "\n".join(lines)


def _option_spec(option: click.Option, ctx: click.Context) -> str:
    spec = option.get_help_spec(ctx)
    for english, chinese in _METAVARS.items():
        spec = re.sub(rf" {english}( RANGE)?\b", f" {chinese}", spec)
    return spec


def _option_help(option: click.Option, ctx: click.Context) -> str:
    extra = option.get_help_extra(ctx)
    notes = []
    if "required" in extra:
        notes.append("必填")
    if "default" in extra:
        notes.append(f"默认 {extra['default']}")
    if isinstance(option.type, click.IntRange | click.FloatRange):
        notes.append(_range(option.type).removeprefix("，"))
    return (option.help or "") + (f"（{'，'.join(notes)}）" if notes else "")


def sentence(error: click.ClickException) -> str:
    """One Chinese sentence for any of click's errors, without a full stop."""
    match error:
        case click.NoSuchOption():
            return f"没有选项“{error.option_name}”{nearest(error.option_name, _option_names(error.ctx))}"
        case click.exceptions.NoSuchCommand():
            return f"没有命令“{error.command_name}”{nearest(error.command_name, _command_names(error.ctx))}"
        case click.BadOptionUsage():
            return _bad_option_usage(error)
        case click.MissingParameter():
            return f"缺少{_param_name(error)}"
        case click.BadParameter():
            return _bad_parameter(error)
        case click.FileError():
            return f"打不开文件“{error.ui_filename}”"
        case click.UsageError():
            return _usage(error)
    return error.format_message() if _ours(error.message) else "命令没有完成"


def nearest(word: str, known: Iterable[str]) -> str:
    """``，是否想写“…”？`` when one of ``known`` is near to ``word``, else nothing."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"，是否想写“{found[0]}”？" if found else ""


def _ours(message: str) -> bool:
    """Whether the words, leaving out what the user typed, are Chinese: raised by a command of ours, not by click."""
    return bool(_CHINESE.search(re.sub(r"'[^']*'|\([^)]*\)", "", message)))


def _option_names(ctx: click.Context | None) -> list[str]:
    if ctx is None:
        return []
    params = [param for param in ctx.command.get_params(ctx) if isinstance(param, click.Option)]
    return [name for param in params for name in (*param.opts, *param.secondary_opts) if name.startswith("--")]


def _command_names(ctx: click.Context | None) -> list[str]:
    return ctx.command.list_commands(ctx) if ctx and isinstance(ctx.command, click.Group) else []


def _bad_option_usage(error: click.BadOptionUsage) -> str:
    params = error.ctx.command.get_params(error.ctx) if error.ctx else []
    for param in params:
        if isinstance(param, click.Option) and error.option_name in (*param.opts, *param.secondary_opts):
            return f"选项“{error.option_name}”" + ("不带值" if param.is_flag else "后面缺少值")
    return f"选项“{error.option_name}”的写法不对"


def _param_name(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return f"选项“{max(param.opts, key=len)}”"
    if isinstance(param, click.Argument):
        return f"参数“{param.metavar or param.name}”"
    return "参数"


def _bad_parameter(error: click.BadParameter) -> str:
    if _ours(error.message):
        return f"{_param_name(error)}的值不对：{error.message}"
    quoted = re.search(r"'([^']*)'", error.message)  # click does not keep the value itself
    value = f"“{quoted[1]}”" if quoted else ""
    return f"{_param_name(error)}的值{value}不对{_expected(error.param, quoted[1] if quoted else None)}"


def _expected(param: click.Parameter | None, value: str | None) -> str:
    match param.type if param else None:
        case click.Choice() as choice:
            known = [str(one) for one in choice.choices]
            return f"，应为 {'、'.join(known)} 之一{nearest(value or '', known)}"
        case click.Path() as path:
            return f"：{_path_fault(path, value)}"
        case click.types.IntParamType() | click.types.IntRange():
            return "，应为整数" + _range(param.type if param else None)
        case click.types.FloatParamType() | click.types.FloatRange():
            return "，应为数" + _range(param.type if param else None)
    return ""


def _path_fault(path: click.Path[Any], value: str | None) -> str:
    if value is None or not os.path.exists(value):
        return "没有这个文件或目录"
    if os.path.isdir(value) and not path.dir_okay:
        return "这是目录，应为文件"
    if not os.path.isdir(value) and not path.file_okay:
        return "这是文件，应为目录"
    return "没有读写权限"


def _range(kind: object) -> str:
    if not isinstance(kind, click.IntRange | click.FloatRange):
        return ""
    low = "" if kind.min is None else f"{'大于' if kind.min_open else '不小于'} {kind.min}"
    high = "" if kind.max is None else f"{'小于' if kind.max_open else '不大于'} {kind.max}"
    return "".join(f"，{limit}" for limit in (low, high) if limit)


def _usage(error: click.UsageError) -> str:
    if _ours(error.message):
        return error.message
    extra = re.search(r"\((.*)\)$", error.message)
    if extra:
        return f"多出了参数“{extra[1]}”"
    return "缺少命令" if error.ctx and isinstance(error.ctx.command, click.Group) else "命令的写法不对"
