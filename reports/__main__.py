"""``python -m reports DIR``: the result files of DIR as report.html, report.md and report.json, and a summary here.

``python -m reports compare A B``: what differs between two or more such folders.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from . import comparison, data, page, results, terminal
from .model import Report

USAGE_ERROR = 4


class _Arguments(argparse.ArgumentParser):
    """Says what is wrong in one line, with the exit status that pytest gives its usage errors."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Make the report, or with ``compare`` the comparison; 0 when it is written, 4 when that cannot be."""
    given = sys.argv[1:] if arguments is None else arguments
    return _compare(given[1:]) if given[:1] == ["compare"] else _report(given)


def _report(arguments: list[str]) -> int:
    parser = _Arguments(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument(
        "directory", metavar="DIR", type=Path, help="folder with result files; the report is written there"
    )
    given, more = parser.parse_known_args(arguments)
    if more:
        parser.error(f"{more[0]!r} is too much; `{parser.prog} compare A B` takes two folders or more, this takes one")
    directory = given.directory
    report = _read(parser, directory)
    pages = {"report.html": page.html(report), "report.md": page.markdown(report), "report.json": data.text(report)}
    _write(parser, directory, pages)
    terminal.say(terminal.summary(report, [directory / name for name in pages]))
    return 0


def _compare(arguments: list[str]) -> int:
    parser = _Arguments(
        prog=f"python -m {__package__} compare", description="Compare two or more folders of results, the oldest first."
    )
    parser.add_argument("first", metavar="A", type=Path, help="folder to compare with")
    parser.add_argument(
        "others", metavar="B", type=Path, nargs="+", help="folders to compare; the comparison is written to the last"
    )
    given = parser.parse_args(arguments)
    folders = [given.first, *given.others]
    found = comparison.compare([(each, _read(parser, each)) for each in folders])
    pages = {"compare.html": comparison.html(found), "compare.md": comparison.markdown(found)}
    _write(parser, folders[-1], pages)
    terminal.say("\n".join([comparison.headline(found), *(str(folders[-1] / name) for name in pages)]))
    return 0


def _read(parser: _Arguments, directory: Path) -> Report:
    try:
        return results.read(directory)
    except results.ResultsError as error:
        parser.error(str(error))


def _write(parser: _Arguments, directory: Path, pages: dict[str, str]) -> None:
    try:
        write(directory, pages)
    except OSError as error:
        parser.error(f"{directory} cannot be written to: {error.strerror or error}")


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
