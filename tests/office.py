"""Papers printed by LibreOffice, and the text and fonts of what came out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import servers_required


def _tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        if servers_required():
            pytest.fail(f"{package} ({name}) is required and not installed")
        pytest.skip(f"{package} ({name}) is not installed")
    return found


def printed(path: Path, folder: Path | None = None) -> Path:
    """The paper as PDF in ``folder`` (default: beside it), by a LibreOffice with a profile of its own."""
    out = folder or path.parent
    office = _tool("soffice", "LibreOffice")
    profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
    command = [office, "--headless", profile, "--convert-to", "pdf", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(out)})
    return out / f"{path.stem}.pdf"


def pages(pdf: Path) -> list[str]:
    """The text of each page as it stands on it, runs of blanks as one, no empty lines."""
    command = [_tool("pdftotext", "poppler"), "-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return [
        "\n".join(" ".join(line.split()) for line in page.splitlines() if line.strip())
        for page in text.split("\f")
        if page.strip()
    ]


def fonts(pdf: Path) -> dict[str, bool]:
    """Every font of the PDF and whether it is embedded."""
    command = [_tool("pdffonts", "poppler"), str(pdf)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()[2:]
    return {line.split()[0].partition("+")[2] or line.split()[0]: line.split()[-5] == "yes" for line in lines}
