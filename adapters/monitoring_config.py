"""What sources of monitoring systems have in common in their configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class OwnRhythm:
    """Of a source whose batches of checks say themselves at which interval they were made."""

    @property
    def interval(self) -> None:
        """Each batch of checks says its own."""
        return

    @property
    def staleness(self) -> None:
        """Each batch of checks says its own."""
        return


def each_once(assets: Mapping[str, str]) -> None:
    """ValueError where an asset is two hosts or services, whose states would replace each other."""
    twice = [asset for asset, count in Counter(assets.values()).items() if count > 1]
    if twice:
        raise ValueError(f"设备“{twice[0]}”对应了几个主机或服务，各自的状态会互相覆盖；每台设备只能对应一个")
