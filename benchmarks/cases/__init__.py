"""One file per case; each defines ``CASE``."""
