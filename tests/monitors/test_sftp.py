"""Files out of a real SFTP server: each content once, whole, from the server whose key was configured."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from collector.ingest import IngestReport
from collector.preview import look
from tests.ingest.workspace import TICKET_HEADER, Workspace, csv_text, ticket
from tests.monitors.processes import HOST
from tests.monitors.relay import relay
from tests.monitors.sftp_server import SftpServer, new_key

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("sftp")]

MARCH = 1_680_000_000


@pytest.fixture
def court(workspace: Workspace, files_there: SftpServer) -> Workspace:
    shutil.copy(files_there.private_key, workspace.folder / "id")
    configure(workspace, files_there)
    return workspace


def configure(court: Workspace, server: SftpServer, more: str = "", **other: object) -> None:
    keys = {"port": server.port, "host_key": server.host_key, **other}
    court.source(
        "drop",
        f"{{id: drop, name: 甲公司文件, adapter: sftp, host: {HOST}, port: {keys['port']}, user: {server.user},\n"
        f' host_key: "{keys["host_key"]}", private_key: id, into: 甲公司, timeout: 5秒{more}}}',
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
    assert failure.fact.endswith("与配置的 host_key 不符，可能不是它本身，已断开")
    assert below(court) == {}


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
