"""The 自评表 as Word document and as workbook: one layout, one set of texts and numbers."""
