"""The benchmark measures what it says: its data, its order, its statistics, its yardsticks, and a whole run."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from bench import conditions, sizes, summary
from bench.cells import Cell
from bench.conditions import Times
from bench.data import BATCH, ENTRIES, Data
from bench.found import PAYLOADS, WORKLOADS, chosen
from bench.intervals import FEWEST, median_interval
from bench.loops import fresh, gets
from bench.noise import again, floors
from bench.pace import PACES, Pace, calibrate, taker
from bench.plan import offered_by
from bench.ratios import add_ratios, paired
from bench.timing import interruptions, runnable
from bench.turns import interleaved, merged, possible
from bench.yardsticks import Dict, NoSocketError, PlainFile, RawSocket, RawStreams

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(["one", "two", "three"])


@pytest.mark.parametrize(("count", "lowest"), [(6, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (25, 8)])
def test_the_interval_of_a_median_is_the_tabulated_one(count: int, lowest: int) -> None:
    """The ranks of the 95 % interval, as the tables of the sign test have them."""
    assert median_interval(list(range(count, 0, -1))) == (lowest, count + 1 - lowest)


def test_too_few_values_give_no_interval() -> None:
    """With five values even the whole range covers the median in only 94 % of cases."""
    with pytest.raises(ValueError, match="5 values give no 95% interval"):
        median_interval([1.0] * 5)


@pytest.mark.parametrize("pace", PACES.values(), ids=PACES)
def test_every_profile_has_enough_blocks_for_an_interval(pace: Pace) -> None:
    """A cost is never recorded without its interval."""
    assert pace.blocks >= FEWEST


@pytest.mark.parametrize("workload", WORKLOADS)
def test_what_a_workload_relies_on_is_a_promise(workload: str) -> None:
    """Each id names a test of the conformance suite, else a broken promise would not mark the number."""
    for promise in WORKLOADS[workload].promises:
        file, _, name = promise.partition("::")
        module = ast.parse((ROOT / "conformance" / file).read_text(encoding="utf-8"))
        assert name in {each.name for each in module.body if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_the_same_in_every_run(payload: str) -> None:
    """Seeded: two runs store equal values, and values of one run differ."""
    make = PAYLOADS[payload]
    assert make(Random(1)) == make(Random(1)) != make(Random(2))


def test_keys_are_equal_to_the_stored_ones_and_not_the_same(data: Data) -> None:
    """A key that is the very object that was stored would be found without a comparison."""
    stored = {key: key for key, _ in data.entries}
    assert sorted(data.asked) == sorted(stored)
    assert not any(stored[key] is key for key in data.asked)


def test_every_update_changes_the_value(data: Data) -> None:
    """A cache that leaves equal values alone has nothing to skip, however often the updates are gone through."""
    held = dict(data.entries)
    for key, value in data.updates * 2:
        assert held[key] != value
        held[key] = value


def test_absent_and_arriving_keys_are_new(data: Data) -> None:
    """Neither is among the entries, and arrivals do not repeat before a cache of that size has lost them."""
    entries = {key for key, _ in data.entries}
    arrivals = [key for key, _ in data.arrivals]
    assert not entries & {*data.absent, *arrivals}
    assert len(set(arrivals)) == len(arrivals) >= 4 * ENTRIES


def test_the_mix_is_skewed_and_a_quarter_are_sets(data: Data) -> None:
    """Zipf's law with s = 0.99 on 128 keys asks for the most popular one in 18 of 100 cases."""
    mix = data.mix(sets=0.25)
    keys = [key for key, _ in mix]
    most = max(keys.count(key) for key in set(keys))
    assert 0.15 < most / len(keys) < 0.21
    assert 0.22 < sum(value is not None for _, value in mix) / len(mix) < 0.28


def test_what_was_set_last_is_asked_for_most(data: Data) -> None:
    """Each get is of a key that is there by then, and the newest is the most popular."""
    there = {key for key, _ in data.entries}
    newest, hits, gets = data.entries[-1][0], 0, 0
    for key, value in data.latest(sets=0.05):
        if value is None:
            assert key in there
            gets, hits = gets + 1, hits + (key == newest)
        else:
            assert key not in there
            there.add(key)
            newest = key
    assert 0.15 < hits / gets < 0.21


def test_ttls_are_short_as_often_as_long(data: Data) -> None:
    """Between the two ends, and half of them below their geometric mean."""
    ttls = [ttl for _, _, ttl in data.mortal(1.0, 100.0)]
    assert 1 <= min(ttls) <= max(ttls) <= 100
    assert 0.45 < sum(ttl < 10 for ttl in ttls) / len(ttls) < 0.55


def test_a_batch_names_no_key_twice(data: Data) -> None:
    """One call for 100 keys is one for 100 entries."""
    for batch in data.batches():
        assert len({key for key, _ in batch}) == BATCH


def test_a_cache_with_both_forms_is_asked_for_both() -> None:
    """Coroutines are timed on a subject that is asynchronous, and on one that has them beside its plain methods."""
    plain, both = Dict, type("Both", (Dict,), {"aget": None})
    waits, not_so = (SimpleNamespace(asynchronous=each) for each in ("yes", "no"))
    needs = WORKLOADS["aget-hit"].needs
    assert [offered_by(waits, needs, plain), offered_by(not_so, needs, both)] == [True, True]
    assert not offered_by(not_so, needs, plain)
    assert not offered_by(waits, WORKLOADS["get-hit"].needs, plain)


class Able(Dict):
    """A dict that offers all that a workload may need, for which no entry is too old."""

    def __init__(self) -> None:
        super().__init__()
        self.put, self.set = self.set, self._set

    def _set(self, key: str, value: Any, ttl: float | None = None) -> None:
        assert ttl is None or ttl > 0
        self.put(key, value)

    async def aget(self, key: str) -> Any:
        return self.get(key)

    async def aset(self, key: str, value: Any) -> None:
        self.set(key, value)

    def get_or_set(self, key: str, compute: Callable[[], Any]) -> Any:
        if self.get(key) is None:
            self.set(key, compute())
        return self.get(key)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_does_to_a_cache_what_it_says(workload: str, data: Data) -> None:
    """On a plain dict every key that is to be there is there after the run, and no other."""
    plan = WORKLOADS[workload](data)
    subject = Able()
    for key, value in plan.stored:
        subject.set(key, value)
    with asyncio.Runner() as runner:
        runnable(plan.loop, subject, runner)(plan.arguments[:100])
    assert all(subject.get(key) is not None for key in plan.present)
    assert all(subject.get(key) is None for key in plan.absent)


def test_every_workload_and_every_payload_is_measured_by_someone() -> None:
    """Quick leaves things out, and standard nothing."""
    quick, standard = set(chosen(wide=False)), set(chosen(wide=True))
    assert quick < standard
    assert {workload for workload, _ in standard} == set(WORKLOADS)
    assert {payload for _, payload in standard} == set(PAYLOADS)


def test_only_a_bounded_cache_is_asked_to_evict() -> None:
    """A workload says which capabilities it needs."""
    bounded, boundless = (SimpleNamespace(eviction=each, asynchronous="no") for each in ("lru", "none"))
    assert offered_by(bounded, WORKLOADS["set-evict"].needs)
    assert not offered_by(boundless, WORKLOADS["set-evict"].needs)
    assert offered_by(boundless, WORKLOADS["get-hit"].needs)


def test_a_ratio_is_of_blocks_that_took_turns() -> None:
    """Both slow down to a tenth midway; block by block one is still twice the other."""
    other = [1.0, 1.0, 1.0, 10.0, 10.0, 10.0]
    assert paired([2 * each for each in other], other) == {"value": 2.0, "low": 2.0, "high": 2.0}


@pytest.mark.parametrize("others", [[1.0] * 5, [1.0] * 7, [1.0] * 5 + [0.0]], ids=["few", "unequal", "zero"])
def test_there_is_no_ratio_of_blocks_that_do_not_pair(others: list[float]) -> None:
    """Too few for an interval, or one of them lacks a block."""
    assert paired([1.0] * len(others) if others != [1.0] * 7 else [1.0] * 6, others) is None


def _results(*measured: tuple[str, float], workload: str = "get-hit") -> dict[str, Any]:
    scopes = {"memory": "instance", "dict": "instance", "redis@a": "network", "raw@a": "network", "raw@b": "network"}
    blocks = [1.0, 1.1, 0.9, 1.0, 1.2, 0.8]
    return {
        "subjects": [
            {
                "name": name,
                "role": "yardstick" if name.startswith(("dict", "raw")) else "cache",
                "declares": {"scope": scope},
                "backend": {"name": name.partition("@")[2]} if "@" in name else None,
            }
            for name, scope in scopes.items()
        ],
        "measurements": [
            {
                "workload": workload,
                "payload": "small",
                "subject": name,
                "unit": "s/op",
                "blocks": [by * b for b in blocks],
            }
            for name, by in measured
        ],
        "environment": {"load": 0.0, "cores": 2},
    }


def test_each_cache_is_compared_with_the_yardstick_of_its_reach_and_server() -> None:
    """And a yardstick with none."""
    results = _results(("memory", 4), ("dict", 1), ("redis@a", 60), ("raw@b", 10), ("raw@a", 30))
    add_ratios(results)
    assert [each.get("ratio", {}).get("to") for each in results["measurements"]] == ["dict", None, "raw@a", None, None]
    assert results["measurements"][2]["ratio"]["value"] == pytest.approx(2.0)


def test_time_over_size_is_a_curve_of_what_was_measured() -> None:
    """By rising size, of whoever was measured with three or more; other payloads are no size."""
    sized = [("text-1m", 9.0), ("text-64", 1.0), ("text-1k", 2.0), ("small", 5.0)]
    facts = [{"subject": "a", "workload": "get-hit", "payload": payload, "median": by} for payload, by in sized]
    facts += [{**each, "subject": "b"} for each in facts[:2]]
    (curve,) = sizes.curves([{**each, "low": each["median"], "high": each["median"]} for each in facts])
    (line,) = curve["lines"]
    assert line["subject"] == "a"
    assert [point[:2] for point in line["points"]] == [[64, 1.0], [1024, 2.0], [1 << 20, 9.0]]


def test_the_noise_floor_is_how_far_two_equal_caches_seem_apart() -> None:
    """The end of the interval that is farther from 1, as a factor in either direction."""
    first, second = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0, 1.25]
    found = floors({("w", "p", "a"): Cell(blocks=first), ("w", "p", again("a")): Cell(blocks=second)})
    assert [(each["subject"], each["value"], round(each["floor"], 3)) for each in found] == [("a", 1.0, 0.25)]


def test_the_summary_fits_its_window() -> None:
    """Columns that do not fit come in a table of their own; no line is longer than the window."""
    results = _results(("memory", 4), ("dict", 1), ("redis@a", 60), ("raw@a", 30))
    add_ratios(results)
    results |= {"noise": [], "warnings": []}
    wide, narrow = list(summary.lines(results, 200)), list(summary.lines(results, 60))
    assert len(narrow) > len(wide)
    assert max(map(len, narrow[1:])) <= 60
    assert any("4 (4 to 4)" in line and "2 (2 to 2)" in line for line in wide)


def test_warnings_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the clock rate, the load, the neighbours, the noise, wide intervals and the timer."""
    governor = tmp_path / "cpu0" / "cpufreq" / "scaling_governor"
    governor.parent.mkdir(parents=True)
    governor.write_text("powersave\n")
    monkeypatch.setattr(conditions, "SYSTEM", tmp_path)
    monkeypatch.setattr(conditions, "timer_step", lambda: 0.001)
    monkeypatch.setattr(Times, "now", lambda: Times(200, 50))
    results = _results(("memory", 4), ("dict", 1))
    results["environment"]["load"] = 5.0
    results["noise"] = [{"subject": "memory", "floor": 0.5}]
    results["measurements"][0]["ratio"] = {"value": 4.0, "low": 1.0, "high": 8.0}
    found = conditions.warnings(results, PACES["quick"], Times(100, 0))
    assert [each["what"].split()[1] for each in found] == ["processor", "machine", "host", "measured", "of", "timer"]
    assert all(each["remedy"] for each in found)


def test_a_quiet_machine_is_not_warned_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing to say where nothing is in the way, or the system does not tell."""
    monkeypatch.setattr(conditions, "SYSTEM", tmp_path)
    monkeypatch.setattr(conditions, "timer_step", lambda: 5e-8)
    monkeypatch.setattr(Times, "now", lambda: Times(0, 0))
    assert conditions.warnings(_results(("memory", 4)), PACES["quick"], Times(0, 0)) == []


def test_interruptions_only_grow() -> None:
    """A count, whatever the system tells."""
    before = interruptions()
    assert interruptions() >= before >= 0


def test_a_fresh_loop_shares_no_bytecode() -> None:
    """Else what CPython learns about one subject would be unlearned at the next one's expense."""
    assert fresh(gets).__code__ is not gets.__code__
    subject = Dict()
    fresh(gets)(subject, ["a"])


def test_arguments_begin_again_when_they_run_out() -> None:
    """A round may be longer than the arguments, and the next one goes on where it stopped."""
    take = taker("abc")
    assert [take(2), take(3)] == [["a", "b"], ["c", "a", "b"]]


def test_a_batch_fills_its_round() -> None:
    """With an operation that takes 1 ms, a round of 4 ms has about four of them: never so few that it is too short."""
    pace = Pace(blocks=6, block=0.04, round=0.004)
    batch = calibrate(lambda arguments: [threading.Event().wait(0.001) for _ in arguments], taker("a"), pace)
    assert 1 <= batch.operations <= 4
    assert batch.rounds >= 5


@pytest.fixture
def scripted() -> Iterator[Any]:
    """A server that answers each request with the next of ``replies``, a byte at a time, and keeps what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    script = SimpleNamespace(replies=[b"+OK\r\n"], sent=[], url=f"redis://127.0.0.1:{listener.getsockname()[1]}/3")

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := connection.recv(65_536):
                script.sent.append(request)
                for byte in script.replies.pop(0):
                    connection.sendall(bytes([byte]))

    server = threading.Thread(target=serve)
    server.start()
    yield script
    listener.close()
    server.join()


def _located(url: str) -> Any:
    location = type("Location", (str,), {"namespace": "ns:"})
    return location(url)


def test_the_raw_socket_speaks_resp(scripted: Any) -> None:
    """Commands as the protocol has them, in its namespace; replies put together however they arrive."""
    subject = RawSocket(_located(scripted.url))
    scripted.replies += [b"+OK\r\n", b"$3\r\na\r\n\r\n", b"$-1\r\n", b":1\r\n", b"+OK\r\n", b":2\r\n"]
    scripted.replies += [b"*3\r\n$3\r\na\r\n\r\n$-1\r\n$2\r\nbc\r\n"]
    subject.set("key", b"a\r\n")
    assert subject.get("key") == b"a\r\n"
    assert subject.get("other", "default") == "default"
    assert subject.delete("key") is True
    subject.set_many({"a": b"1", "b": b""})
    assert subject.delete_many(["a", "b"]) == 2
    assert subject.get_many("abc") == {"a": b"a\r\n", "c": b"bc"}
    subject.close()
    assert scripted.sent == [
        b"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n",
        b"*3\r\n$3\r\nSET\r\n$6\r\nns:key\r\n$3\r\na\r\n\r\n",
        b"*2\r\n$3\r\nGET\r\n$6\r\nns:key\r\n",
        b"*2\r\n$3\r\nGET\r\n$8\r\nns:other\r\n",
        b"*2\r\n$3\r\nDEL\r\n$6\r\nns:key\r\n",
        b"*5\r\n$4\r\nMSET\r\n$4\r\nns:a\r\n$1\r\n1\r\n$4\r\nns:b\r\n$0\r\n\r\n",
        b"*3\r\n$3\r\nDEL\r\n$4\r\nns:a\r\n$4\r\nns:b\r\n",
        b"*4\r\n$4\r\nMGET\r\n$4\r\nns:a\r\n$4\r\nns:b\r\n$4\r\nns:c\r\n",
    ]


def test_raw_streams_speak_resp(scripted: Any) -> None:
    """As the raw socket does, one coroutine after the other."""
    subject = RawStreams(_located(scripted.url))
    scripted.replies += [b"+OK\r\n", b"$3\r\na\r\n\r\n", b"$-1\r\n", b":1\r\n", b"-OOM no room\r\n"]

    async def talk() -> list[Any]:
        await subject.set("key", b"a\r\n")
        answers = [await subject.get("key"), await subject.get("other", "default"), await subject.delete("key")]
        with pytest.raises(ConnectionError, match="OOM no room"):
            await subject.set("key", b"value")
        await subject.close()
        return answers

    assert asyncio.run(talk()) == [b"a\r\n", "default", True]
    assert scripted.sent[:2] == [
        b"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n",
        b"*3\r\n$3\r\nSET\r\n$6\r\nns:key\r\n$3\r\na\r\n\r\n",
    ]


def test_the_raw_socket_says_what_the_server_refused(scripted: Any) -> None:
    """An error of the server is never timed as an answer."""
    subject = RawSocket(_located(scripted.url))
    scripted.replies += [b"-OOM command not allowed\r\n"]
    with pytest.raises(ConnectionError, match="OOM command not allowed"):
        subject.set("key", b"value")
    subject.close()


def test_a_server_without_a_plain_socket_has_no_floor() -> None:
    """TLS is more than a socket, and fakeredis has none."""
    with pytest.raises(NoSocketError, match="asks for TLS"):
        RawSocket(_located("rediss://127.0.0.1:1"))
    with pytest.raises(NoSocketError, match="in this process"):
        RawSocket(_located(""))


def test_the_plain_file_is_shaped_as_a_subject(tmp_path: Path) -> None:
    """get, set, delete and clear, on bytes."""
    subject = PlainFile(str(tmp_path))
    subject.set("key", b"value")
    assert (subject.get("key"), subject.get("other"), subject.get("other", 1)) == (b"value", None, 1)
    assert (subject.delete("key"), subject.delete("key")) == (True, False)
    subject.set_many({"key": b"value", "other": b""})
    assert subject.get_many(["key", "absent"]) == {"key": b"value"}
    assert subject.delete_many(["other", "absent"]) == 1
    subject.clear()
    assert subject.get("key") is None


def _block(column: str, block: int, workload: str = "get-hit", **more: Any) -> Any:
    offered = SimpleNamespace(eviction="none", asynchronous="no")
    facts = {"name": column, "role": "cache", "missing": None, "offered": offered, "subject": Dict}
    described = SimpleNamespace(**facts | more)
    given = {"new_cache": described, "block": block, "workload": workload, "payload": "small"}
    return SimpleNamespace(
        callspec=SimpleNamespace(params=given),
        originalname="test_throughput",
        iter_markers=lambda _name: [],
        get_closest_marker=lambda _name: None,
    )


def _names(items: list[Any]) -> list[tuple[int, str, str]]:
    given = [each.callspec.params for each in items]
    return [(each["block"], each["workload"], each["new_cache"].name) for each in given]


def test_blocks_of_all_columns_take_turns() -> None:
    """However pytest has grouped them; every other block goes backwards."""
    asked = ["get-hit", "get-miss"]
    items = [_block(column, block, workload) for column in "abc" for workload in asked for block in (0, 1)]
    there = [(0, workload, column) for workload in asked for column in "abc"]
    back = [(1, workload, column) for workload in asked for column in "cba"]
    assert _names(interleaved(items)) == there + back


def test_what_is_not_offered_is_not_measured() -> None:
    """A cache without a bound cannot be asked to evict, and no skip is printed for it."""
    items = [_block("a", 0), _block("a", 0, "set-evict")]
    assert _names(possible(items)) == [(0, "get-hit", "a")]


def test_a_missing_column_is_skipped_once() -> None:
    """One skip tells why; one for each block would drown the others."""
    missing = [_block("a", block, missing=("why", "how")) for block in (0, 1)]
    items = [*missing, _block("b", 0), _block("b", 1)]
    assert _names(possible(items)) == [(1, "get-hit", "a"), (0, "get-hit", "b"), (1, "get-hit", "b")]


def test_yardsticks_alone_are_not_measured() -> None:
    """Where no cache can run there is nothing to compare with."""
    items = [_block("a", 0, missing=("why", "how")), _block("dict", 0, role="yardstick")]
    assert _names(possible(items)) == [(0, "get-hit", "a")]


def test_the_table_has_one_row_for_each_cell() -> None:
    """Rounds are added up; each other figure is the median of its blocks. Other benchmarks are left alone."""
    row = {"group": "get-hit small", "name": "memory", "source": None, "params": {"block": 0}, "rounds": 5}
    rows = [{**row, "median": figure} for figure in (1.0, 9.0, 2.0)]
    other = {"group": None, "name": "same", "source": None, "params": None, "rounds": 1}
    others = [{**other, "fullname": name} for name in "ab"]
    assert merged([*rows, *others]) == [{**row, "median": 2.0, "rounds": 15}, *others]


MINE = """
class Mine:
    declares = {"keys": "hashable", "types": "any"}

    def __init__(self):
        self.entries = {}

    def get(self, key, default=None):
        return self.entries.get(key, default)

    def set(self, key, value):
        self.entries[key] = value

    def delete(self, key):
        return self.entries.pop(key, self) is not self

    def clear(self):
        self.entries.clear()


class Forgetful(Mine):
    def set(self, key, value):
        pass


class Remote(Mine):
    declares = {"scope": "network"}
"""


@pytest.fixture
def run_bench(tmp_path: Path) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Runs ``pytest bench`` on one workload; returns what it printed and the result file."""
    (tmp_path / "mine.py").write_text(MINE)
    results = tmp_path / "results.json"

    def run(*options: str) -> tuple[str, dict[str, Any]]:
        command = [sys.executable, "-m", "pytest", "bench", "--profile=quick", f"--results={results}"]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        command += ["-k", "get-hit and small", "-p", "no:cacheprovider", *options]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return ran.stdout, json.loads(results.read_text())

    return run


def test_a_run_measures_the_cache_beside_its_yardsticks(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """Each column's cost is in the result file, with one figure for each block, and in pytest-benchmark's table."""
    printed, results = run_bench("--cache=mine:Mine")
    jsonschema.validate(results, json.loads((ROOT / "reports" / "schema.json").read_text()))
    measured = {each["subject"]: each for each in results["measurements"]}
    roles = {each["name"]: each["role"] for each in results["subjects"]}
    assert sorted(roles[name] for name in measured) == ["cache", "yardstick", "yardstick"]
    for each in measured.values():
        assert len(each["blocks"]) == PACES["quick"].blocks
        assert min(each["blocks"]) <= each["low"] <= each["median"] <= each["high"] <= max(each["blocks"])
    assert "benchmark 'get-hit small': 6 tests" in printed
    assert sorted(each["subject"] for each in results["noise"]) == sorted(measured)
    assert measured["mine:Mine"]["ratio"]["to"] == "dict"
    assert "cost as a multiple of the yardstick's" in printed


def test_a_cache_that_lost_its_entries_has_no_cost(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """A get that misses is not what was to be timed: each of its cells fails once, and says why."""
    printed, results = run_bench("--cache=mine:Forgetful")
    assert "2 failed" in printed
    assert "16 of 16 keys were lost" in printed
    assert "mine:Forgetful" not in {each["subject"] for each in results["measurements"]}


def test_a_run_in_which_no_cache_can_run_says_so(run_bench: Callable[..., tuple[str, dict[str, Any]]]) -> None:
    """Yardsticks alone are no answer."""
    printed, results = run_bench("--cache=mine:Remote", "--backend=redis://127.0.0.1:1")
    assert "no cache can run here, so nothing is measured" in printed
    assert results["measurements"] == []
