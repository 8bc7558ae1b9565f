"""A pack is verified without the database: what is missing, changed or added is named, and so is false arithmetic."""

from __future__ import annotations

import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from collector.cli import run
from collector.evidence.check import check
from collector.evidence.pack import MANIFEST, SUMS
from metrics.errors import InputError
from tests.evidence.world import contents, repacked

SHEET, PAGE = "01_平均到场时间/计算表.xlsx", "01_平均到场时间/说明.docx"


def _findings(pack: Path) -> str:
    return "\n".join(check(pack).findings)


def test_an_untouched_pack_has_nothing_to_be_found(pack: Path) -> None:
    report = check(pack)
    assert report.findings == []
    assert (report.figures, report.files) == (3, len(contents(pack)) - 1)  # the sums are not in the sums
    assert report.recounted == 4  # both sides of two figures; no inspection was ever delivered
    assert report.title == "甲法院“信息化运维”2023H1"


def test_a_changed_byte_in_any_file_is_found_and_named(pack: Path) -> None:
    for name in contents(pack):
        if name == SUMS:
            continue

        def flipped(files: dict[str, bytes], name: str = name) -> dict[str, bytes]:
            body = files[name]
            return {**files, name: body[:-1] + bytes([body[-1] ^ 1])}

        assert name in _findings(repacked(pack, flipped)), name


def test_a_missing_file_of_any_kind_is_found_and_named(pack: Path) -> None:
    for name in contents(pack):
        found = _findings(repacked(pack, lambda files, name=name: {n: b for n, b in files.items() if n != name}))  # type: ignore[misc]
        assert name in found, name


def test_an_added_file_is_found(pack: Path) -> None:
    assert "多出：夹带.txt" in _findings(repacked(pack, lambda files: {**files, "夹带.txt": b"x"}))


def test_a_changed_list_is_found(pack: Path) -> None:
    def shortened(files: dict[str, bytes]) -> dict[str, bytes]:
        lines = files[SUMS].decode().splitlines(keepends=True)
        return {**files, SUMS: "".join(line for line in lines if PAGE not in line).encode()}

    assert f"多出：{PAGE}，{SUMS} 中没有它" in _findings(repacked(pack, shortened))

    def replaced(files: dict[str, bytes]) -> dict[str, bytes]:
        text = files[SUMS].decode()
        line = next(one for one in text.splitlines() if PAGE in one)
        return {**files, SUMS: text.replace(line, "0" * 64 + line[64:]).encode()}

    assert f"清单被改动：{SUMS} 中 {PAGE} 的哈希与文件不符" in _findings(repacked(pack, replaced))


def _forged_row(files: dict[str, bytes]) -> dict[str, bytes]:
    """T2 came after 10 instead of 31 minutes."""
    book = load_workbook(BytesIO(files[SHEET]))
    row = next(row for row in book["依据"].iter_rows() if row[3].value == "T2")
    row[1].value = 600
    out = BytesIO()
    book.save(out)
    return {**files, SHEET: out.getvalue()}


def test_a_row_changed_together_with_all_lists_does_not_add_up(pack: Path) -> None:
    found = _findings(repacked(pack, _forged_row, resealed=True))
    assert "“平均到场时间”：分子 10260 与“依据”“时段”各行合计 9000 不同" in found


def _forger(**changes: object):  # type: ignore[no-untyped-def]
    def forged(files: dict[str, bytes]) -> dict[str, bytes]:
        manifest = json.loads(files[MANIFEST])
        manifest["figures"][0].update(changes)
        return {**files, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}

    return forged


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"printed": "20.00分钟"}, "完成值应印作 57.00分钟，写的是 20.00分钟"),
        ({"actual": "1200"}, "分子 10260 ÷ 分母 3 不等于完成值 1200"),
        ({"numerator": "3600", "actual": "1200", "printed": "20.00分钟"}, "各行合计 10260 不同"),
        ({"rows": 3}, "清单写的是 3 行"),
    ],
)
def test_a_figure_changed_together_with_all_lists_does_not_come_out(
    pack: Path, changes: dict[str, object], said: str
) -> None:
    assert said in _findings(repacked(pack, _forger(**changes), resealed=True))


def test_an_unpacked_folder_is_checked_as_well(pack: Path, tmp_path: Path) -> None:
    with ZipFile(pack) as zipped:
        zipped.extractall(tmp_path / "解压")
    assert check(tmp_path / "解压").findings == []
    (tmp_path / "解压" / PAGE).unlink()
    assert f"缺少：{PAGE}" in _findings(tmp_path / "解压")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_the_sums_are_those_that_sha256sum_reads(pack: Path, tmp_path: Path) -> None:
    with ZipFile(pack) as zipped:
        zipped.extractall(tmp_path / "解压")
    command = ["sha256sum", "-c", "--quiet", "--strict", SUMS]
    assert subprocess.run(command, cwd=tmp_path / "解压", capture_output=True, check=False).returncode == 0
    (tmp_path / "解压" / PAGE).write_bytes(b"x")
    assert subprocess.run(command, cwd=tmp_path / "解压", capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputError, match="不是佐证材料包"):
        check(tmp_path / "x.zip")


def test_the_command_ends_with_3_when_something_is_wrong(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evidence", "check", str(pack)]) == 0
    shown = capsys.readouterr().out
    assert "与清单相符，3 个指标，其中 4 个分子或分母由各行重新合计" in shown
    assert f"指纹（SHA256SUMS 的 SHA-256）：{check(pack).fingerprint}" in shown
    broken = repacked(pack, lambda files: {n: b for n, b in files.items() if n != PAGE})
    assert run(["evidence", "check", str(broken)]) == 3
    assert f"缺少：{PAGE}" in capsys.readouterr().out
