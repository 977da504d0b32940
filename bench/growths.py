"""What is measured over the number of entries, by the name it has in ``probe``."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = {"quick": (10**3, 10**5), "standard": (10**3, 10**4, 10**5), "thorough": (10**3, 10**4, 10**5, 10**6)}


@dataclass(frozen=True)
class Growth:
    """One curve over the number of entries."""

    title: str
    unit: str
    label: str
    text: str
    timed: bool = False  # only where each entry may have a ttl of its own
    reference: bool = False  # functools.lru_cache beside it
    yardstick: bool = True  # a dict beside it
    wide: bool = False  # left out of the quick profile


GROWTHS = {
    "memory": Growth(
        "Memory per entry",
        "B",
        "bytes per entry",
        "What Python allocates (tracemalloc), beyond key and value.",
        False,
        True,
    ),
    "timed_memory": Growth(
        "Memory per entry with a ttl", "B", "bytes per entry", "As above, each entry with a ttl of its own.", True
    ),
    "resident": Growth(
        "Resident memory per entry",
        "B",
        "bytes per entry",
        "By how much the process grows, beyond key and value: this sees what is allocated outside of Python, too.",
        reference=True,
        wide=True,
    ),
    "get": Growth(
        "Get over entries", "s", "time of one get", "Any of the keys; processor time of 1,000 gets.", wide=True
    ),
    "expiring_set": Growth(
        "Set with a ttl over entries",
        "s",
        "time of one set",
        "Overwriting, all entries with ttls from a second to a day; processor time of 1,000 sets.",
        True,
    ),
    "collection": Growth(
        "Garbage collection",
        "s",
        "time of one full collection",
        "By how much the cache makes it longer; in processor time, the quickest of 9.",
        yardstick=False,
    ),
    "tracked": Growth(
        "Objects for the garbage collector",
        "",
        "objects per entry",
        "That it has to look at because of the cache.",
        yardstick=False,
        wide=True,
    ),
}


def chosen(*, wide: bool) -> list[str]:
    """The curves to be measured: all, or without those that are ``wide``."""
    return [name for name, each in GROWTHS.items() if wide or not each.wide]
