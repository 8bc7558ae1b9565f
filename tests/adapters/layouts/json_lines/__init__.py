"""A monitor that writes JSON lines: one object a check, keys in any order, more keys than are wanted."""
