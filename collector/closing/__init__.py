"""Closing a period, correcting it by a revision, and saying what changed between revisions (semantics 7)."""
