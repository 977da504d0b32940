"""Wrong about who sees an entry."""

from __future__ import annotations

from secrets import token_bytes
from typing import Any, ClassVar

from .hosted import Hosted
from .makes import Alone


class SharesAmongInstances(Alone):
    """Entries are kept by the class, for all its instances.
    aio-libs/aiocache#562
    """

    caught_by = ("test_sharing.py::test_two_instances_share_nothing",)
    shared: ClassVar[dict[Any, Any]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.entries = self.shared


class ReadsItsOwnCopy(Hosted):
    """What it has read before, it looks for and does not read again.
    frappe/frappe#22205
    """

    caught_by = ("test_sharing.py::test_another_instance_sees_an_overwrite",)
    drawn_by = ("test_concurrency.py::test_processes_see_one_order",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.copies: dict[bytes, str] = {}

    def found(self, row: bytes) -> str | None:
        text = super().found(row)
        if text is None:
            self.copies.pop(row, None)
            return None
        return self.copies.setdefault(row, text)

    def write(self, row: bytes, text: str, expires: float | None) -> None:
        super().write(row, text, expires)
        self.copies.pop(row, None)


class EmptiesAtTheStart(Hosted):
    """Making an instance takes the entries of those before it away.
    nostra13/Android-Universal-Image-Loader#709
    """

    caught_by = (
        "test_sharing.py::test_entries_outlive_the_instance_that_set_them",
        "test_files.py::test_a_killed_writer_leaves_the_old_value_or_the_new_one",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.clear()


class SaltsItsKeys(Hosted):
    """Goes by a hash that is another one in each process.
    scikit-hep/uproot3#59
    """

    caught_by = (
        "test_sharing.py::test_another_instance_sees_an_entry",
        "test_sharing.py::test_another_instance_sees_an_overwrite",
        "test_sharing.py::test_another_instance_agrees_about_expiry",
        "test_sharing.py::test_entries_outlive_the_instance_that_set_them",
        "test_files.py::test_a_killed_writer_leaves_the_old_value_or_the_new_one",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.salt = token_bytes(8)

    def row(self, key: str) -> bytes:
        return self.salt + super().row(key)


class KeepsWhatOthersDelete(Hosted):
    """What it has read before, and somebody else has deleted since, it still finds.
    hazelcast/hazelcast#24858
    """

    caught_by = ("test_sharing.py::test_another_instance_sees_a_delete",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.copies: dict[bytes, str | None] = {}

    def found(self, row: bytes) -> str | None:
        if self.ask("SELECT 1 FROM entries WHERE key = ?", row):
            self.copies[row] = super().found(row)
        return self.copies.get(row)

    def delete(self, key: str) -> bool:
        there = super().delete(key)
        self.copies.pop(self.row(key), None)
        return there

    def clear(self) -> None:
        super().clear()
        self.copies.clear()
