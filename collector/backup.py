"""A workspace as one folder that can be put away: database, original files, log of checks, configuration.

The database is copied as it is at one moment, while everything goes on; files are cited by their content and never
change, so they are copied after it. Every file is compared with its hash on the way out and on the way back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from collector.archive import Archive, is_intact
from collector.configuration.documents import INDICATORS_FOLDER, MAIN_FILE, SOURCES_FOLDER
from collector.settings import Settings, load_settings
from collector.store import Store, open_store
from collector.store.schema import NEWEST
from collector.version import program_version
from metrics.errors import InputError, PassingError, UsageError, os_fact

_MANIFEST = "manifest.json"
_DATABASE = "database.db"
_ARCHIVE, _CHECKS, _WORKSPACE = "archive", "checks", "workspace"
_ATTEMPTS = 3  # the log of checks may be compacted between the copy of the database and that of its files


@dataclass
class Manifest:
    """What a backup says of itself; ``made_at`` in UTC seconds, ``damaged`` names files that are not as they were."""

    organization_id: str
    program_version: str
    structure: str
    made_at: int
    fingerprint: str
    archived_files: int = 0
    check_files: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


def back_up(settings: Settings, store: Store, folder: Path, now: int) -> Manifest:
    """Copy the workspace into ``folder``, which appears whole or not at all.

    Raises:
        UsageError: the folder is there already and not empty.
        PassingError: it cannot be written, or the log of checks changed too often meanwhile.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"“{folder}”已经存在，而且不是空的文件夹；每次备份用一个新的文件夹")
    partial = folder.with_name(f"{folder.name}.partial")
    try:
        for _ in range(_ATTEMPTS):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            manifest = _attempt(settings, store, partial, now)
            if manifest is not None:
                (partial / _MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")
                if folder.exists():
                    folder.rmdir()
                os.replace(partial, folder)
                return manifest
    except OSError as error:
        raise PassingError(f"备份“{folder}”写不进去：{os_fact(error)}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    raise PassingError("备份期间拨测日志一再合并，请稍后再试")


def _attempt(settings: Settings, store: Store, folder: Path, now: int) -> Manifest | None:
    """Everything into ``folder``; None where the log of checks changed meanwhile."""
    store.upkeep.copy_file(folder / _DATABASE)
    organization = settings.organization.id
    with open_store(f"sqlite:///{folder / _DATABASE}", organization, folder / _CHECKS, lambda: now) as copy:
        contents, checks = copy.upkeep.content_hashes(), copy.upkeep.check_files()
        manifest = Manifest(organization, program_version(), NEWEST, now, copy.fingerprint())
    if any(not (settings.checks / path).exists() for path in checks):
        held = store.upkeep.check_files()
        if any(path not in held for path in checks):
            return None
    archive, kept = Archive(settings.archive), Archive(folder / _ARCHIVE)
    wanted = [(path := archive.place(name), kept.root / path.relative_to(archive.root), name) for name in contents]
    wanted += [(settings.checks / path, folder / _CHECKS / path, digest) for path, digest in checks.items()]
    for source, target, digest in wanted:
        size = _copied(source, target, digest)
        manifest.bytes += size or 0
        if size is None:
            manifest.damaged.append(str(source))
    manifest.archived_files, manifest.check_files = len(contents), len(checks)
    for path in _configuration(settings):
        target = folder / _WORKSPACE / path.relative_to(settings.workspace)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    manifest.bytes += (folder / _DATABASE).stat().st_size
    return manifest


def restore(folder: Path, workspace: Path, now: int) -> Manifest:
    """Make a workspace out of a backup; a configuration that is there already (another database, say) is kept.

    Raises:
        UsageError: no backup, or the workspace's database or organisation is not free for it.
        InputError: a file of the backup is missing or damaged.
        PassingError: the disk is full or the database silent; what was written is no harm to another attempt.
    """
    manifest = _manifest(folder)
    try:
        if not (workspace / MAIN_FILE).exists():
            shutil.copytree(folder / _WORKSPACE, workspace, dirs_exist_ok=True)
        settings = load_settings(workspace)
        if settings.organization.id != manifest.organization_id:
            raise UsageError(
                f"备份属于单位 {manifest.organization_id}，而工作区的单位是 {settings.organization.id}，不能恢复到这里"
            )
        _restore_files(folder / _ARCHIVE, settings.archive)
        _restore_files(folder / _CHECKS, settings.checks)
        _restore_database(folder / _DATABASE, settings, now)
        settings.inbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PassingError(f"恢复到“{workspace}”时写不进去：{os_fact(error)}") from error
    _compare(settings, manifest, now)
    return manifest


def _manifest(folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise UsageError(f"“{folder}”不是 yunwei backup 写出的备份，其中没有可读的 {_MANIFEST}") from None
    if manifest.structure > NEWEST:
        raise UsageError("备份由更新版本的 yunwei 写成，请先升级程序")
    return manifest


def _restore_files(source: Path, target: Path) -> None:
    """Copy what is missing; a file's content is compared with the hash that the store has of it afterwards."""
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        there = target / path.relative_to(source)
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            beside = there.with_name(f"{there.name}.restoring")
            shutil.copyfile(path, beside)
            os.replace(beside, there)


def _restore_database(source: Path, settings: Settings, now: int) -> None:
    address = settings.database_url()
    scheme, mark, file = address.partition(":///")
    if mark and scheme.startswith("sqlite"):
        target = Path(file)
        if target.exists():
            raise UsageError(f"数据库“{target}”已经存在；恢复要用一个新的工作区，或先把它移开")
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"{target.name}.restoring")
        shutil.copyfile(source, beside)
        os.replace(beside, target)
        return
    copied = settings.workspace / f".{_DATABASE}.restoring"  # opening it may migrate it: the backup stays as it is
    shutil.copyfile(source, copied)
    try:
        with open_store(f"sqlite:///{copied}", settings.organization.id, settings.checks, lambda: now) as store:
            store.upkeep.copy_into(address)
    finally:
        for name in (copied, *(copied.with_name(copied.name + end) for end in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)


def _compare(settings: Settings, manifest: Manifest, now: int) -> None:
    """The restored workspace against what the backup says, file by file."""
    with open_store(settings.database_url(), manifest.organization_id, settings.checks, lambda: now) as store:
        if manifest.structure == NEWEST and store.fingerprint() != manifest.fingerprint:
            raise InputError("恢复出来的数据与备份时不符，备份的数据库文件可能已损坏")
        archive = Archive(settings.archive)
        wanted = [(archive.place(name), name) for name in store.upkeep.content_hashes()]
        wanted += [(settings.checks / path, digest) for path, digest in store.upkeep.check_files().items()]
    known = {Path(path).name for path in manifest.damaged}
    wrong = [path for path, digest in wanted if path.name not in known and not _holds(path, digest)]
    if wrong:
        raise InputError(f"恢复出来的文件“{wrong[0]}”缺失或已损坏，共 {len(wrong)} 个；请用另一份备份")


def _copied(source: Path, target: Path, digest: str) -> int | None:
    """Copy a file and return its size; None, and nothing copied, where it is not what ``digest`` says."""
    if not source.is_file():
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if is_intact(target, digest):
        return target.stat().st_size
    target.unlink()
    return None


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and is_intact(path, digest)


def _configuration(settings: Settings) -> Iterable[Path]:
    """The files that make up the configuration; secrets that it names are not among them."""
    workspace = settings.workspace
    yield workspace / MAIN_FILE
    for name in settings.calendar.holiday_files:
        yield workspace / name
    for folder in (SOURCES_FOLDER, INDICATORS_FOLDER, "templates"):
        yield from sorted(path for path in (workspace / folder).rglob("*") if path.is_file())
