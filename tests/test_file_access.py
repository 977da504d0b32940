"""Who may open a file cache, and which directories and files are refused and left as they are."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from file_places import NAME, behind, modes, place

from cache_impl import BadSetting, FileCache
from cache_impl.errors import AccessDenied, StorageError

__all__ = ["place"]  # a fixture


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277, 0o777], ids=lambda umask: f"{umask:03o}")
def test_only_the_owner_can_open_it_whatever_the_umask(place: Path, umask: int) -> None:
    """0700 for the directory, 0600 for each file, those that SQLite makes on its way included."""
    before = os.umask(umask)
    try:
        with FileCache(place) as cache:
            cache.set("a", 1)
            assert (modes(place), len(list(place.iterdir()))) == ({"0700", "0600"}, 3)
    finally:
        os.umask(before)


def test_a_directory_of_its_own_is_closed_to_others(place: Path) -> None:
    """Found open and empty, or with a cache in it that was made open to others: closed."""
    place.mkdir()
    place.chmod(0o777)
    FileCache(place).close()
    for path in (place, place / NAME):
        path.chmod(0o777 if path == place else 0o666)
    FileCache(place).close()
    assert modes(place) == {"0700", "0600"}


def test_a_directory_in_other_use_is_left_as_it_is(place: Path) -> None:
    """Home or /tmp, named by mistake, is not closed to everybody else."""
    place.mkdir(mode=0o755)
    (place / "letters").touch()
    with pytest.raises(AccessDenied, match="chmod 700"):
        FileCache(place)
    assert (stat.S_IMODE(place.stat().st_mode), [each.name for each in place.iterdir()]) == (0o755, ["letters"])


@pytest.mark.parametrize("name", ["", NAME, f"{NAME}-wal", f"{NAME}-shm"])
def test_a_symlink_is_refused(tmp_path: Path, place: Path, name: str) -> None:
    """For the directory and for each file: what it points to is neither made nor changed."""
    target = tmp_path / "target"
    if name:
        place.mkdir(mode=0o700)
    else:
        target.mkdir()
    (place / name).symlink_to(target)
    with pytest.raises(AccessDenied, match="symlink"):
        FileCache(place)
    assert not name or not target.exists()


@pytest.mark.parametrize("name", ["", NAME])
def test_somebody_elses_place_is_refused(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory or a file that belongs to another user."""
    FileCache(place).close()
    own, lstat = os.geteuid(), Path.lstat

    def other(path: Path) -> os.stat_result:
        found = list(lstat(path))
        found[stat.ST_UID] = own + 1 if path == place / name else own
        return os.stat_result(found)

    monkeypatch.setattr(Path, "lstat", other)
    with pytest.raises(AccessDenied, match="belongs to user"):
        FileCache(place)


def garbage(place: Path) -> None:
    (place / NAME).write_bytes(random.Random(1).randbytes(5000))


def another_database(place: Path) -> None:
    behind(place, "CREATE TABLE letters (text)")


def a_later_version(place: Path) -> None:
    FileCache(place).close()
    behind(place, "PRAGMA user_version = 1000")


@pytest.mark.parametrize("fill", [garbage, another_database, a_later_version])
def test_what_is_not_ours_is_refused_and_left_as_it_is(place: Path, fill: Callable[[Path], None]) -> None:
    """A file that is no database, or one of another program or version."""
    place.mkdir(mode=0o700)
    fill(place)
    before = (place / NAME).read_bytes()
    with pytest.raises(StorageError, match=str(place / NAME)):
        FileCache(place)
    assert (place / NAME).read_bytes() == before


def test_a_place_that_cannot_be_a_directory_is_refused(tmp_path: Path) -> None:
    """A file, something below a file, something that is no path."""
    (tmp_path / "file").touch()
    for taken in (tmp_path / "file", tmp_path / "file" / "below", "/dev/null"):
        with pytest.raises(StorageError, match=str(taken)):
            FileCache(taken)
    for no_path in (None, 7, b"cache", "", "a\0b", "\ud800"):
        with pytest.raises(BadSetting):
            FileCache(no_path)  # type: ignore[arg-type]
