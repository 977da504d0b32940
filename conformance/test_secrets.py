"""Secrets: a password in the URL of the server is for the server alone, and certificates are checked."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from .contract import needs
from .factory import NewCache
from .strategies import refused

SECRET = "s3cret-0f1e2d3c"  # noqa: S105 - of nobody
#: Where a URL may have a password; nobody listens on this port.
PLACES = (
    "redis://ann:{secret}@127.0.0.1:{port}",
    "redis://:{secret}@127.0.0.1:{port}/1",
    "redis://127.0.0.1:{port}?password={secret}",
    "rediss://ann:{secret}@127.0.0.1:{port}",
    "redis://ann:{secret}@127.0.0.1:{port}/?no_such_option=1",
    "redis://ann:{secret}@127.0.0.1:{port}0000",
)
UNCHECKED = ("ssl_cert_reqs=none", "ssl_check_hostname=false")
OPERATIONS: tuple[Callable[[Any], Any], ...] = (
    lambda cache: cache.get("a"),
    lambda cache: cache.set("a", 1),
    lambda cache: cache.delete("a"),
    lambda cache: cache.clear(),
)


@needs(scope="network", secrets="kept")
def test_a_password_is_shown_nowhere(
    new_cache: NewCache, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of a URL whose server does not answer, or that is none: no repr, error, log record or print has its password."""
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    for place in PLACES:
        url = place.format(secret=SECRET, port=free_port())
        told = said(new_cache, url)
        assert shown(told, caplog, capfd) == [], f"of {place}"


@needs(scope="network", secrets="kept")
def test_the_password_of_a_server_that_answers_is_shown_nowhere(
    new_cache: NewCache, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whether it is the right one, which lets the cache in, or a wrong one, which is told."""
    caplog.set_level(logging.DEBUG)
    with user(new_cache) as url:
        for place, right in ((url, True), (url.replace(SECRET, f"{SECRET}x"), False)):
            told = said(new_cache, place)
            assert any("Error" in each or "Denied" in each for each in told) != right, "not let in, or not told"
            assert shown(told, caplog, capfd) == []


@needs(scope="network", secrets="kept")
def test_unchecked_certificates_are_refused(new_cache: NewCache) -> None:
    """A rediss:// URL that turns certificate checks off makes no cache: who means it says so in code."""
    url = f"rediss://127.0.0.1:{free_port()}"
    close(new_cache.driven(new_cache.at(url)))
    for option in UNCHECKED:
        assert refused(lambda option=option: new_cache.at(f"{url}?{option}")), option  # type: ignore[misc]


def said(new_cache: NewCache, url: str) -> list[str]:
    """All that a cache at ``url`` tells of itself and of what goes wrong."""
    told: list[str] = []
    with noted(told):
        plain = new_cache.at(url)
        told += [repr(plain), str(plain), f"{plain}"]
        cache = new_cache.driven(plain)
        for operation in OPERATIONS:
            with noted(told):
                operation(cache)
        close(cache)
    return told


@contextmanager
def noted(told: list[str]) -> Iterator[None]:
    """Add what is told of an error, and of those behind it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be shown
        told += [*traceback.format_exception(error), repr(error)]


def shown(told: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Where the password is."""
    printed = capfd.readouterr()
    everything = [*told, caplog.text, *(repr(each.args) for each in caplog.records), printed.out, printed.err]
    return [each for each in everything if SECRET in each]


@contextmanager
def user(new_cache: NewCache) -> Iterator[str]:
    """The URL by which a user of its own, with a password, is let in on the server under test."""
    server = new_cache.column.server
    parts = urlsplit(server.url if server is not None else "")
    if server is None or parts.scheme != "redis" or "@" in parts.netloc:
        pytest.skip(f"{new_cache.name}: no user can be made on this server; --backend=embedded can")
    with closing(server.connect()) as administrator:
        administrator.acl_setuser("cacheproof", enabled=True, passwords=[f"+{SECRET}"], keys=["*"], commands=["+@all"])
        try:
            yield parts._replace(netloc=f"cacheproof:{SECRET}@{parts.netloc}").geturl()
        finally:
            administrator.acl_deluser("cacheproof")


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def close(cache: Any) -> None:
    """If it can be."""
    getattr(cache, "close", bool)()
