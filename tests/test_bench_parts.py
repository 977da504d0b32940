"""What a time is made of: the codec asked the way the workload goes, the server's account read before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis import ResponseError

from bench.cells import Cell
from bench.data import Data
from bench.found import WORKLOADS
from bench.pace import Batch, Pace
from bench.parts import accounted, of_bytes, of_codec

PACE = Pace(blocks=6, block=1e-4, round=1e-5)
GETS, SETS = (WORKLOADS[name](Data(["one", "three", "thirteen"])) for name in ("get-hit", "set-overwrite"))


class Server:
    """Answers INFO with what is next, and with an error where there is no more."""

    in_process = False

    def __init__(self, *stats: dict[str, Any]) -> None:
        self._stats = list(stats)

    @contextmanager
    def connect(self) -> Iterator[Server]:
        yield self

    def info(self, _section: str) -> dict[str, Any]:
        if not self._stats:
            raise ResponseError("NOPERM")
        return self._stats.pop(0)


@pytest.mark.parametrize(("plan", "seen"), [(GETS, bytes), (SETS, str)])
def test_the_codec_decodes_for_a_get_and_encodes_for_a_set(plan: Any, seen: type) -> None:
    calls: list[Any] = []

    def encode(value: str) -> bytes:
        calls.append(value)
        return json.dumps(value).encode()

    found = of_codec((encode, calls.append), plan, PACE)
    assert {type(each) for each in calls[-5:]} == {seen}
    assert found.keys() == {"codec", "octets"}
    assert 5 < found["octets"] < 10


def test_values_that_are_bytes_tell_their_size() -> None:
    assert of_bytes(WORKLOADS["get-hit"](Data([b"1", b"1234", b"1"]))) == {"octets": pytest.approx(2, abs=0.2)}


def test_the_server_is_asked_before_and_after() -> None:
    other = {"cmdstat_info": {"calls": 9, "usec": 900}}
    server = Server(other, other | {"cmdstat_get": {"calls": 4, "usec": 6}, "cmdstat_set": {"calls": 1, "usec": 50}})
    with accounted(server, GETS) as found:
        pass
    assert found == {"server": 1.5e-6}


@pytest.mark.parametrize("server", [None, Server(), Server({}, {})])
def test_a_server_that_does_not_tell_has_no_share(server: Any) -> None:
    with accounted(server, SETS) as found:
        pass
    assert found == {}


def test_a_measurement_has_the_median_of_what_its_blocks_were_told() -> None:
    cell = Cell(blocks=[1.0] * 6, parts=[{"codec": 1.0}, {"codec": 3.0, "server": 2.0}, {"codec": 2.0}])
    assert cell.measurement(Batch(1, 1))["parts"] == {"codec": 2.0, "server": 2.0}
    assert "parts" not in Cell(blocks=[1.0] * 6).measurement(Batch(1, 1))
