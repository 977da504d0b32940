"""Traces to be replayed, files of the user's or made up, and how well any cache could do on them."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from inspect import getdoc, isfunction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from . import requests
from .hit_ratio import Hits, lru, optimum
from .trace_files import read
from .traces import Trace

LENGTHS = {"quick": 20_000, "standard": 200_000, "thorough": 2_000_000}  # requests of a made-up trace
SHARES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # of the distinct keys, as capacities
REFERENCES = {"exact LRU": lru, "optimum (Belady)": optimum}


def taken(config: pytest.Config) -> list[Path]:
    """The files of ``--trace FILE ...``, taken out of what pytest would collect.

    pytest has a ``--trace`` of its own, which takes no argument and stops in the debugger before each test. Where a
    file follows that is no Python, it is ours.

    Raises:
        UsageError: a directory follows.
    """
    for option, value in pairwise(map(str, config.invocation_params.args)):
        if option == "--trace" and Path(value).is_dir():
            raise pytest.UsageError(
                f"--trace {value} is a directory; give files of requests, or put --trace last to stop in the debugger"
            )
    files = [each for each in config.args if Path(each).is_file() and Path(each).suffix != ".py"]
    if not config.option.trace or not files:
        return []
    config.option.trace = False
    config.args[:] = [each for each in config.args if each not in files]
    return [Path(each) for each in dict.fromkeys(files)]


def capacities(text: str) -> list[int]:
    """What ``--capacities=TEXT`` asks for, rising.

    Raises:
        ArgumentTypeError: one of them is no number of entries.
    """
    with suppress(ValueError):
        numbers = sorted({int(each) for each in text.split(",")})
        if numbers[0] > 0:
            return numbers
    raise ArgumentTypeError(f"{text!r}: give whole numbers of entries above 0, with commas between")


@dataclass(frozen=True)
class Source:
    """Where a trace comes from."""

    name: str
    about: str
    requests: Callable[[int], Iterable[Any]]  # at most so many, where they are made up

    def __str__(self) -> str:
        return self.name


def sources(files: Iterable[Path]) -> list[Source]:
    """One for each file, named as it is, or as its path where another has that name; without any, made-up ones."""
    paths = list(files)
    alike = Counter(each.name for each in paths)
    named = [(each.name if alike[each.name] == 1 else str(each), each) for each in paths]
    return [Source(name, f"{name}, as it was recorded.", _reader(path)) for name, path in named] or [
        Source(name.replace("_", "-"), (getdoc(each) or "").replace("\n", " "), each)
        for name, each in vars(requests).items()
        if isfunction(each) and each.__module__ == requests.__name__
    ]


def _reader(path: Path) -> Callable[[int], Iterable[Any]]:
    return lambda _count: read(path)


@dataclass
class Replay:
    """A trace on disk, and the hits there can be, each counted once."""

    trace: Trace
    capacities: list[int]
    known: dict[str, list[Hits]] = field(default_factory=dict)

    def references(self) -> dict[str, list[Hits]]:
        """Of exact LRU and of the optimum."""
        for name, hits in REFERENCES.items():
            if name not in self.known:
                self.known[name] = self.hits(partial(hits, self.trace))
        return self.known

    def hits(self, count: Callable[[int], Hits]) -> list[Hits]:
        """What ``count`` counts at each capacity."""
        return [count(each) for each in self.capacities]

    def points(self, found: list[Hits]) -> list[list[float]]:
        """Capacity and hit ratio."""
        return [[at, each.requests / len(self.trace)] for at, each in zip(self.capacities, found, strict=True)]

    def byte_points(self, found: list[Hits]) -> list[list[float]]:
        """Capacity, and the bytes of all hits as a share of those of all requests; of a trace that tells sizes."""
        return [[at, each.octets / self.trace.octets] for at, each in zip(self.capacities, found, strict=True)]


class Replays:
    """Every trace is read once a session."""

    def __init__(self, profile: str, capacities: list[int] | None) -> None:
        self._length, self._capacities = LENGTHS[profile], capacities
        self._open: dict[str, Replay] = {}

    def __getitem__(self, source: Source) -> Replay:
        if source.name not in self._open:
            trace = Trace(source.requests(self._length))
            shares = sorted({max(1, round(share * trace.distinct)) for share in SHARES})
            self._open[source.name] = Replay(trace, self._capacities or shares)
        return self._open[source.name]

    def close(self) -> None:
        for each in self._open.values():
            each.trace.close()
