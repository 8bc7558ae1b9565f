"""Tickets without numbers: a key out of what they say, date and time in two columns, day first."""
