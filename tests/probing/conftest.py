"""The engine's world as a fixture."""

from tests.probing.world import world

__all__ = ["world"]
