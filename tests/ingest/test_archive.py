"""The archive: whole or not at all, named by its content, compared before it is believed."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from collector.archive import Archive, ContentChangedError, hash_of
from metrics.errors import InputError, PassingError

BYTES = "工单号,报修时间\nT1,2023-03-01 08:00\n".encode()
HASH = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    file = tmp_path / "三月.csv"
    file.write_bytes(BYTES)
    return file


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_a_file_is_named_by_its_content(delivered: Path) -> None:
    assert hash_of(delivered) == HASH


def test_kept_bytes_are_the_delivered_bytes(archive: Archive, delivered: Path) -> None:
    kept = archive.keep(delivered, HASH)
    assert kept == archive.root / HASH[:2] / HASH
    assert kept.read_bytes() == BYTES
    assert archive.verified(HASH) == kept


def test_kept_files_can_be_read_by_those_who_may_read_any_new_file(archive: Archive, delivered: Path) -> None:
    before = os.umask(0o022)
    try:
        mode = stat.S_IMODE(archive.keep(delivered, HASH).stat().st_mode)
    finally:
        os.umask(before)
    assert mode == 0o644


def test_the_same_bytes_are_kept_once(archive: Archive, delivered: Path) -> None:
    first = archive.keep(delivered, HASH).stat()
    second = archive.keep(delivered, HASH).stat()
    assert (first.st_ino, first.st_mtime_ns) == (second.st_ino, second.st_mtime_ns)


def test_bytes_that_changed_since_they_were_hashed_are_not_kept(archive: Archive, delivered: Path) -> None:
    delivered.write_bytes(BYTES + b"T2,")
    with pytest.raises(ContentChangedError):
        archive.keep(delivered, HASH)
    assert [path for path in archive.root.rglob("*") if path.is_file()] == []


def test_admitted_bytes_are_hashed_and_kept_by_one_reading(archive: Archive, delivered: Path) -> None:
    assert archive.admit(delivered) == HASH
    assert archive.verified(HASH).read_bytes() == BYTES
    assert [path.name for path in archive.root.rglob("*") if path.is_file()] == [HASH]


def test_bytes_that_lie_there_are_not_admitted_twice_but_heal_a_damaged_file(archive: Archive, delivered: Path) -> None:
    kept = archive.keep(delivered, HASH)
    first = kept.stat().st_ino
    assert archive.admit(delivered) == HASH
    assert kept.stat().st_ino == first
    kept.write_bytes(BYTES[:-1])
    assert archive.admit(delivered) == HASH
    assert archive.verified(HASH).read_bytes() == BYTES
    assert [path.name for path in archive.root.rglob("*") if path.is_file()] == [HASH]


def test_a_file_that_cannot_be_read_is_not_the_fault_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        archive.admit(tmp_path / "不在.csv")


def test_an_archive_that_cannot_be_written_admits_nothing(tmp_path: Path, delivered: Path) -> None:
    (tmp_path / "blocked").write_text("")
    with pytest.raises(PassingError, match="写不进去"):
        Archive(tmp_path / "blocked" / "archive").admit(delivered)


def test_a_damaged_file_is_refused_when_it_is_read_again(archive: Archive, delivered: Path) -> None:
    archive.keep(delivered, HASH).write_bytes(BYTES[:-1])
    with pytest.raises(InputError, match=r"已损坏：内容与文件名中的散列值不符，应从备份恢复"):
        archive.verified(HASH)


def test_a_damaged_file_is_healed_when_its_bytes_are_delivered_again(archive: Archive, delivered: Path) -> None:
    archive.keep(delivered, HASH).write_bytes(BYTES[:-1])
    archive.keep(delivered, HASH)
    assert archive.verified(HASH).read_bytes() == BYTES


def test_a_missing_file_is_one_sentence(archive: Archive) -> None:
    with pytest.raises(InputError, match=r"^存档文件“.*”读不出来：文件不在了$"):
        archive.verified(HASH)


def test_a_second_writer_is_told_to_wait(archive: Archive) -> None:
    with (
        archive.exclusive(),
        pytest.raises(PassingError, match="另一个采集正在进行，应等它结束后再试"),
        Archive(archive.root).exclusive(),
    ):
        pass
    with archive.exclusive():
        pass  # free again


def test_what_an_interrupted_writer_left_is_removed(archive: Archive) -> None:
    half = archive.root / ".writing" / HASH
    half.parent.mkdir(parents=True)
    half.write_bytes(BYTES[:5])
    with archive.exclusive():
        assert not half.exists()


def test_an_archive_that_cannot_be_written_is_a_passing_failure(tmp_path: Path, delivered: Path) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    with pytest.raises(PassingError, match="写不进去"), Archive(tmp_path / "occupied").exclusive():
        pass
    with pytest.raises(PassingError, match="写不进去"):
        Archive(tmp_path / "occupied").keep(delivered, HASH)
