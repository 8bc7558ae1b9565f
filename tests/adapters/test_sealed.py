"""A sealed hour: the same bytes each time, and back into checks, rejections and counts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from adapters import ADAPTERS, config_model
from adapters.base import Batch, Blob, Context
from adapters.sealed import read_sealed, sealed_bytes, sealed_name
from metrics.errors import InputError

HOUR = 1_790_812_800  # 2026-10-01T00:00:00Z
CONTEXT = Context("dial", ZoneInfo("Asia/Shanghai"), Path("/nowhere"))


def checks(*rows: tuple[str, int, str, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["asset_no", "checked_at", "state", "latency_ms"]).astype(
        {"asset_no": "string[pyarrow]", "checked_at": "int64[pyarrow]", "latency_ms": "int64[pyarrow]"}
    )
    return frame.assign(interval_seconds=60, staleness_seconds=180)


def read(tmp_path: Path, data: bytes) -> list[Batch]:
    path = tmp_path / "hour.jsonl.gz"
    path.write_bytes(data)
    return list(read_sealed(Blob("dial/2026-10-01T00Z.jsonl.gz", path, HOUR), CONTEXT))


def packed(*lines: str) -> bytes:
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def test_an_hour_comes_back_as_it_went_out(tmp_path: Path) -> None:
    batches = read(tmp_path, sealed_bytes(checks(("OA", HOUR + 5, "up", 12), ("邮箱", HOUR + 5, "down", None))))
    assert [batch.rhythm for batch in batches] == [(60, 180)]
    frame = batches[0].frame
    assert frame["asset_no"].tolist() == ["OA", "邮箱"]
    assert frame["checked_at"].tolist() == [HOUR + 5, HOUR + 5]
    assert frame["state"].tolist() == ["up", "down"]
    assert frame["latency_ms"].fillna(-1).tolist() == [12, -1]


def test_the_order_of_the_rows_does_not_change_the_bytes() -> None:
    frame = checks(("B", HOUR, "up", 1), ("A", HOUR, "up", 2), ("A", HOUR + 60, "down", None))
    assert sealed_bytes(frame) == sealed_bytes(frame.iloc[::-1])


def test_the_first_line_is_readable_by_anybody() -> None:
    line = gzip.decompress(sealed_bytes(checks(("OA", HOUR, "up", 3)))).decode()
    assert line == (
        '{"asset_no":"OA","checked_at":"2026-10-01T00:00:00Z","state":"up","latency_ms":3,'
        '"interval_seconds":60,"staleness_seconds":180}\n'
    )


def test_an_hour_is_named_after_its_source_and_beginning() -> None:
    assert sealed_name("dial", HOUR) == "dial/2026-10-01T00Z.jsonl.gz"


def test_checks_of_several_rhythms_keep_them_apart(tmp_path: Path) -> None:
    frame = checks(("A", HOUR, "up", 1), ("B", HOUR, "up", 1)).assign(interval_seconds=[60, 30])
    assert {(batch.rhythm, *batch.frame["asset_no"]) for batch in read(tmp_path, sealed_bytes(frame))} == {
        ((60, 180), "A"),
        ((30, 180), "B"),
    }


def test_a_wrong_line_is_refused_whole_and_the_others_are_read(tmp_path: Path) -> None:
    good = '{"asset_no":"A","checked_at":"2026-10-01T00:00:00Z","state":"up"}'
    lines = ["[1]", "", good, "{", good.replace("up", "gone"), good.replace('"A"', "null")]
    batches = read(tmp_path, packed(*lines))
    refused = pd.concat([batch.rejections for batch in batches])
    assert sorted(zip(refused["row_no"], refused["code"], strict=True)) == [
        (1, "line"),
        (4, "line"),
        (5, "unknown_word"),
        (6, "missing"),
    ]
    for batch in batches:
        assert batch.read == len(batch.frame) + len(batch.rejections) + batch.set_aside.total()
    assert sum(batch.read for batch in batches) == len(lines)


def test_a_row_that_is_read_again_keeps_its_rhythm(tmp_path: Path) -> None:
    batch = read(tmp_path, sealed_bytes(checks(("new", HOUR, "up", 7))))[0]
    assert batch.originals is not None
    kept = batch.originals("asset_no", batch.frame.index.to_numpy())
    assert json.loads(kept["raw"][0])["interval_seconds"] == "60"
    rows = pd.DataFrame({"record": ["uptime_check"], "sheet": [""], "row_no": [4], "raw": kept["raw"], "name": [""]})
    again = list(ADAPTERS["probe"].reread(None, rows, CONTEXT))
    assert [(b.rhythm, b.frame["row_no"].tolist(), b.frame["latency_ms"].tolist()) for b in again] == [
        ((60, 180), [4], [7])
    ]


@pytest.mark.parametrize("data", [b"not gzip", packed("{}")[:-9], b""])
def test_a_broken_file_is_refused_with_one_sentence(tmp_path: Path, data: bytes) -> None:
    if not data:
        assert read(tmp_path, data) == []
        return
    with pytest.raises(InputError, match="gzip"):
        read(tmp_path, data)


def test_nothing_is_found_in_the_drop_folder() -> None:
    target = {"asset_no": "A", "probe": "tcp", "host": "h", "port": 1}
    config = config_model("probe").model_validate_json(json.dumps({"targets": [target]}))
    assert list(ADAPTERS["probe"].discover(config, CONTEXT)) == []
