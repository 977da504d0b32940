"""What cannot be made, or lacks what it declares, is told once, in a line; what cannot be known is believed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

import pytest

from conformance import fitting
from conformance.columns import Column
from conformance.contract import ContractError, capabilities
from conformance.mutants.makes import Plain

CHECKOUT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds


class NoCapacity(Plain):
    declares: ClassVar = {"eviction": "lru"}


class NoClock(Plain):
    declares: ClassVar = {"clock": "injected"}


class NoLocation(Plain):
    declares: ClassVar = {"scope": "host"}


class NeedsAnUrl(Plain):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class Fails(Plain):
    def __init__(self) -> None:
        raise RuntimeError("no settings at /etc/mine.toml")


class Exits(Plain):
    def __init__(self) -> None:
        raise SystemExit(3)


class HalfBulk(Plain):
    declares: ClassVar = {"bulk": "yes"}

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return {each: self.entries[each] for each in keys if each in self.entries}


class NoStats(Plain):
    declares: ClassVar = {"stats": "yes"}


class NotAsynchronous(Plain):
    declares: ClassVar = {"asynchronous": "yes"}


class Later(Plain):
    """Asynchronous, and does not say so."""

    async def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key, default)


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function around a coroutine function, as many a decorator leaves it."""

    @wraps(function)
    def run(*args: Any) -> Any:
        return function(*args)

    return run


class Logged(Later):
    declares: ClassVar = {"asynchronous": "yes"}
    get = logged(Later.get)


class Delegating(Plain):
    """Has what it declares in another one."""

    declares: ClassVar = {"stats": "yes", "bulk": "plain"}

    def __getattr__(self, name: str) -> Any:
        if name in ("stats", "get_many", "set_many"):
            return print
        raise AttributeError(name)


class NotHere(Plain):
    def __init__(self) -> None:
        raise NotImplementedError("not on this system")


class Raises(Plain):
    """Is made, and goes wrong later: its promises tell."""

    declares: ClassVar = {"asynchronous": "yes"}

    def get(self, key: Any, default: Any = None) -> Any:
        raise KeyError(key, default)

    def close(self) -> None:
        raise OSError("it cannot be closed")


class Hangs(Plain):
    def __init__(self) -> None:
        asyncio.run(asyncio.sleep(PATIENCE))


def check(subject: type, seconds: float = PATIENCE) -> None:
    fitting.check([Column(f"mine:{subject.__name__}", subject, capabilities(subject))], seconds)


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        (NoCapacity, "cannot be made with capacity=1000: TypeError: "),
        (NoClock, "cannot be made with clock=...: TypeError: "),
        (NoLocation, "cannot be made with location=...: TypeError: "),
        (NeedsAnUrl, "cannot be made without arguments: TypeError: "),
        (Fails, "cannot be made without arguments: RuntimeError: no settings at /etc/mine.toml"),
        (Exits, "cannot be made without arguments: SystemExit: 3"),
        (HalfBulk, "declares bulk='yes' and lacks set_many, delete_many"),
        (NoStats, "declares stats='yes' and lacks stats"),
        (NotAsynchronous, "declares asynchronous='yes', and what its get answers cannot be awaited"),
        (Later, "it declares {'asynchronous': 'yes'} then"),
    ],
)
def test_what_does_not_fit_is_told(subject: type, says: str) -> None:
    with pytest.raises(ContractError) as error:
        check(subject)
    assert f"{__name__}:{subject.__name__} " in str(error.value)
    assert says in str(error.value)


@pytest.mark.parametrize("subject", [Plain, Logged, Delegating, NotHere, Raises])
def test_what_fits_or_cannot_be_known_is_believed(subject: type) -> None:
    check(subject)


def test_what_hangs_when_it_is_made_is_left_to_the_watchdog() -> None:
    """That ends each promise with a patience of its own."""
    check(Hangs, seconds=0.05)


def test_it_is_a_usage_error() -> None:
    """Exit status 4 and one line, before anything is judged."""
    tests = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider", "-q"]
    command += [str(CHECKOUT / "conformance" / "test_conduct.py"), f"--cache={__name__}:Fails"]
    run = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=False)
    assert run.returncode == pytest.ExitCode.USAGE_ERROR, run.stdout
    assert run.stderr.split() == (
        f"ERROR: {__name__}:Fails cannot be made without arguments: RuntimeError: no settings at /etc/mine.toml".split()
    )
