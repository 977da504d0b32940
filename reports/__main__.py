"""``python -m reports DIR``: the result files of DIR as report.html, report.md and report.json, and a summary here."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from . import data, page, results, terminal

USAGE_ERROR = 4


class _Arguments(argparse.ArgumentParser):
    """Says what is wrong in one line, with the exit status that pytest gives its usage errors."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Make the report; 0 when it is written, 4 when that cannot be."""
    parser = _Arguments(prog="python -m reports", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path, help="folder with result files; the report is written there")
    directory = parser.parse_args(arguments).directory
    try:
        report = results.read(directory)
        pages = {"report.html": page.html(report), "report.md": page.markdown(report), "report.json": data.text(report)}
        write(directory, pages)
    except results.ResultsError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{directory} cannot be written to: {error.strerror or error}")
    print(terminal.summary(report, [directory / name for name in pages]))
    return 0


def write(directory: Path, pages: dict[str, str]) -> None:
    """All of ``pages`` or none: each is written beside its place first, and then all are renamed.

    Raises:
        OSError: the folder cannot be written to.
    """
    if blocked := next((name for name in pages if (directory / name).is_dir()), None):
        raise OSError(f"{blocked} there is a folder")
    drafts: list[tuple[str, Path]] = []
    try:
        for name, content in pages.items():
            handle, draft = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
            drafts.append((draft, directory / name))
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            Path(draft).chmod(0o644)
        for draft, place in drafts:
            Path(draft).replace(place)
    finally:
        for draft, _ in drafts:
            Path(draft).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
