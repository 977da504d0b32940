"""Wrong where tasks are cancelled, and right where they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..contract import Location
from .networked import Networked

MISSING = object()


class Tasks:
    """A dict for tasks, with one compute per key; one that waits takes over from one that is cancelled."""

    declares = {"asynchronous": "yes", "types": "any", "get_or_set": "single-flight"}
    caught_by: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}
        self.flights: dict[str, Flight] = {}

    async def get(self, key: str, default: Any = None) -> Any:
        return self.entries.get(self.checked(key), default)

    async def set(self, key: str, value: Any) -> None:
        await asyncio.sleep(0)
        self.entries[self.checked(key)] = value
        self.flights.pop(key, None)

    async def delete(self, key: str) -> bool:
        await asyncio.sleep(0)
        self.flights.pop(self.checked(key), None)
        return self.entries.pop(key, MISSING) is not MISSING

    async def clear(self) -> None:
        self.entries.clear()
        self.flights.clear()

    async def get_or_set(self, key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
        while (value := self.entries.get(self.checked(key), MISSING)) is MISSING:
            flight = self.flights.get(key)
            if flight is None:
                return await self.lead(key, compute)
            if await self.lands(flight):
                return await flight.answer
        return value

    def checked(self, key: str) -> str:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")
        return key

    # the steps, each of which some mutant gets wrong

    async def lead(self, key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
        flight = self.flights[key] = Flight()
        try:
            value = await compute()
        except BaseException as error:
            self.fail(flight, error)
            raise
        else:
            if self.flights.get(key) is flight:
                self.entries[key] = value
            flight.answer.set_result(value)
            return value
        finally:
            if self.flights.get(key) is flight:
                del self.flights[key]

    def fail(self, flight: Flight, error: BaseException) -> None:
        if isinstance(error, Exception):
            flight.answer.set_exception(error)
            flight.answer.exception()  # nobody need have waited
        else:
            flight.answer.cancel()

    async def lands(self, flight: Flight) -> bool:
        """Wait for its answer; whether there is one."""
        if flight.leader is asyncio.current_task():
            raise RuntimeError("the compute asks for its own key")
        await asyncio.wait([flight.answer])
        return not flight.answer.cancelled()


class Flight:
    """One compute under way."""

    def __init__(self) -> None:
        self.leader = asyncio.current_task()
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class CancelsTogether(Tasks):
    """Who waits is cancelled with the one who computes.
    ben-manes/caffeine#870
    """

    caught_by = ("test_asynchronous.py::test_when_the_leader_is_cancelled_the_others_are_answered",)

    async def lands(self, flight: Flight) -> bool:
        await super().lands(flight)
        return True


class WaitsForTheCancelled(Tasks):
    """Who waits for a compute that is cancelled is never told.
    risingwavelabs/risingwave#3909
    """

    caught_by = ("test_asynchronous.py::test_when_the_leader_is_cancelled_the_others_are_answered",)

    def fail(self, flight: Flight, error: BaseException) -> None:
        if isinstance(error, Exception):
            super().fail(flight, error)


class EndsWhatOthersWaitFor(Tasks):
    """Who waits, and is cancelled, takes the answer of all others with it.
    ben-manes/caffeine#870
    """

    caught_by = ("test_asynchronous.py::test_when_a_waiter_is_cancelled_the_others_are_answered",)

    async def lands(self, flight: Flight) -> bool:
        try:
            return await super().lands(flight)
        except asyncio.CancelledError:
            if flight.leader is not None and not flight.answer.done():
                flight.leader.cancel()
            raise


class AnswersTheNext(Tasks):
    """The answer to a get that was cancelled is still on the line, and the next one takes it.
    redis/redis-py#2665
    """

    caught_by = ("test_asynchronous.py::test_a_cancelled_operation_leaves_the_cache_usable",)

    def __init__(self) -> None:
        super().__init__()
        self.line: list[Any] = []
        self.lock = asyncio.Lock()

    async def get(self, key: str, default: Any = None) -> Any:
        async with self.lock:
            self.line.append(self.entries.get(self.checked(key), default))
            await asyncio.sleep(0)
            return self.line.pop(0)


class LetsEachTaskCompute(Tasks):
    """A result is stored when it is there, and nobody before knows that it is under way.
    duolicious/duolicious#1616
    """

    caught_by = (
        "test_asynchronous.py::test_tasks_make_one_compute",
        "test_asynchronous.py::test_when_a_waiter_is_cancelled_the_others_are_answered",
        "test_asynchronous.py::test_a_task_that_computes_cannot_ask_for_its_own_key",
        "test_single_flight.py::test_many_callers_make_one_compute",
    )
    drawn_by = ("test_asynchronous.py::test_tasks_compute_in_one_order",)

    async def get_or_set(self, key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
        there = self.checked(key) in self.entries
        return self.entries[key] if there else await self.lead(key, compute)


class CachesTheCancelled(Tasks):
    """That a compute was cancelled is its result, for all who ask later.
    dart-lang/core#366
    """

    caught_by = (
        "test_asynchronous.py::test_when_the_leader_is_cancelled_the_others_are_answered",
        "test_asynchronous.py::test_after_a_cancelled_compute_the_next_call_computes",
    )

    async def lead(self, key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await super().lead(key, compute)
        except asyncio.CancelledError:
            self.entries[key] = "cancelled"
            raise


class DeletesInTurns(Tasks):
    """Between the look at an entry and its removal others have a turn: each of two says that it was there.
    khromov/mochi#348
    """

    caught_by = ("test_asynchronous.py::test_tasks_see_one_order",)
    drawn_by = caught_by

    async def delete(self, key: str) -> bool:
        there = self.checked(key) in self.entries
        await super().delete(key)
        return there


class Threaded:
    """A right cache on a server, each operation of which waits on a thread, and not in the event loop."""

    declares = {"asynchronous": "yes", "scope": "network", "ttl": "per-entry", "values": "copied", "durable": "yes"}
    caught_by: tuple[str, ...] = ()
    backend = "embedded"

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self.cache = Networked(location, ttl)

    async def get(self, key: str, default: Any = None) -> Any:
        return await self.waited(self.cache.get, key, default)

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        await self.waited(self.cache.set, key, value, ttl)

    async def delete(self, key: str) -> bool:
        return bool(await self.waited(self.cache.delete, key))

    async def clear(self) -> None:
        await self.waited(self.cache.clear)

    async def close(self) -> None:
        await self.waited(self.cache.close)

    async def waited(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.to_thread(operation, *arguments)


class BlocksTheLoop(Threaded):
    """A client that is not asynchronous is called in a coroutine.
    SynapseKit/SynapseKit#777
    """

    caught_by = ("test_asynchronous.py::test_other_tasks_go_on_while_an_operation_waits",)

    async def waited(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        return operation(*arguments)
