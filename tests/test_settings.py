"""Settings from the environment and .env: defaults, precedence, and a wrong one told by its name."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from unset_settings import NAMES, nothing_set

from cache_impl import BadSetting, Settings, open_cache

__all__ = ["nothing_set"]  # a fixture

CHECKOUT = Path(__file__).parent.parent
SECRET = "s3cr3t-and-long-enough"  # noqa: S105  # to look for where it must not be


def refusal(operation: Callable[[], object]) -> str:
    """What is said of a setting that cannot be; in no part of it is there a secret."""
    with pytest.raises(BadSetting) as refused:
        operation()
    assert SECRET not in "".join(traceback.format_exception(refused.value)) + repr(refused.value.args)
    return str(refused.value)


def test_every_setting_is_in_the_example_with_its_default() -> None:
    """And the example itself is accepted."""
    example = CHECKOUT / ".env.example"
    assert Settings.read({}, example) == Settings.read({}) == Settings()
    named = re.findall(r"^(\w+)=", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(NAMES)


def test_the_environment_comes_before_the_file() -> None:
    """Each where it says something; nothing in the file is expanded or set."""
    Path(".env").write_text(
        "# ours\nexport REDIS_DEADLINE=0.5\nCACHE_TTL='60'\nREDIS_PASSWORD=\"a$HOME#${HOME}\"\nOTHER=1\nUSE_REDIS\n",
        encoding="utf-8",
    )
    settings = Settings.read({"CACHE_TTL": "30", "REDIS_DEADLINE": ""})
    assert (settings.redis_deadline, settings.ttl, settings.redis_password) == (0.5, 30.0, "a$HOME#${HOME}")
    assert settings.use_redis
    assert "OTHER" not in os.environ


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "on"])
def test_flags_are_read_as_people_write_them(word: str) -> None:
    """In either case."""
    assert Settings.read({"CACHE_MIRROR": word, "USE_REDIS": "No"}) == Settings(mirror=True, use_redis=False)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("USE_REDIS", "ja", "true or false"),
        ("REDIS_DEADLINE", "abc", "seconds above 0"),
        *[("REDIS_DEADLINE", value, "seconds above 0") for value in ("0", "-1", "nan", "inf", "0,25")],
        ("REDIS_POOL_SIZE", "0", "1 or more"),
        ("CACHE_TTL", "-5", "seconds above 0"),
        ("CACHE_MEMORY_CAPACITY", "1e3", "0 or more"),
        ("REDIS_STALE", "-1", "0 or more"),
        ("REDIS_EARLY_REFRESH", "inf", "0 or more"),
        ("CACHE_BREAKER_FAILURE_THRESHOLD", "²", "1 or more"),
        *[(name, "2000000", "below 1,000,000") for name in ("REDIS_DEADLINE", "REDIS_LEASE")],
        *[(name, "1e20", "below 8,796,093,022,208") for name in ("CACHE_TTL", "CACHE_MEMORY_TTL")],
        ("CACHE_BREAKER_RECOVERY_TIME", "soon", "seconds above 0"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, right: str) -> None:
    """With where it was found, and what would be right."""
    said = refusal(lambda: Settings.read({name: value}))
    assert said.startswith(f"{name}={value!r} in the environment: it is ")
    assert right in said
    Path(".env").write_text(f"{name}={value}\n", encoding="utf-8")
    assert f"{name}={value!r} in .env" in refusal(open_cache)


def test_a_name_with_a_typo_is_refused_with_the_right_one() -> None:
    """Others that begin as ours do are named; what is clearly somebody else's is left alone."""
    for wrong, right in [
        ("CACHE_SINGING_KEY", "CACHE_SIGNING_KEY"),
        ("REDIS_DEADLNE", "REDIS_DEADLINE"),
        ("USE_REDS", "USE_REDIS"),
        ("CACHE_DIRECTROY", "CACHE_DIRECTORY"),
    ]:
        assert refusal(lambda wrong=wrong: Settings.read({wrong: SECRET})).endswith(f"did you mean {right}?")
    with pytest.warns(UserWarning, match="CACHE_DIR in the environment .* nearest one is CACHE_DIRECTORY"):
        Settings.read({"CACHE_DIR": "x"})
    Settings.read({"REDIS_HOST": "h", "REDIS_PORT": "1", "REDIS_NAME": "n", "DATABASE_URL": "d", "PATH": "/bin"})


@pytest.mark.parametrize("content", [b"REDIS_PASSWORD='" + SECRET.encode(), b"CACHE_TTL=\xff", None])
def test_a_file_that_cannot_be_read_is_refused(content: bytes | None) -> None:
    """A line that is none, bytes that are no text, a directory; what stands there is not shown."""
    if content is None:
        Path(".env").mkdir()
    else:
        Path(".env").write_bytes(content)
    assert ".env" in refusal(open_cache)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        f"reddis://:{SECRET}@h",
        f"redis://h?password=x@{SECRET}&db=one",
        f"rediss://:{SECRET}@h?ssl_cert_reqs=none",
    ],
)
def test_a_url_that_cannot_be_is_refused_by_name(url: str) -> None:
    """And no password in what is said."""
    assert refusal(lambda: open_cache(Settings.read({"REDIS_URL": url}))).startswith("REDIS_URL: server ")


def test_no_secret_is_shown() -> None:
    """In no repr, of settings or cache, and in no health."""
    environment = {
        "REDIS_URL": f"redis://ann:{SECRET}@127.0.0.1:1",
        "REDIS_PASSWORD": SECRET,
        "CACHE_SIGNING_KEY": SECRET,
        "REDIS_DEADLINE": "0.5",
    }
    settings = Settings.read(environment)
    assert repr(settings) == "Settings(redis_url=..., redis_password=..., redis_deadline=0.5, signing_key=...)"
    with open_cache(settings) as cache:
        cache.set("a", 1)
        assert SECRET not in repr(cache) + str(cache.health()) + repr(cache.health()) + repr(settings)
    assert "5 characters" in refusal(lambda: Settings.read({"CACHE_SIGNING_KEY": "short"}))
