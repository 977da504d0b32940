"""What another process does with the cache under test: run as a module, it is told in a line, and answers in one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from .callers import Caller, Hesitant, Planned, now
from .contract import Location
from .driven import Driven, Loop
from .forked import in_two
from .limits import dies, fills_up


def traffic(cache: Any, program: list[list[Any]], start: int, by: str) -> dict[str, Any]:
    """Carry out ``program`` from the moment ``start`` on, on the clock that all processes share."""
    caller = Caller(cache, [Planned(*each) for each in program], by)
    caller.run(partial(_begin, start))
    sys.setprofile(None)
    if isinstance(caller.error, NotImplementedError):
        raise caller.error
    error = "" if caller.error is None else f"{type(caller.error).__name__}: {caller.error}"
    steps = [[each.name, each.key, each.value, each.answer, each.began, each.ended, by] for each in caller.history]
    return {"history": steps, "error": error, "under_way": str(caller.under_way)}


def _begin(moment: int) -> None:
    while now() < moment:
        pass
    sys.setprofile(Hesitant(moment))


ERRANDS: dict[str, Callable[..., Any]] = {"traffic": traffic, "in_two": in_two}
#: These make their caches themselves.
MAKING: dict[str, Callable[..., Any]] = {"dies": dies, "fills_up": fills_up}


def _serve(path: str) -> None:
    module, _, name = path.partition(":")
    subject = getattr(import_module(module), name)
    for line in sys.stdin:
        errand, at, options, arguments = json.loads(line)
        make = partial(_made, subject, at, options)
        try:
            answer = MAKING[errand](make, *arguments) if errand in MAKING else _carried_out(errand, make, arguments)
        except NotImplementedError as error:
            answer = {"not offered": str(error)}
        except Exception as error:  # noqa: BLE001 - who has asked is told of it
            answer = {"raised": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _carried_out(errand: str, make: Callable[[], Any], arguments: list[Any]) -> Any:
    if errand == "nothing":
        return None
    cache = make()
    try:
        return ERRANDS[errand](cache, *arguments)
    finally:
        getattr(cache, "close", bool)()


def _made(subject: type, at: list[str] | None, options: dict[str, Any]) -> Any:
    if at is not None:
        place, namespace = at
        options["location"] = Location(place, namespace, partial(_connect, place))
    if getattr(subject, "declares", {}).get("asynchronous") != "yes":
        return subject(**options)
    loop = Loop()
    return Driven(loop.run(_construct(subject, options)), loop)


def _connect(url: str, **options: Any) -> Any:
    import redis  # noqa: PLC0415 - not everyone needs it, and it takes its time

    return redis.Redis.from_url(url, **options)


async def _construct(subject: type, options: dict[str, Any]) -> Any:
    return subject(**options)


if __name__ == "__main__":
    _serve(sys.argv[1])
