"""Files: what a cache leaves on disk when its writer is killed or the disk is full, and who can open it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from .contract import needs
from .elsewhere import Elsewhere
from .factory import NewCache
from .judged import Judged
from .limits import SIZE, bulky
from .model import MISSING
from .script import scenes
from .strategies import refused

LIMITS = (SIZE // 4, SIZE // 2, SIZE * 3 // 4)  # bytes that are written when the writer dies
OTHERS = stat.S_IRWXG | stat.S_IRWXO
RIGHT = {True: 0o700, False: 0o600}  # of a directory, of a file
WORTH = "worth keeping"
STRANGER = 12345  # a user of whom nothing is known


@needs(scope={"host"}, durable="yes", asynchronous={"no"})
def test_a_killed_writer_leaves_the_old_value_or_the_new_one(new_cache: NewCache) -> None:
    """Wherever in a set its process is killed: who reads then, or opens the cache anew, sees no half of a value.

    A reader who comes while the writer is at it sees the same files.
    """
    cache = new_cache()
    with Elsewhere(new_cache) as writer:
        for number, limit in enumerate(LIMITS, start=1):
            cache.subject.set("a", bulky(0))  # in no history, as nobody could read that
            kill(writer, cache, number, limit)
            for reader in (cache, cache.sibling()):
                assert whole(reader.subject.get("a", MISSING), number), (
                    f"torn, where its writer died after {limit} bytes"
                )


@needs(scope={"host"}, durable="yes", integrity="checked", asynchronous={"no"})
def test_killed_writers_leave_no_files_behind(new_cache: NewCache) -> None:
    """However many writers are killed in a set: what they have begun is removed, or used, by those who come later."""
    cache = new_cache()
    use(cache.sibling())
    before = len(files(new_cache))
    with Elsewhere(new_cache) as writer:
        for number, limit in enumerate(LIMITS):
            kill(writer, cache, number, limit)
    use(cache.sibling())
    left = files(new_cache)
    cache.aside(
        "print('files:', sum(each.is_file() for each in Path(location).rglob('*')))",
        location=new_cache.location,
        Path=Path,
    )
    assert len(left) - before < len(LIMITS), f"each has left a file: {', '.join(left)}"


@needs(scope={"host"}, durable="yes", integrity="checked", asynchronous={"no"})
def test_a_full_disk_is_an_error_and_no_wrong_value(new_cache: NewCache) -> None:
    """A set for which there is no room raises, and what was there stays; when there is room again, it is stored."""
    cache = new_cache()
    with Elsewhere(new_cache) as writer:
        for limit in LIMITS:
            cache.subject.set("a", bulky(0))
            cache.aside(scenes.FULL.format(limit))
            writer.is_told("fills_up", "a", 1, limit)
            assert writer.answer() in ([True, 0, 2], [False, 1, 2]), "not refused, then old; nor done, then new"


@needs(scope={"host"}, access="owner")
def test_only_the_owner_can_open_it(new_cache: NewCache, tmp_path: Path) -> None:
    """Whatever the umask: directories are 0700 and files 0600, those included that are there only meanwhile."""
    for umask in (0o000, 0o022, 0o777):
        place = tmp_path / f"{umask:03o}"
        before = os.umask(umask)
        try:
            cache = new_cache.inside(place)
            cache.set("a", WORTH)
            assert {path.name: oct(mode) for path, mode in modes(place).items() if mode != RIGHT[path.is_dir()]} == {}
            assert cache.get("a") == WORTH
        finally:
            os.umask(before)
        close(cache)


@needs(scope={"host"}, access="owner")
def test_a_place_that_was_open_is_closed_or_refused(new_cache: NewCache, tmp_path: Path) -> None:
    """Where others could open the directory or the files that the cache finds, they cannot any more, or it refuses."""
    use(new_cache.inside(tmp_path / "cache"))
    served: list[Any] = []
    for path in [tmp_path / "cache", *(tmp_path / "cache").rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    with suppress(Exception):
        cache = new_cache.inside(tmp_path / "cache")
        cache.set("a", WORTH)
        close(cache)
        served.append(cache)
    still_open = [path.name for path, mode in modes(tmp_path / "cache").items() if mode & OTHERS]
    assert not served or still_open == []


@needs(scope={"host"}, access="owner")
def test_a_symlink_in_place_of_the_directory_is_refused(new_cache: NewCache, tmp_path: Path) -> None:
    """Somebody has put a link where the cache goes: an error, and nothing is made where it leads."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    assert refused(lambda: new_cache.inside(tmp_path / "cache").set("a", WORTH))
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="to give a directory away takes root")
@needs(scope={"host"}, access="owner")
def test_a_directory_of_somebody_else_is_refused(new_cache: NewCache, tmp_path: Path) -> None:
    """Somebody else has made the directory where the cache goes: an error, also for root, and it is left as it was."""
    place = tmp_path / "cache"
    place.mkdir(mode=0o755)
    os.chown(place, STRANGER, STRANGER)
    assert refused(lambda: new_cache.inside(place).set("a", WORTH))
    assert (list(place.iterdir()), modes(place)) == ([], {place: 0o755})


@needs(scope={"host"}, access="owner")
def test_a_symlink_in_place_of_a_file_is_not_followed(new_cache: NewCache, tmp_path: Path) -> None:
    """Somebody has put a link where a file of the cache was: nothing is read from where it leads, nor written there."""
    place, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    use(new_cache.inside(place))
    for path in [each for each in place.rglob("*") if each.is_file()]:
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
        before = elsewhere.read_bytes()
        seen: list[Any] = []
        with suppress(Exception):
            cache = new_cache.inside(place)
            seen.append(cache.get("a"))
            cache.set("a", "anew")
            close(cache)
        assert WORTH.encode() not in before or seen in ([], [None]), f"{path.name} was followed to be read"
        assert elsewhere.read_bytes() == before, f"{path.name} was followed to be written"
        path.unlink()
        elsewhere.rename(path)
        use(new_cache.inside(place))


def kill(writer: Elsewhere, cache: Judged, number: int, limit: int) -> None:
    """Have it set "a", and be killed after so many bytes."""
    cache.aside(scenes.KILLED.format(limit))
    writer.is_told("dies", "a", number, limit)
    writer.answer()


def whole(value: Any, number: int) -> bool:
    """Whether ``value`` is what was there before, or what the writer of ``number`` was about to write."""
    return value in (bulky(0), bulky(number))


def use(cache: Any) -> None:
    """Some of everything, and what is left is one entry."""
    for key in "ab":
        cache.set(key, WORTH)
    cache.get("a")
    cache.delete("b")
    close(cache)


def close(cache: Any) -> None:
    """If it can be."""
    getattr(cache, "close", bool)()


def files(new_cache: NewCache) -> list[str]:
    """What lies at the location of the cache made last."""
    return sorted(str(each) for each in Path(str(new_cache.location)).rglob("*") if each.is_file())


def modes(place: Path) -> dict[Path, int]:
    """Of the directory, and of all that is in it."""
    return {path: stat.S_IMODE(path.lstat().st_mode) for path in [place, *place.rglob("*")]}
