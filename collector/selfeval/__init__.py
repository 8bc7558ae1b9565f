"""The 项目支出绩效自评表: results, money and what people decided, brought into one form."""
