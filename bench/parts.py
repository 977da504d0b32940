"""What an operation's time is made of, as far as it can be told: the codec by itself, the server by its own account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import fmean, median
from typing import Any

from redis import RedisError

from .data import VARIETY
from .loops import fresh, gets
from .pace import FEWEST_ROUNDS, Pace, calibrate, taker, timed
from .plan import Plan


def of_codec(codec: tuple[Callable[[Any], bytes], Callable[[bytes], Any]], plan: Plan, pace: Pace) -> dict[str, float]:
    """``codec``: seconds for one of the plan's values, decoded where it gets, else encoded; ``octets``: its size."""
    encode, decode = codec
    values = [value for _, value in plan.stored[:VARIETY]]
    encoded = [encode(each) for each in values]
    function, arguments = (decode, encoded) if plan.loop is gets else (encode, values)
    run, take = partial(fresh(_calls), function), taker(arguments)
    count = calibrate(run, take, pace).operations
    return {"codec": median(timed(run, take(count)) / count for _ in range(FEWEST_ROUNDS)), **_size(encoded)}


def of_bytes(plan: Plan) -> dict[str, float]:
    """``octets``: the size of one of the plan's values, which are bytes already; on average."""
    return _size([value for _, value in plan.stored[:VARIETY]])


def _size(values: Sequence[bytes]) -> dict[str, float]:
    return {"octets": fmean(map(len, values))}


@contextmanager
def accounted(server: Any, plan: Plan) -> Iterator[dict[str, float]]:
    """Gives ``server`` at the end: seconds that it says it took for a GET meanwhile, or a SET, as the plan asks.

    It gives nothing where it does not tell: no server, one in this process, or one that refuses INFO.
    """
    command, found = "get" if plan.loop is gets else "set", dict[str, float]()
    before = _account(server, command)
    yield found
    calls, took = (after - earlier for after, earlier in zip(_account(server, command), before, strict=True))
    if calls:
        found["server"] = took / calls / 1e6


def _account(server: Any, command: str) -> tuple[int, int]:
    """How often the server has run a command so far, and how many microseconds that took."""
    if server is None or server.in_process:
        return 0, 0
    try:
        with server.connect() as client:
            said = client.info("commandstats").get(f"cmdstat_{command}", {})
    except RedisError:
        return 0, 0
    return said.get("calls", 0), said.get("usec", 0)


def _calls(function: Callable[[Any], Any], arguments: Iterable[Any]) -> None:
    for each in arguments:
        function(each)
