"""Who is judged in the sample results, by which promises, and with what outcome."""

# ruff: noqa: E501, PLR0913, PLR0917 - tables are read across

from __future__ import annotations

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
NEEDS = {"time": {"ttl": ["fixed", "per-entry"]}, "capacity": {"eviction": ["fifo", "lru"]}, "bulk": {"bulk": ["yes"]},
         "stats": {"stats": ["yes"]}, "one compute": {"get_or_set": ["plain", "single-flight"]}, "sharing": {"scope": ["host", "network"]}}  # fmt: skip

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


def subjects() -> list[Record]:
    caches = [_subject(*each, "cache") for each in CACHES]
    yardsticks = [
        _subject(name, f"bench.yardsticks:{name}", text, {"scope": scope}, None, "yardstick")
        for name, text, scope in YARDSTICKS
    ]
    for each in caches:
        if each["name"] == "redis@container":
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
    if (promise["group"] == "capacity" and "eviction" not in declares) or (
        promise["group"] == "sharing" and "scope" not in declares and "threads" not in promise["title"]
    ):
        return {"outcome": "not-offered"}
    return {"outcome": "pass", "seconds": 0.1}
