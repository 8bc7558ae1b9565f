"""Budget lines: units in headers and cells, thousands separators, brackets for less."""
