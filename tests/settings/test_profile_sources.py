"""The sources of every profile read the sheets that they describe, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import ADAPTERS
from collector.configuration.profiles import profile, profiles, write_workspace
from collector.preview import look
from collector.settings import load_settings
from tests.settings.sheets import write_file


@pytest.mark.parametrize("name", profiles())
def test_every_source_reads_its_own_sheet_whole(name: str, tmp_path: Path) -> None:
    write_workspace(profile(name), tmp_path / "w")
    settings = load_settings(tmp_path / "w")
    for source in settings.sources:
        write_file(settings.inbox, source.config)
    for source in settings.sources:
        adapter, context = ADAPTERS[source.adapter], settings.context(source)
        blobs = list(adapter.discover(source.config, context))
        assert len(blobs) == 1, f"{source.id} takes {[blob.name for blob in blobs]}"
        batches = list(adapter.read(source.config, blobs[0], context))
        assert [batch.rejections["reason"].tolist() for batch in batches if len(batch.rejections)] == [], source.id
        read = {batch.record for batch in batches if len(batch.frame)}
        assert read == {table.record for table in source.config.tables}, source.id


@pytest.mark.parametrize("name", profiles())
def test_every_column_is_recognised_and_none_is_left_over(name: str, tmp_path: Path) -> None:
    write_workspace(profile(name), tmp_path / "w")
    settings = load_settings(tmp_path / "w")
    for source in settings.sources:
        write_file(settings.inbox, source.config)
    found = look(settings)
    assert found.faults == []
    assert found.unclaimed == []
    for item in found.sources:
        recognised = {name for file in item.files for table in file.tables for name in table.recognised}
        unmatched = {name for file in item.files for table in file.tables for name in table.unmatched}
        assert unmatched - recognised == set(), item.source.id
