"""Wrong when the server is back."""

from __future__ import annotations

import time
from typing import Any

from ..contract import Location
from .failing_over import FailsOver, Journal, Write
from .networked import Networked

LATE = 1.0  # seconds between the server's return and a replay that does not come at once


class ReplaysTheFirst(FailsOver):
    """Of several writes of a key the oldest waits, and later ones do not take its place.
    ZiggyCreatures/FusionCache#163
    """

    caught_by = ("test_replay.py::test_the_newest_of_several_writes_arrives",)

    def __init__(self, location: Location, **options: Any) -> None:
        self.first: dict[str, Write] = {}
        super().__init__(location, **options)

    def note(self, key: str, write: Write) -> str | None:
        self.first.setdefault(key, write)
        return super().note(key, write)

    def arrive(self, key: str, write: Write) -> None:
        super().arrive(key, self.first.pop(key, write))


class ReplaysForEver(FailsOver):
    """What is replayed has lost its ttl.
    eloqdata/eloqkv#504
    """

    caught_by = ("test_replay.py::test_an_entry_that_arrives_late_keeps_its_ttl",)

    def arrive(self, key: str, write: Write) -> None:
        super().arrive(key, write._replace(expires=None))


class ForgetsTheDelete(FailsOver):
    """A delete that finds the server gone is not made up for.
    alphagov/notifications-utils#1120
    """

    backend = "embedded"
    caught_by = ("test_replay.py::test_a_delete_during_an_outage_is_never_undone",)

    def delete(self, key: str) -> bool:
        self.checked_key(key)
        known = self.away
        self.tried(self.client.ping, bool)
        return False if self.away and not known else super().delete(key)


class SkipsTheDelete(FailsOver):
    """A delete while the server is known to be away is skipped, and told as done.
    KincaidYang/whois#78
    """

    backend = "embedded"
    caught_by = (
        "test_replay.py::test_what_is_changed_once_the_outage_was_noticed_is_never_undone",
        "test_replay.py::test_a_delete_during_an_outage_is_never_undone",
    )

    def note(self, key: str, write: Write) -> str | None:
        return None if not write.text and self.away and key not in self.journal.writes else super().note(key, write)


class ClearsItselfAlone(FailsOver):
    """A clear that cannot reach the server empties what is here, and every entry there survives.
    QWED-AI/qwed-verification#199
    """

    backend = "embedded"
    caught_by = ("test_replay.py::test_a_clear_during_an_outage_is_never_undone",)

    def empty(self) -> None:
        self.tried(self.client.ping, bool)
        super().empty()

    def note_clear(self, _cleared: int) -> None:
        super().note_clear(0)


class ReadsTooEarly(FailsOver):
    """Once the server answers again it is preferred, before what was written meanwhile has arrived.
    KincaidYang/whois#78
    """

    backend = "embedded"
    caught_by = (
        "test_replay.py::test_a_key_is_not_read_from_the_server_until_its_write_has_arrived",
        "test_replay.py::test_what_is_changed_once_the_outage_was_noticed_is_never_undone",
        "test_replay.py::test_what_was_set_during_an_outage_arrives",
        "test_replay.py::test_a_delete_during_an_outage_is_never_undone",
        "test_replay.py::test_a_clear_during_an_outage_is_never_undone",
    )

    def found(self, key: str) -> str | None:
        return super().found(key) if self.away else self.asked(key)

    def write(self, key: str, text: str, expires: float | None) -> str | None:
        self.tried(self.client.ping, bool)
        return super().write(key, text, expires)

    def replay(self) -> None:
        self.away = False
        time.sleep(LATE)
        super().replay()


class LosesWhatAnotherLeft(FailsOver):
    """What waits is gone with the process that it waits in.
    redisson/redisson#2388
    """

    caught_by = (
        "test_replay.py::test_writes_of_an_outage_survive_their_process",
        "test_replay.py::test_a_newer_write_elsewhere_is_not_overwritten",
        "test_replay.py::test_a_later_delete_elsewhere_is_not_undone",
    )

    def close(self) -> None:
        self.journal = Journal()
        super().close()


class OverwritesTheNewer(FailsOver):
    """What is replayed takes the place of what somebody else has written since.
    silent-suite/silentsuite#743
    """

    caught_by = (
        "test_replay.py::test_a_newer_write_elsewhere_is_not_overwritten",
        "test_replay.py::test_a_later_delete_elsewhere_is_not_undone",
    )

    def arrive(self, key: str, write: Write) -> None:
        Networked.write(self, key, write.text, write.expires)


class ForgetsThatItWasDeleted(FailsOver):
    """Nothing on the server says that there was a delete, and so an older write comes back.
    mozilla/application-services#5028
    """

    caught_by = ("test_replay.py::test_a_later_delete_elsewhere_is_not_undone",)

    def write(self, key: str, text: str, expires: float | None) -> str | None:
        before = super().write(key, text, expires)
        if not text and not self.away:
            self.client.delete(self.row(b"entry:", key))
        return before


class AsksItselfAfterAMiss(FailsOver):
    """What the server does not have is looked up here, where a copy is left.
    veryfront/veryfront-code#2050
    """

    caught_by = (
        "test_replay.py::test_a_miss_is_a_miss_while_the_server_is_there",
        "test_replay.py::test_a_later_delete_elsewhere_is_not_undone",
    )

    def __init__(self, location: Location, **options: Any) -> None:
        self.copies: dict[str, Write] = {}
        super().__init__(location, **options)

    def arrive(self, key: str, write: Write) -> None:
        super().arrive(key, write)
        self.copies[key] = write

    def found(self, key: str) -> str | None:
        text = super().found(key)
        copy = None if self.away else self.copies.get(key)
        return copy.live() if text is None and copy is not None else text


class KeepsWhatHasArrived(FailsOver):
    """What was kept here in one outage is served in the next.
    openfun/marsha#1542
    """

    caught_by = ("test_replay.py::test_nothing_of_an_earlier_outage_is_served_in_a_later_one",)

    def __init__(self, location: Location, **options: Any) -> None:
        self.copies: dict[str, Write] = {}
        super().__init__(location, **options)

    def arrive(self, key: str, write: Write) -> None:
        super().arrive(key, write)
        self.copies[key] = write

    def found(self, key: str) -> str | None:
        text = super().found(key)
        copy = self.copies.get(key) if self.away and key not in self.journal.writes else None
        return copy.live() if text is None and copy is not None else text
