"""What a source of adapter ``probe`` may say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.probes.config import ProbeConfig

TCP = {"asset_no": "A", "probe": "tcp", "host": "h", "port": 1}


def config(**keys: Any) -> ProbeConfig:
    return ProbeConfig.model_validate_json(json.dumps({"targets": [TCP], **keys}))


def test_durations_are_written_as_people_do() -> None:
    made = config(interval="2分钟", timeout="15秒", targets=[TCP, {**TCP, "asset_no": "B", "interval": "1小时"}])
    assert [made.interval_of(target) for target in made.targets] == [120, 3600]
    assert [made.staleness_of(target) for target in made.targets] == [360, 10_800]
    assert [made.timeout_of(target) for target in made.targets] == [15, 15]


@pytest.mark.parametrize(
    ("keys", "fact"),
    [
        ({"targets": []}, "at least 1"),
        ({"targets": [TCP, TCP]}, "设备“A”写了两次"),
        ({"targets": [{**TCP, "asset_no": None}]}, "第 1 项没有写 asset_no"),
        ({"connectivity": [TCP]}, "不写 asset_no"),
        ({"interval": "10秒", "timeout": "11秒"}, "共 11 秒，超过间隔 10 秒"),
        ({"interval": "10秒", "timeout": "6秒", "jitter": "5秒"}, "共 11 秒，超过间隔 10 秒"),
        ({"targets": [{"asset_no": "A", "probe": "command", "command": "true"}]}, "allow_commands: true"),
        ({"targets": [{**TCP, "probe": "tpc"}]}, "does not match any of the expected tags: 'http', 'tcp'"),
        ({"targets": [{**TCP, "timeout": "0"}]}, "greater than 0"),
        ({"targets": [{**TCP, "url": "http://h/"}]}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused(keys: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError, match=fact):
        config(**keys)


def test_commands_run_where_they_are_allowed() -> None:
    target = {"asset_no": "A", "probe": "command", "command": ["check_disk", "-w", "10%"]}
    assert config(targets=[target], allow_commands=True).targets[0].probe == "command"
