"""Attachments out of a real mailbox: each content once, whole, with who sent it and when."""

from __future__ import annotations

import base64
import shutil
import socket
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

from collector.cli import run
from collector.ingest import IngestReport
from collector.preview import look
from tests.adapters.probes.servers import Authority
from tests.ingest.workspace import TICKET_HEADER, Workspace, csv_text, ticket
from tests.monitors.mail_server import PASSWORD, MailServer, mail, mail_server
from tests.monitors.processes import HOST
from tests.monitors.relay import relay

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("mailbox")]

MARCH, APRIL = 1_680_000_000, 1_682_600_000  # 28 March and 27 April 2023


def csv_of(*numbers: str) -> bytes:
    return csv_text(TICKET_HEADER, [ticket(number) for number in numbers]).encode()


@pytest.fixture
def court(workspace: Workspace, mails: MailServer, authority: Authority) -> Workspace:
    shutil.copy(authority.folder / "ca.pem", workspace.folder / "ca.pem")
    workspace.write("secrets/mail", PASSWORD)
    configure(workspace, mails.port)
    return workspace


def configure(court: Workspace, port: int, more: str = "") -> None:
    court.source(
        "mail",
        f"{{id: mail, name: 交付邮箱, adapter: mailbox, host: {HOST}, port: {port}, ca: ca.pem, user: court,\n"
        f" password: {{file: secrets/mail}}, into: 邮件, timeout: 5秒{more}}}",
    )


def brought(report: IngestReport) -> list[tuple[str, bool]]:
    return [(file.name, file.duplicate) for file in report.fetched]


def below(court: Workspace) -> dict[str, bytes]:
    """Everything in the drop folder, hidden files too."""
    return {
        path.relative_to(court.inbox).as_posix(): path.read_bytes() for path in court.inbox.rglob("*") if path.is_file()
    }


def read_from_mail(court: Workspace) -> None:
    """Let the tickets' source read what the mailbox brings."""
    path = court.folder / "sources/tickets.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"工单*.csv"', '"邮件/*工单*.csv"'), encoding="utf-8")


def test_an_attachment_is_fetched_and_read_in_one_run(court: Workspace, mails: MailServer) -> None:
    read_from_mail(court)
    mails.put(mail("三月", 工单__csv=csv_of("T1", "T2")), "1", MARCH)
    report = court.ingest()
    assert brought(report) == [("邮件/工单.csv", False)]
    assert (report.accepted, report.exit_code) == (2, 0)
    assert set(court.titles()) == {"T1", "T2"}
    came = court.store.fetches().provenance().to_dict("records")
    assert [(row["sender"], row["arrived_at"]) for row in came] == [("张三 <zhang@jia.example>", MARCH)]
    assert "court@127.0.0.1/INBOX;UID=1 <e4b889e69c88@jia.example>" in came[0]["origin"]


def test_the_same_mail_forwarded_twice_brings_its_attachment_once(court: Workspace, mails: MailServer) -> None:
    first = mail("三月", 工单__csv=csv_of("T1"))
    mails.put(first, "1", MARCH)
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", False)]
    whole = EmailMessage()
    whole["Subject"], whole["From"] = "转发：三月", "李四 <li@court.example>"
    whole.set_content("请收")
    whole.add_attachment(first)  # as a mail within a mail
    mails.put(whole, "2", MARCH + 60)
    mails.put(mail("Fwd", "李四 <li@court.example>", 另一个名字__csv=csv_of("T1")), "3", MARCH + 120)
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", True), ("邮件/另一个名字.csv", True)]
    assert set(below(court)) == {"邮件/工单.csv"}
    assert brought(court.ingest("mail")) == []
    senders = court.store.fetches().provenance()["sender"].tolist()
    assert senders == ["张三 <zhang@jia.example>", *["李四 <li@court.example>"] * 2]


def test_another_content_of_the_same_name_lands_beside_and_is_read_later(court: Workspace, mails: MailServer) -> None:
    read_from_mail(court)
    for number, month in enumerate((MARCH, APRIL), start=1):
        content = csv_text(TICKET_HEADER, [ticket("T1", f"第 {number} 稿")]).encode()
        mails.put(mail(f"第{number}封", 工单__csv=content), str(number), month)
    assert brought(court.ingest()) == [("邮件/工单.csv", False), ("邮件/工单~002.csv", False)]
    assert court.titles() == {"T1": "第 2 稿"}


def test_a_connection_that_breaks_leaves_no_half_file(court: Workspace, mails: MailServer) -> None:
    contents = [bytes([number]) * 200_000 for number in range(3)]
    for number, content in enumerate(contents):
        mails.put(mail(f"第{number}封", files={f"大{number}.bin": content}), str(number), MARCH + number)
    with relay(mails.port) as wire:
        configure(court, wire.port)
        wire.most = 400_000  # base64 makes 270,000 of the first: the second breaks off
        report = court.ingest("mail")
        assert brought(report) == [("邮件/大0.bin", False)]
        assert [str(error) for error in report.failures] == [
            f"来源“交付邮箱”（mail），邮箱 court@{HOST}:{wire.port}：连接中断"
        ]
        assert report.exit_code == 4
        assert below(court) == {"邮件/大0.bin": contents[0]}
        wire.most = None
        assert brought(court.ingest("mail")) == [("邮件/大1.bin", False), ("邮件/大2.bin", False)]
    assert below(court) == {f"邮件/大{number}.bin": content for number, content in enumerate(contents)}


def test_a_run_killed_between_landing_and_noting_brings_nothing_twice(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("三月", 工单__csv=csv_of("T1")), "1", MARCH)
    court.write("inbox/邮件/工单.csv", csv_of("T1").decode())  # landed, not noted
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", False)]
    assert set(below(court)) == {"邮件/工单.csv"}


def test_names_cannot_leave_the_folder(court: Workspace, mails: MailServer) -> None:
    names = ["../../etc/x.csv", "C:\\a\\con.csv", ".hidden.csv", "工\u202e单.csv", "长" * 200 + ".csv"]
    for number, name in enumerate(names):
        mails.put(mail(f"{number}", files={name: bytes([number])}), str(number), MARCH + number)
    court.ingest("mail")
    found = sorted(below(court))
    assert found == [
        f"邮件/{name}"
        for name in sorted(["_.._etc_x.csv", "C__a_con.csv", "hidden.csv", "工_单.csv", "长" * 58 + ".csv"])
    ]


def test_a_mail_too_large_is_told_of_and_not_fetched(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("太大", 表__csv=b"x" * 1_500_000), "1", MARCH)
    mails.put(mail("正好", 表__csv=b"y"), "2", MARCH + 1)
    configure(court, mails.port, ", max_megabytes: 1")
    report = court.ingest("mail")
    assert brought(report) == [("邮件/表.csv", False)]
    assert [file.line() for file in report.left] == ["邮件/太大：邮件有 2.1 MB，超过 1 兆字节"]
    assert report.exit_code == 3
    assert court.ingest("mail").exit_code == 0, "told once; still listed, but nothing new"
    configure(court, mails.port)
    assert brought(court.ingest("mail")) == [("邮件/表~002.csv", False), ("邮件/表.csv", True)]


def test_only_the_senders_and_names_asked_for(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("甲", 工单__csv=b"1", 图__png=b"2"), "1", MARCH)
    mails.put(mail("乙", "王五 <wang@yi.example>", 工单__csv=b"3"), "2", MARCH + 1)
    configure(court, mails.port, ', senders: "*@JIA.example", names: "*.CSV"')
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", False)]
    configure(court, mails.port)
    assert [name for name, duplicate in brought(court.ingest("mail")) if not duplicate] == [
        "邮件/图.png",
        "邮件/工单~002.csv",
    ], "with wider rules the mails passed over are looked at again"


def test_a_folder_with_a_chinese_name(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("三月", 工单__csv=b"1"), "1", MARCH, mailbox="&j9B+9A- &- &TqRO2A-")
    configure(court, mails.port, ', folder: "运维 & 交付"')
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", False)]


def test_starttls_and_mails_before_a_day(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("三月", 三月__csv=b"1"), "1", MARCH)
    mails.put(mail("四月", 四月__csv=b"2"), "2", APRIL)
    configure(court, mails.plain_port, ", security: starttls, since: 2023-04-01")
    assert brought(court.ingest("mail")) == [("邮件/四月.csv", False)]


def test_names_as_old_programs_code_them(court: Workspace, mails: MailServer) -> None:
    raw = EmailMessage()
    raw["Subject"], raw["From"] = "三月", "a@jia.example"
    raw.set_content("见附件")
    raw.add_attachment(b"1", "application", "octet-stream", filename="NAME")
    coded = "=?GB2312?B?" + base64.b64encode("工单.csv".encode("gbk")).decode() + "?="
    text = raw.as_bytes().replace(b'"NAME"', b'"' + coded.encode() + b'"')
    mails.put(raw, "1", MARCH)
    next((mails.folder / "mail/new").iterdir()).write_bytes(text)
    assert brought(court.ingest("mail")) == [("邮件/工单.csv", False)]


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"secrets/mail": "wrong-password"}, "登录被拒绝，应核对 user 和 password，以及邮箱是否开通了 IMAP"),
        ({"ca.pem": "nothing"}, "证书文件 ca.pem 无法读取，或不是 PEM 证书"),
    ],
)
def test_what_is_refused_is_a_sentence_without_the_secret(
    court: Workspace, mails: MailServer, change: dict[str, str], fact: str
) -> None:
    for name, text in change.items():
        court.write(name, text)
    report = court.ingest("mail")
    assert [error.fact for error in report.failures] == [fact]
    assert report.exit_code == 2
    assert "wrong-password" not in str(report)
    assert PASSWORD not in str(report)


def test_an_unknown_certificate_is_not_trusted(court: Workspace, mails: MailServer) -> None:
    source = court.folder / "sources/mail.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("ca: ca.pem, ", ""), encoding="utf-8")
    report = court.ingest("mail")
    assert [error.fact for error in report.failures] == ["服务器证书不可信：颁发者不受信任，应在 ca 中写明其 CA"]


def test_an_expired_certificate_is_not_trusted(court: Workspace, authority: Authority) -> None:
    with mail_server(authority, "expired") as server:
        configure(court, server.port)
        report = court.ingest("mail")
    assert [error.fact for error in report.failures] == ["服务器证书不可信：已过期"]


def test_a_server_that_drips_is_cut_off(court: Workspace, authority: Authority) -> None:
    """It greets and then sends a byte now and then, each well within the time-out."""
    ended = threading.Event()

    def talk(listener: socket.socket) -> None:
        connection = authority.context("good").wrap_socket(listener.accept()[0], server_side=True)
        with connection:
            while not ended.wait(0.2):
                try:
                    connection.sendall(b"*")
                except OSError:
                    return

    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=talk, args=(listener,), daemon=True).start()
        configure(court, listener.getsockname()[1], ", longest: 1秒")
        report = court.ingest("mail")
        ended.set()
    assert [(error.fact, error.exit_code) for error in report.failures] == [("对方太慢，超过 1 秒（longest）", 4)]


def test_other_sources_are_read_when_the_mailbox_is_away(court: Workspace, mails: MailServer) -> None:
    configure(court, 1)
    court.tickets("工单.csv", ticket("T1"))
    report = court.ingest()
    assert report.accepted == 1
    assert [str(error) for error in report.failures] == [
        f"来源“交付邮箱”（mail），邮箱 court@{HOST}:1：拒绝连接，服务可能没有运行"
    ]
    assert report.exit_code == 4


def test_a_broken_coding_is_refused_not_guessed(court: Workspace, mails: MailServer) -> None:
    broken = mail("坏", 表__csv=b"0123456789" * 20)
    mails.put(broken, "1", MARCH)
    path = next((mails.folder / "mail/new").iterdir())
    path.write_bytes(path.read_bytes().replace(b"MDEyMzQ1", b"MDE!!zQ", 1))
    report = court.ingest("mail")
    assert [file.line() for file in report.left] == ["邮件/表.csv：附件的编码已损坏，应请对方重发"]
    assert Path(court.inbox / "邮件/表.csv").exists() is False


def test_check_logs_in_and_shows_the_newest_mails(court: Workspace, mails: MailServer) -> None:
    mails.put(mail("三月", 工单__csv=b"1"), "1", MARCH)
    (source,) = look(court.settings, ["mail"]).sources
    assert source.greeting == (
        f"已登录 {HOST}，文件夹“INBOX”中有 1 封邮件",
        "张三 <zhang@jia.example>：三月",
    )
    assert below(court) == {}
    court.write("secrets/mail", "wrong-password")
    (failure,) = look(court.settings, ["mail"]).failures
    assert "登录被拒绝" in str(failure)


def test_deliveries_say_who_sent_them(court: Workspace, mails: MailServer, capsys: pytest.CaptureFixture[str]) -> None:
    read_from_mail(court)
    mails.put(mail("三月", 工单__csv=csv_of("T1")), "1", MARCH)
    court.ingest()
    assert run(["deliveries", "-C", str(court.folder)]) == 0
    assert "第 1 批来自 张三 <zhang@jia.example>，2023-03-28" in capsys.readouterr().out
