"""The command ``yunwei``: a group that loads a command's module only when that command is asked for.

Exit codes: 0 fine, 1 a bug (its traceback is kept), 2 usage or configuration, 3 data refused, 4 try again later,
130 interrupted, 141 the reader of our output went away.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from collector.cli.chinese import ChineseGroup, sentence
from metrics.errors import YunweiError

#: Command → where it lives and what it does. Written in the order in which a court meets them.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("collector.cli.demo:command", "生成演示工作区并走完采集、计算、导出"),
    "init": ("collector.cli.init:command", "从现成方案新建工作区"),
    "check": ("collector.cli.check:command", "检查配置，预览各数据来源将读到什么"),
    "schema": ("collector.cli.schema:command", "写出配置文件的 JSON Schema，供编辑器提示"),
    "targets": ("collector.cli.targets:command", "读入绩效目标表，提出指标供审阅"),
    "ingest": ("collector.cli.ingest:command", "采集：读取服务商交付的文件并入库"),
    "deliveries": ("collector.cli.deliveries:command", "列出交付批次及其行数核对"),
    "rejections": ("collector.cli.rejections:command", "列出、导出不合格行，收回改好的工作簿"),
    "compute": ("collector.cli.compute:command", "计算各周期的绩效指标"),
    "results": ("collector.cli.results:command", "查看指标结果"),
    "explain": ("collector.cli.explain:command", "说明一个指标结果的算式和每条依据"),
    "close": ("collector.cli.close:command", "封账：固定一个周期的结果，或作出更正"),
    "differences": ("collector.cli.differences:command", "比较已封账周期的两版：什么变了，因为哪些行"),
    "objections": ("collector.cli.objections:command", "登记和列出服务商的异议及处理决定"),
    "evidence": ("collector.cli.evidence:command", "佐证材料：打包数字、依据和来源文件，或核对一个包"),
    "intervals": ("collector.cli.intervals:command", "查看设备的状态区间，或由拨测日志重建"),
    "contradictions": ("collector.cli.contradictions:command", "列出数据来源之间的矛盾"),
    "report": ("collector.cli.report:command", "写出一个周期的工作簿和 Word 报告"),
    "export": ("collector.cli.export:command", "导出结果：JSON、CSV、工作簿、报告"),
    "serve": ("collector.cli.serve:command", "提供状态页、/metrics 和 results.json"),
    "selfeval": ("collector.cli.selfeval:command", "写出项目支出绩效自评表（docx、xlsx）"),
    "backup": ("collector.cli.backup:command", "备份：数据库、原件、拨测日志和配置"),
    "restore": ("collector.cli.restore:command", "由备份恢复工作区"),
    "move": ("collector.cli.move:command", "把数据搬到另一个数据库"),
    "unit": ("collector.cli.unit:command", "写出 systemd 服务单元"),
    "run": ("collector.cli.daemon:command", "值守：按时拨测、采集、计算、发布、维护"),
    "jobs": ("collector.cli.jobs:command", "列出值守的各项任务：上次、结果、下次"),
    "verify": ("collector.cli.verify:command", "核对填好的自评表或报告，并与结果比较"),
}


class LazyGroup(ChineseGroup):
    """Knows every command's name and one line about it; the rest waits until the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def help_sections(self, ctx: click.Context) -> list[tuple[str, list[tuple[str, str]]]]:
        """The group's options, then its commands without loading them."""
        return [*super().help_sections(ctx), ("命令", [(name, text) for name, (_, text) in COMMANDS.items()])]


def _print_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from collector.version import program_version

        click.echo(f"yunwei {program_version()}")
        ctx.exit()


@click.group(cls=LazyGroup, help="运维绩效：从服务商的交付到可复核的绩效指标。")
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="显示版本并退出"
)
def cli() -> None:
    """The group itself does nothing."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code; nothing is raised."""
    try:
        with cli.make_context("yunwei", list(sys.argv[1:] if arguments is None else arguments)) as ctx:
            cli.invoke(ctx)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        return _complain(sentence(error) + _hint(error), error.exit_code)
    except YunweiError as error:
        return _complain(str(error), error.exit_code)
    except (KeyboardInterrupt, EOFError, click.Abort):
        click.echo("\n已中断，没有写完的部分不会生效；再次运行即可继续", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python complains when it flushes at exit
        return 141
    except Exception:
        return _report_bug()
    return 0


def _complain(text: str, code: int) -> int:
    facts = text.splitlines()
    head = f"错误：{text}" if len(facts) == 1 else f"错误：有 {len(facts)} 处需要改正\n{text}"
    click.echo(head, err=True)
    return code


def _hint(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return f"（用法见 {ctx.command_path} --help）" if ctx else ""


def _report_bug() -> int:
    import traceback

    traceback.print_exc()
    return _complain("程序内部出错；请把以上内容连同所用的命令报告给维护者", 1)


def _speak_chinese() -> None:
    """Let no terminal or pipe stop a command: what its encoding lacks becomes ``?``; ASCII knows no Chinese at all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


def main() -> None:
    """Entry point of the command ``yunwei``."""
    _speak_chinese()
    if "_YUNWEI_COMPLETE" in os.environ:  # a shell asks for completions
        cli.main(prog_name="yunwei")
    sys.exit(run())
