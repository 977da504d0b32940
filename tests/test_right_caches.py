"""Nothing right is accused."""

from __future__ import annotations

from pathlib import Path

from mutants_judged import RIGHT, THOROUGH, promises_by_name, red_by_group


def test_nothing_right_is_accused(folder: Path) -> None:
    """Locked and lock-free, copying and sharing, by text and by hash, in memory and in a file."""
    options = ("--profile=thorough",) if THOROUGH else ()
    assert promises_by_name(RIGHT, red_by_group(folder, RIGHT, *options)) == {name: set() for name in RIGHT}
