"""A picture of a report's beginning, for a README: ``python -m reports.picture DIR docs/report.png``."""

# ruff: noqa: S603, T201 - a command that runs the browser found on PATH, and prints

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
]
WIDTH, HEIGHT = 1280, 1840
DEADLINE = 60.0


def main(arguments: list[str] | None = None) -> int:
    """Take the picture; 4 when there is no report or no browser."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.picture", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path, help="folder with a report.html")
    parser.add_argument("picture", metavar="PNG", type=Path, help="where the picture goes")
    given = parser.parse_args(arguments)
    page, browser = given.directory / "report.html", next(filter(None, map(shutil.which, BROWSERS)), None)
    if not page.is_file():
        parser.exit(4, f"{parser.prog}: {page} is missing; `python -m {__package__} {given.directory}` writes it\n")
    if browser is None:
        parser.exit(4, f"{parser.prog}: no Chromium; `apt-get install --no-install-recommends chromium` brings one\n")
    take(browser, page, given.picture)
    print(given.picture)
    return 0


def take(browser: str, page: Path, picture: Path) -> None:
    """Let ``browser`` open ``page`` and write what it shows to ``picture``.

    Raises:
        subprocess.SubprocessError: the browser failed, or did not end.
    """
    with tempfile.TemporaryDirectory() as profile:
        options = [f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture.resolve()}"]
        subprocess.run(
            [browser, *FLAGS, *options, page.resolve().as_uri()], check=True, capture_output=True, timeout=DEADLINE
        )


if __name__ == "__main__":
    sys.exit(main())
