"""Asset register and roster as members of one zip, UTF-16 with tabs and a workbook."""
