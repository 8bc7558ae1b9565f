"""The domain: records, periods, service time, formulas. Pure: no files, no SQL, no network, no clock."""
