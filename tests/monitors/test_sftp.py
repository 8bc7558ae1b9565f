"""Files out of a real SFTP server: each content once, whole, from the server whose key was configured."""

from __future__ import annotations

import logging
import os
import re
import shutil
from pathlib import Path

import pytest

from collector.ingest import IngestReport
from collector.preview import look
from tests.adapters.disturbed import everything_in
from tests.ingest.workspace import TICKET_HEADER, Workspace, csv_text, ticket
from tests.monitors.processes import HOST
from tests.monitors.relay import relay
from tests.monitors.sftp_server import SftpServer, new_key, password_server, sftp_server
from tests.servers import needed

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("sftp")]

MARCH = 1_680_000_000
SECRET = "Nur8-zum-Testen+Wort"


@pytest.fixture
def court(workspace: Workspace, files_there: SftpServer) -> Workspace:
    shutil.copy(files_there.private_key, workspace.folder / "id")
    configure(workspace, files_there)
    return workspace


def configure(court: Workspace, server: SftpServer, more: str = "", **other: object) -> None:
    keys = {"port": server.port, "host_key": server.host_key, "login": "private_key: id", **other}
    court.source(
        "drop",
        f"{{id: drop, name: 甲公司文件, adapter: sftp, host: {HOST}, port: {keys['port']}, user: {server.user},\n"
        f' host_key: "{keys["host_key"]}", {keys["login"]}, into: 甲公司, timeout: 5秒{more}}}',
    )


def brought(report: IngestReport) -> list[tuple[str, bool]]:
    return [(file.name, file.duplicate) for file in report.fetched]


def below(court: Workspace) -> dict[str, bytes]:
    return {
        path.relative_to(court.inbox).as_posix(): path.read_bytes() for path in court.inbox.rglob("*") if path.is_file()
    }


def test_files_come_once_with_their_time(court: Workspace, files_there: SftpServer) -> None:
    files_there.put("三月/工单.csv", csv_text(TICKET_HEADER, [ticket("T1")]).encode(), MARCH)
    files_there.put("照片.jpg", b"x", MARCH + 1)
    assert brought(court.ingest("drop")) == [("甲公司/三月/工单.csv", False), ("甲公司/照片.jpg", False)]
    assert int((court.inbox / "甲公司/三月/工单.csv").stat().st_mtime) == MARCH
    assert brought(court.ingest("drop")) == []
    came = court.store.fetches().provenance().iloc[0]
    assert (came["sender"], came["arrived_at"]) == (files_there.user, MARCH)
    assert came["origin"] == f"sftp://{files_there.user}@{HOST}:{files_there.port}/三月/工单.csv"


def test_a_file_touched_or_copied_is_known_by_its_content(court: Workspace, files_there: SftpServer) -> None:
    path = files_there.put("工单.csv", b"1", MARCH)
    court.ingest("drop")
    os.utime(path, (MARCH + 60, MARCH + 60))
    files_there.put("副本.csv", b"1", MARCH + 120)
    assert brought(court.ingest("drop")) == [("甲公司/工单.csv", True), ("甲公司/副本.csv", True)]
    assert set(below(court)) == {"甲公司/工单.csv"}


def test_a_file_written_anew_lands_beside(court: Workspace, files_there: SftpServer) -> None:
    files_there.put("工单.csv", b"1", MARCH)
    court.ingest("drop")
    files_there.put("工单.csv", b"22", MARCH + 60)
    assert brought(court.ingest("drop")) == [("甲公司/工单~002.csv", False)]
    assert below(court) == {"甲公司/工单.csv": b"1", "甲公司/工单~002.csv": b"22"}


def test_a_file_laid_into_the_drop_folder_by_hand_is_not_brought_again(
    court: Workspace, files_there: SftpServer
) -> None:
    content = csv_text(TICKET_HEADER, [ticket("T1")])
    court.write("inbox/工单.csv", content)
    court.ingest("tickets")
    files_there.put("别名.csv", content.encode(), MARCH)
    assert brought(court.ingest("drop")) == [("甲公司/别名.csv", True)]


# paramiko reads ahead in a thread of its own, which ends with the connection and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_connection_that_breaks_leaves_no_half_file(court: Workspace, files_there: SftpServer) -> None:
    contents = [bytes([number]) * 300_000 for number in range(3)]
    for number, content in enumerate(contents):
        files_there.put(f"大{number}.bin", content, MARCH + number)
    with relay(files_there.port) as wire:
        configure(court, files_there, port=wire.port)
        wire.most = 500_000
        report = court.ingest("drop")
        assert brought(report) == [("甲公司/大0.bin", False)]
        assert [error.exit_code for error in report.failures] == [4]
        assert below(court) == {"甲公司/大0.bin": contents[0]}
        wire.most = None
        assert brought(court.ingest("drop")) == [("甲公司/大1.bin", False), ("甲公司/大2.bin", False)]
    assert below(court) == {f"甲公司/大{number}.bin": content for number, content in enumerate(contents)}


def test_another_host_key_is_not_trusted(court: Workspace, files_there: SftpServer, tmp_path: Path) -> None:
    files_there.put("工单.csv", b"1", MARCH)
    configure(court, files_there, host_key=new_key(tmp_path / "other"))
    report = court.ingest("drop")
    (failure,) = report.failures
    assert failure.exit_code == 2
    assert failure.fact.startswith("服务器的公钥（SHA256:")
    assert failure.fact.endswith(
        "与配置的 host_key 不符，可能不是它本身，已断开；对方说换了公钥的，用另一条路核对指纹之后再改 host_key"
    )
    assert below(court) == {}


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("ed25519", r"服务器的公钥（SHA256:\S+）与配置的 host_key 不符，可能不是它本身，已断开；对方说换了公钥的"),
        ("ecdsa", "服务器没有 ssh-ed25519 类的公钥，或算法过旧，与配置的 host_key 对不上；对方说换了公钥的"),
    ],
)
def test_a_server_that_shows_another_key_than_before_is_left_at_once(
    workspace: Workspace, kind: str, fact: str
) -> None:
    with sftp_server() as server:
        server.put("工单.csv", b"1", MARCH)
        shutil.copy(server.private_key, workspace.folder / "id")
        configure(workspace, server)
        assert brought(workspace.ingest("drop")) == [("甲公司/工单.csv", False)]
    with sftp_server(server.port, kind=kind) as other:
        other.put("别的.csv", b"2", MARCH)
        report = workspace.ingest("drop")
        (failure,) = report.failures
        assert (failure.exit_code, report.fetched) == (2, [])
        assert re.match(fact, failure.fact)
        assert str(failure).startswith(f"来源“甲公司文件”（drop），SFTP {server.user}@{HOST}:{server.port}：")
        configure(workspace, server, host_key=other.host_key)
        shutil.copy(other.private_key, workspace.folder / "id")
        assert brought(workspace.ingest("drop")) == [("甲公司/别的.csv", False)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give an account a password")
def test_a_password_opens_and_is_seen_nowhere(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    needed("sshd", "chroot", "openssl", "ldd")
    monkeypatch.setenv("SFTP_PASSWORD", SECRET)
    with caplog.at_level(logging.DEBUG), password_server("court", SECRET) as server:
        server.put("工单.csv", csv_text(TICKET_HEADER, [ticket("T1")]).encode(), MARCH)
        configure(workspace, server, login="password: {env: SFTP_PASSWORD}")
        report = workspace.ingest("drop")
        assert (brought(report), report.failures) == ([("甲公司/工单.csv", False)], [])
        assert brought(workspace.ingest("drop")) == []
        wrong = "Anders-geheim-8"
        monkeypatch.setenv("SFTP_PASSWORD", wrong)
        (failure,) = workspace.ingest("drop").failures
        assert (failure.exit_code, failure.fact) == (2, "登录被拒绝，应核对 user 和口令或私钥")
        (looked,) = look(workspace.settings, ["drop"]).sources
        monkeypatch.delenv("SFTP_PASSWORD")
        (unset,) = workspace.ingest("drop").failures
        assert "环境变量 SFTP_PASSWORD 没有设置" in str(unset)
    for secret in (SECRET, wrong):
        assert secret not in caplog.text + str(failure) + str(report) + str(looked.failure)
        assert secret.encode() not in everything_in(workspace.folder)


def test_a_key_with_a_passphrase_opens_and_the_passphrase_is_seen_nowhere(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KEY_PASSPHRASE", SECRET)
    with caplog.at_level(logging.DEBUG), sftp_server(passphrase=SECRET) as server:
        server.put("工单.csv", b"1", MARCH)
        shutil.copy(server.private_key, workspace.folder / "id")
        configure(workspace, server, login="private_key: id, passphrase: {env: KEY_PASSPHRASE}")
        assert brought(workspace.ingest("drop")) == [("甲公司/工单.csv", False)]
        monkeypatch.setenv("KEY_PASSPHRASE", "Anders-geheim-8")
        (wrong,) = workspace.ingest("drop").failures
        configure(workspace, server)
        (without,) = workspace.ingest("drop").failures
    assert [(one.exit_code, one.fact) for one in (wrong, without)] == [(2, "私钥文件 id 无法读取，或口令不对")] * 2
    assert SECRET not in caplog.text
    assert SECRET.encode() not in everything_in(workspace.folder)


def test_a_wrong_key_is_refused(court: Workspace, files_there: SftpServer, tmp_path: Path) -> None:
    new_key(tmp_path / "wrong")
    shutil.copy(tmp_path / "wrong", court.folder / "id")
    assert [error.fact for error in court.ingest("drop").failures] == ["登录被拒绝，应核对 user 和口令或私钥"]
    (court.folder / "id").write_text("no key", encoding="ascii")
    assert [error.fact for error in court.ingest("drop").failures] == ["私钥文件 id 无法读取，或口令不对"]


def test_links_hidden_files_and_other_names_stay_there(court: Workspace, files_there: SftpServer) -> None:
    files_there.put("深/工单.csv", b"1", MARCH)
    files_there.put(".工单.csv.filepart", b"2", MARCH)
    files_there.put("说明.txt", b"3", MARCH)
    (files_there.files / "passwd.csv").symlink_to("/etc/passwd")
    configure(court, files_there, ', names: "*.csv"')
    assert brought(court.ingest("drop")) == [("甲公司/深/工单.csv", False)]


def test_a_file_too_large_is_told_of(court: Workspace, files_there: SftpServer) -> None:
    files_there.put("大.bin", b"x" * ((1 << 20) + 1), MARCH)
    configure(court, files_there, ", max_megabytes: 1")
    report = court.ingest("drop")
    assert [file.line() for file in report.left] == ["甲公司/大.bin：文件超过 1 兆字节"]
    configure(court, files_there)
    assert brought(court.ingest("drop")) == [("甲公司/大.bin", False)]


def test_a_folder_that_is_not_there(court: Workspace, files_there: SftpServer) -> None:
    configure(court, files_there, ", folder: 不存在")
    assert [error.fact for error in court.ingest("drop").failures] == ["服务器上没有文件夹“不存在”"]


def test_check_logs_in_and_shows_the_newest_files(court: Workspace, files_there: SftpServer) -> None:
    files_there.put("三月/工单.csv", b"1234", MARCH)
    (source,) = look(court.settings, ["drop"]).sources
    assert source.greeting == (f"已登录 {HOST}，文件夹“.”中有 1 个文件符合 names", "三月/工单.csv（4 字节）")
    assert below(court) == {}
