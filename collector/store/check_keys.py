"""Target and moment of a check in one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.store.check_runs import Ints

_SHIFT = 40  # bits of a time: 2**39 seconds before and after 1970
_ZERO = 1 << (_SHIFT - 1)
NEVER = -_ZERO
NO_KEY = -1


def key_of(asset: Ints, at: Ints) -> Ints:
    """One number that orders by asset code, then by time."""
    return (asset << _SHIFT) + (at + _ZERO)


def asset_of(key: Ints) -> Ints:
    """The asset code in a key."""
    return key >> _SHIFT


def time_of(key: Ints) -> Ints:
    """The time in a key, in seconds."""
    return (key & ((1 << _SHIFT) - 1)) - _ZERO
