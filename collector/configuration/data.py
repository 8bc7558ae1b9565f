"""Where the data files of ``config/`` lie."""

from __future__ import annotations

from pathlib import Path


def data_folder() -> Path:
    """The folder ``config`` beside the packages: in the working tree, in an editable install and in a wheel alike.

    Not ``importlib.resources``: it cannot open the namespace package that an editable install makes of a folder
    without Python, and it takes any other ``config`` on the path for ours.
    """
    return Path(__file__).resolve().parents[2] / "config"
