"""One folder per vendor's layout: how it writes (``sample.py``), how it is mapped, what must come out."""
