"""Hearing support counted in a cross table: kinds down, months across, subtotals both ways."""
