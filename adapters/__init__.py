"""The outside world turned into records. No SQL, no schedule, no clock of their own."""
