"""Wrong in what lies on the disk, or in what is believed of it."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from .filed import SEALED, Filed

DAMAGE = (
    "test_integrity.py::test_a_flipped_bit_is_a_miss",
    "test_integrity.py::test_no_damage_makes_a_wrong_value",
    "test_integrity.py::test_a_damaged_entry_is_absent_for_every_operation",
    "test_integrity.py::test_damage_is_counted_as_a_miss",
)


class BelievesTheDisk(Filed):
    """There is no checksum: what can be read is an entry, and what cannot is none.
    matrixorigin/matrixone#16904
    """

    caught_by = DAMAGE

    def unsealed(self, content: bytes) -> dict[str, Any] | None:
        with suppress(ValueError, TypeError):
            return dict(json.loads(content[SEALED:]))
        return None


class RaisesWhatTheDecoderDoes(Filed):
    """What is damaged raises, and not once: until somebody removes the file.
    sdispater/cachy#21
    """

    caught_by = (*DAMAGE, "test_integrity.py::test_what_others_have_put_there_is_no_entry")

    def unsealed(self, content: bytes) -> dict[str, Any] | None:
        entry = super().unsealed(content)
        if content and entry is None:
            raise ValueError("unsupported format")
        return entry


class AsksNoKey(Filed):
    """The name of the file, a digest of the key, is all that tells whose entry it is.
    laravel/framework#27854
    """

    caught_by = ("test_integrity.py::test_an_entry_under_the_key_of_another_is_a_miss",)

    def belongs(self, entry: dict[str, Any], key: str) -> bool:
        del entry, key
        return True


class Unpickles(Filed):
    """The checksum is looked at when it is too late: it lies within the pickle.
    grantjenks/python-diskcache#357
    """

    caught_by = ("test_integrity.py::test_what_is_planted_is_never_executed",)

    def sealed(self, entry: dict[str, Any]) -> bytes:
        return pickle.dumps((entry, super().sealed(entry)))

    def unsealed(self, content: bytes) -> dict[str, Any] | None:
        with suppress(Exception):
            entry, sealed = pickle.loads(content)  # noqa: S301 - the bug
            return super().unsealed(sealed) if super().sealed(entry) == sealed else None
        return None


class WritesInPlace(Filed):
    """The file is written where it is read: who dies meanwhile leaves half of it.
    bbangert/beaker#140
    """

    caught_by = (
        "test_files.py::test_a_killed_writer_leaves_the_old_value_or_the_new_one",
        "test_files.py::test_a_full_disk_is_an_error_and_no_wrong_value",
    )

    def write(self, path: Path, content: bytes) -> None:
        self.fill(path, content)


class LeavesWhatItBegan(Filed):
    """Each writer has a temporary file of its own, and who dies leaves it for ever.
    harry0703/MoneyPrinterTurbo#1345
    """

    caught_by = ("test_files.py::test_killed_writers_leave_no_files_behind",)

    def write(self, path: Path, content: bytes) -> None:
        file, name = tempfile.mkstemp(dir=self.place)
        os.close(file)
        try:
            self.fill(Path(name), content)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)


class SaysNothingOfAFullDisk(Filed):
    """A set that could not be written is answered as one that was.
    agsaru/Repo2Readme#120
    """

    caught_by = ("test_files.py::test_a_full_disk_is_an_error_and_no_wrong_value",)

    def write(self, path: Path, content: bytes) -> None:
        with suppress(OSError):
            super().write(path, content)


class IsOpenToAll(Filed):
    """Directory and files are what the umask leaves of all rights.
    psf/cachecontrol#22
    """

    caught_by = (
        "test_files.py::test_only_the_owner_can_open_it",
        "test_files.py::test_a_place_that_was_open_is_closed_or_refused",
    )
    mode = 0o666

    def close_place(self) -> None:
        pass


class TakesAnyDirectory(Filed):
    """Whoever owns the directory that it finds, it is used.
    git/git@8959555
    """

    #: Root alone can give it one of somebody else's.
    caught_by = () if os.geteuid() else ("test_files.py::test_a_directory_of_somebody_else_is_refused",)

    def is_ours(self) -> bool:
        return True


class FollowsLinks(Filed):
    """Where a link leads, it reads and writes.
    rubocop/rubocop#2484
    """

    caught_by = (
        "test_files.py::test_a_symlink_in_place_of_the_directory_is_refused",
        "test_files.py::test_a_symlink_in_place_of_a_file_is_not_followed",
    )
    follow = 0

    def make_place(self) -> None:
        self.place = self.place.resolve()
        super().make_place()
