"""The evidence pack (佐证材料): for every indicator its figure, rule, arithmetic, rows and the files they came from.

``build`` makes it from the store and the archive, ``check`` verifies it anywhere, without either.
"""
