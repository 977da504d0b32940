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
#: For a browser that shows nothing, keeps nothing and asks nobody.
ALONE = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARP = ("--hide-scrollbars", "--force-device-scale-factor=1")
#: Pixels; the picture ends where the last of ``WHOLE`` does that ends within ``HEIGHT``.
WIDTH, HEIGHT = 1280, 2200
#: What must not be cut in two.
WHOLE = "main > section, .box"
#: Makes the title of the page the places where these end.
RULER = """<style>.box { max-height: none !important; }</style><script>
onload = () => { document.title = [...document.querySelectorAll(%r)].map(
each => Math.ceil(each.getBoundingClientRect().bottom + scrollY)).join(); };</script>"""
MARGIN = 16
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
    """Let ``browser`` open ``page`` and write its beginning to ``picture``.

    Raises:
        subprocess.SubprocessError: the browser failed, or did not end.
    """
    with tempfile.TemporaryDirectory() as folder:
        ruled = Path(folder) / "report.html"
        ruled.write_text(page.read_text(encoding="utf-8") + RULER % WHOLE, encoding="utf-8")
        content = _run(browser, folder, ruled, "--dump-dom", f"--window-size={WIDTH},{HEIGHT}")
        height = cut(content.partition("<title>")[2].partition("</title>")[0])
        _run(browser, folder, ruled, f"--screenshot={picture.resolve()}", f"--window-size={WIDTH},{height}")


def cut(ends: str) -> int:
    """The last of ``ends`` that there is room for, with a margin; all the room where there is none."""
    found = [int(each) for each in ends.split(",") if each.isdecimal()]
    return max((each for each in found if each + MARGIN <= HEIGHT), default=HEIGHT - MARGIN) + MARGIN


def _run(browser: str, folder: str, page: Path, *options: str) -> str:
    done = subprocess.run(
        [browser, *ALONE, *SHARP, f"--user-data-dir={folder}/profile", *options, page.as_uri()],
        check=True, capture_output=True, timeout=DEADLINE, encoding="utf-8",
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
