"""Titles, two merged header rows, merged bodies, holds in the same sheet."""
