"""Directories and files that nobody but their owner can open, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from os import PathLike
from pathlib import Path

from .errors import AccessDenied, BadSetting, StorageError

_OTHERS = 0o077  # what group and others may do


def private_directory(directory: str | PathLike[str], ours: Iterable[str]) -> Path:
    """``directory`` as an absolute path: made with mode 0700, or found.

    One that is open to others is closed to them if it holds nothing but files named in ``ours``.

    Raises:
        BadSetting: it is no path.
        AccessDenied: it is a symlink, somebody else's, or open to others and in other use.
        StorageError: it is a file, or cannot be made.
    """
    path = _absolute(directory)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(0o700)
            path.chmod(0o700)  # the umask may have taken too much
        found = _own(path)
        if not stat.S_ISDIR(found.st_mode):
            raise StorageError(f"{path} is no directory; name one, or a path where one can be made")
        if found.st_mode & _OTHERS and not {each.name for each in path.iterdir()} <= {*ours}:
            raise AccessDenied(
                f"{path} is open to other users (mode {stat.S_IMODE(found.st_mode):04o}) and holds other files; "
                f"name a directory of its own, or chmod 700 {path}"
            )
        _close_to_others(path, found)
    except OSError as error:
        raise _explained(path, error) from error
    return path


def private_file(path: Path) -> None:
    """See to it that ``path`` is a file that is closed to others; an empty one with mode 0600 where there is none.

    Raises:
        AccessDenied: it is a symlink, or somebody else's.
        StorageError: it is no file, or cannot be made.
    """
    try:
        with suppress(FileExistsError):
            made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            os.fchmod(made, 0o600)
            os.close(made)
        protect(path)
    except OSError as error:
        raise _explained(path, error) from error


def protect(path: Path) -> None:
    """Close ``path``, a file of our own, to others. It is not opened: that would undo SQLite's locks when it ends."""
    found = _own(path)
    if not stat.S_ISREG(found.st_mode):
        raise StorageError(f"{path} is no regular file; move it away")
    _close_to_others(path, found)


def _close_to_others(path: Path, found: os.stat_result) -> None:
    if found.st_mode & _OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def _absolute(directory: str | PathLike[str]) -> Path:
    try:
        path = Path(directory).absolute()
        if str(directory) and b"\0" not in os.fsencode(path):
            return path
    except (TypeError, UnicodeEncodeError):
        pass
    raise BadSetting(f"directory is {directory!r}; it is the path of a directory")


def _own(path: Path) -> os.stat_result:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise AccessDenied(f"{path} is a symlink; name the place itself")
    if found.st_uid != os.geteuid():
        raise AccessDenied(f"{path} belongs to user {found.st_uid}, not to this process's user {os.geteuid()}")
    return found


def _explained(path: Path, error: OSError) -> OSError:
    """One of our own errors as it is; of others, what they mean here."""
    if isinstance(error, (AccessDenied, StorageError)):
        return error
    for above in path.parents:
        if above.exists() and not above.is_dir():
            return StorageError(f"{path} cannot be made: {above} is no directory; name another place")
    return StorageError(f"{path} cannot be used: {error.strerror or error}")
