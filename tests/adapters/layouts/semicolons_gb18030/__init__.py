"""A csv of an old program: GB18030, semicolons, line breaks in cells, month and day only, durations."""
