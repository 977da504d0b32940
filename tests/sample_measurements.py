"""What is measured in the sample results: times of operations, their noise, curves, an outage and figures."""

# ruff: noqa: E501 - tables are read across

from __future__ import annotations

import random
import statistics

from sample_verdicts import Record, promises, subjects

#: workload -> seconds per operation with the smallest payload, by scope of the yardstick.
COSTS = {"get-hit": (4e-8, 9e-6, 3.4e-5), "get-miss": (3.1e-8, 4e-6, 3.1e-5), "set-overwrite": (4.4e-8, 6.5e-5, 3.6e-5),
         "set-evict": (8e-8, 6.8e-5, 3.7e-5), "mixed-zipf": (5e-8, 1.5e-5, 3.5e-5)}  # fmt: skip
PAYLOADS = {"small": 1.0, "catalogue": 1.6, "embedding": 2.4}
FACTORS = {"memory": 4.3, "file": 1.7, "redis@fakeredis": 2.9, "redis@embedded": 2.4, "redis@container": 3.1,
           "dict": 1, "plain-file": 1, "raw-socket": 1}  # fmt: skip
SCOPES = ["instance", "host", "network"]
RELIES = {
    "get-hit": ("set then get returns an equal value",),
    "set-evict": ("never more than capacity entries", "expired entries go first"),
    "mixed-zipf": ("any drawn history agrees with the model",),
}

NOISE = [
    ("memory", 0.98, 0.95, 1.02),
    ("file", 1.01, 0.9, 1.08),
    ("redis@embedded", 1.0, 0.86, 1.22),
    ("dict", 1.0, 0.97, 1.04),
]

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


def _ratio(each: Record, base: Record) -> Record:
    ratios = sorted(block / other for block, other in zip(each["blocks"], base["blocks"], strict=True))
    return {"to": base["subject"], "value": statistics.median(ratios), "low": ratios[0], "high": ratios[-1]}


def _is_base(other: Record, each: Record) -> bool:
    return (other["subject"], other["workload"], other["payload"]) == ("plain-file", each["workload"], each["payload"])


def noise() -> list[Record]:
    """An A/A run of four columns."""
    return [{"subject": name, "workload": "get-hit", "payload": "small", "value": value, "low": low, "high": high,
             "floor": max(high, 1 / low) - 1} for name, value, low, high in NOISE]  # fmt: skip


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
