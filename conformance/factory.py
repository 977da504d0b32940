"""``new_cache``: makes caches of one column, each at a place of its own, and clears up behind them."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import weakref
from contextlib import ExitStack, closing, nullcontext, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import redis

from . import script
from .clocks import ManualClock, MovedClock, Timeline, WaitedClock
from .columns import Column
from .contract import Capabilities, Location
from .driven import Driven, Loop, Runs
from .history import History
from .judged import Judged
from .model import Model

UNTOLD = "# no script: the test used a cache that writes no history\n"
ROOMY = 1000  # the capacity of a bounded subject where a test does not ask for one


class NewCache:
    """What a test gets as ``new_cache``. Call it for a cache under test; ``bare`` gives the plain subject.

    Opened once a session: starts what the subject needs (its server, its ``running()``, an event loop).
    """

    def __init__(self, column: Column, session: ExitStack) -> None:
        self.column = column
        self.last: Judged | None = None
        self.pace = 1  # how much longer than usual to wait, where time must be waited for
        self.stalls = 0  # of the caches before the one made last, since this was set
        self._begun: History | None = None
        self.location: Location | None = None  # of the cache made last
        self._discarded: list[tuple[Any, Location | None]] = []  # a finalizer may come while a server's lock is held
        self._numbers = count()
        self._directory = Path(session.enter_context(tempfile.TemporaryDirectory(prefix="cacheproof-")))
        awaits = self.capabilities.asynchronous == "yes"
        self.runner = session.enter_context(asyncio.Runner()) if awaits else None  # for the plain ones
        self.loop = session.enter_context(closing(Loop())) if awaits else None  # for those under test
        running = getattr(column.subject, "running", nullcontext)
        self._place = str(session.enter_context(running()) or "")
        self._shares = None if self.capabilities.scope == "instance" else False  # one store; None: ask first
        session.callback(self._clear_up)
        self._probe()

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def role(self) -> str:
        return self.column.role

    @property
    def capabilities(self) -> Capabilities:
        offered: Capabilities = self.column.offered
        return offered

    @property
    def unit(self) -> float:
        """A length of time worth a ttl, seconds: see ``clocks``."""
        if self._moves_clock:
            return ManualClock.unit
        return MovedClock.unit if self._moves_server else WaitedClock(self.capabilities.granularity, self.pace).unit

    @property
    def stalled(self) -> bool:
        """Whether the machine took so long with the cache made last that its answers are no evidence."""
        return self.last is not None and self.last.timeline.stalled

    @property
    def waited(self) -> bool:
        """Whether time was waited for with the cache made last."""
        return self.last is not None and self.last.timeline.waited > 0

    @property
    def moved(self) -> bool:
        """Whether time was moved on a server, for the cache made last."""
        return self.last is not None and self.last.timeline.moved > 0

    @property
    def waits(self) -> bool:
        """Whether its time is waited for."""
        return self.capabilities.ttl != "none" and not self._moves_clock and not self._moves_server

    def __call__(self, capacity: int | None = None, ttl: float | None = None) -> Judged:
        """A new, empty cache that writes its history down."""
        return self._written_down(self._options(capacity, ttl), self._location())

    def on_its_own_clock(self, ttl: float) -> Judged:
        """A new, empty cache on the clock that it has when it is given none."""
        clock = WaitedClock(self.capabilities.granularity, self.pace)
        return self._written_down(self._options(None, ttl), self._location(), clock)

    def bare(self, capacity: int | None = None, ttl: float | None = None, **options: Any) -> Any:
        """The plain subject, on its own clock, with nothing between it and the caller; ``options`` are its own."""
        return self._make(self._location(), self._options(capacity, ttl) | options, self.runner)

    def shipped(self, url: str | None = None) -> Judged:
        """A new cache with what the subject names as ``usual``: judged and measured it is with more patience.

        It is on the server at ``url``, where one is given.
        """
        location = self._location() if url is None else _elsewhere(url)
        return self._written_down(self._options(None, None) | self._usual, location)

    def driven(self, subject: Any) -> Any:
        """``subject``, with what it awaits awaited: the methods of every subject can then be called alike."""
        return subject if self.runner is None else Driven(subject, self.runner)

    def at(self, url: str) -> Any:
        """The plain subject, on a server somewhere else; it writes no history."""
        self.last = self._begun = None
        return self._make(_elsewhere(url), self._usual, self.runner)

    def inside(self, directory: Path) -> Any:
        """The subject under test in ``directory``, which need not be there yet; it writes no history."""
        self.last = self._begun = None
        return self._judged(Location(str(directory)), self._options(None, None))

    def model(self, cache: Judged) -> Model:
        """A model that stands where ``cache`` stood when it was new."""
        return Model(self.capabilities, cache.timeline.now, blur=cache.timeline.blur, **cache.history.options)

    def evidence(self) -> dict[str, Any]:
        """The history of the cache made last, beside what the model would have answered, and a script of it."""
        if self.last is None:
            return {"script": UNTOLD if self._begun is None else script.write(self.column, self._begun)}
        history = self.last.history
        history.annotate(self.capabilities, self.last.timeline.blur)
        return {"history": history.as_dict(), "script": script.write(self.column, history)}

    @property
    def _usual(self) -> dict[str, Any]:
        return dict(getattr(self.column.subject, "usual", {}))

    @property
    def _moves_clock(self) -> bool:
        return self.capabilities.clock == "injected"

    @property
    def _moves_server(self) -> bool:
        """At the usual pace alone: at a slower one, time is waited for."""
        return self.column.server is not None and self.pace == 1

    def _written_down(self, options: dict[str, Any], location: Location | None, own: Timeline | None = None) -> Judged:
        self._clear_up()
        self.stalls += self.stalled
        self.last = None  # one that cannot be made has no history, least of all that of another
        self._begun = History(options)
        self.location = location
        if self._shares is None:
            self._shares = False  # also where it hangs: it is asked once
            self._shares = self._has_one_store()
        timeline = own or self._timeline(location)
        cache = Judged(lambda: self._judged(location, options | self._clock(timeline)), self._begun, timeline)
        if self._shares:
            with suppress(Exception):  # what earlier ones have left would break every promise, and not that one
                cache.subject.clear()
        weakref.finalize(cache, self._discarded.append, (cache.subject, location))
        self.last = cache
        return cache

    def _has_one_store(self) -> bool:
        """Whether an instance finds what another one has set."""
        options = self._options(None, None) | self._clock(self._timeline(None))
        with suppress(Exception):  # what goes wrong here is told by the promises
            one, other = (self._judged(None, options) for _ in range(2))
            self._discarded += [(one, None), (other, None)]
            one.set("a", 1)
            return bool(other.get("a") == 1)
        return False

    def _probe(self) -> None:
        """A subject that cannot use this server raises ServerError when it is made, and is not run."""
        if self.column.server is not None:
            location = self._location()
            self._discard(self._judged(location, self._options(None, None)), location)

    def _options(self, capacity: int | None, ttl: float | None) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self.capabilities.eviction != "none":
            options["capacity"] = ROOMY if capacity is None else capacity
        if ttl is not None:
            options["ttl"] = ttl
        return options

    def _location(self) -> Location | None:
        name = f"cacheproof:{self._directory.name}:{next(self._numbers)}:"
        if self.capabilities.scope == "instance":
            return None
        if self.column.server is not None:
            return self.column.server.location(name)
        if self.capabilities.scope == "host":
            return Location(tempfile.mkdtemp(dir=self._directory))
        return Location(self._place, name)

    def _timeline(self, location: Location | None) -> Timeline:
        granularity, server = self.capabilities.granularity, self.column.server
        if self._moves_clock:
            return ManualClock(granularity)
        if self._moves_server and server is not None and location is not None:
            return MovedClock(granularity, lambda seconds: server.advance(location, seconds))
        return WaitedClock(granularity, self.pace)

    def _clock(self, timeline: Timeline) -> dict[str, Any]:
        return {"clock": timeline} if isinstance(timeline, ManualClock) else {}

    def _make(self, location: Location | None, options: dict[str, Any], runs: Runs | None) -> Any:
        placed = options if location is None else {**options, "location": location}
        return self.column.subject(**placed) if runs is None else runs.run(_construct(self, placed))

    def _judged(self, location: Location | None, options: dict[str, Any]) -> Any:
        """One whose methods can be called like those of any other."""
        subject = self._make(location, options, self.loop)
        return subject if self.loop is None else Driven(subject, self.loop)

    def _clear_up(self) -> None:
        while self._discarded:
            self._discard(*self._discarded.pop())

    def _discard(self, subject: Any, location: Location | None) -> None:
        close = getattr(subject, "close", None)
        if close is not None:
            close()
        if location is not None and self.column.server is not None:
            self.column.server.forget(location)
        elif self.capabilities.scope == "host":
            shutil.rmtree(str(location), ignore_errors=True)


def _elsewhere(url: str) -> Location:
    return Location(url, "cacheproof:", partial(redis.Redis.from_url, url))


async def _construct(factory: NewCache, options: dict[str, Any]) -> Any:
    """Some asynchronous clients look for the running loop when they are made."""
    return factory.column.subject(**options)
