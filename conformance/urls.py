"""The URL of a server, checked before anything connects, and shown without its password."""

from __future__ import annotations

import re
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

import redis

from .contract import ContractError

SCHEMES = ("redis", "rediss", "unix")


def shown(url: str) -> str:
    """``url`` as it may be printed: ``redis://user:***@host``. Also of text that is no URL, as a typo makes it so."""
    hidden = re.sub(r"(password=)[^&#]*", r"\1***", url, flags=re.IGNORECASE)
    before, at, after = hidden.rpartition("@")
    if not at:
        return hidden
    scheme, slashes, user = before.partition("://") if "://" in before else ("", "", before)
    name, colon, _ = user.partition(":")
    return f"{scheme}{slashes}{name}:***@{after}" if colon else f"{scheme}{slashes}***@{after}"


def checked(url: str) -> str:
    """``url``, where redis-py would take every part of it as it is meant.

    redis-py passes over what it does not understand: a database that is no number is database 0, no host is localhost.

    Raises:
        ContractError: says what is wrong with it, without its password.
    """
    if re.search(r"\s", url):
        _refuse(url, "it has white space in it")
    parts = _split(url)
    if parts.scheme not in SCHEMES or not url.startswith(f"{parts.scheme}://"):
        _refuse(url, f"it begins with none of {', '.join(f'{each}://' for each in SCHEMES)}")
    if parts.fragment or "@" in parts.path + parts.query:
        _refuse(url, "a password with / ? # or @ in it is written with %2F, %3F, %23 or %40")
    (_check_path if parts.scheme == "unix" else _check_host)(url, parts)
    _check_options(url)
    return url


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its message may hold a part of the password
        _refuse(url, "its host and port cannot be read; the port is a number up to 65535")
    return parts


def _check_path(url: str, parts: SplitResult) -> None:
    if not re.fullmatch(r"/.*[^/]", parts.path) or parts.hostname:
        _refuse(url, "the path of a socket is absolute, as in unix:///run/redis.sock")


def _check_host(url: str, parts: SplitResult) -> None:
    if not parts.hostname:
        _refuse(url, "it names no host, as in redis://localhost:6379")
    if parts.port == 0 or parts.netloc.endswith(":"):
        _refuse(url, "the port is a number from 1 to 65535")
    if not re.fullmatch(r"/?|/\d+", parts.path):
        _refuse(url, "what follows the host is the number of a database, as in redis://localhost:6379/0")


def _check_options(url: str) -> None:
    """Whether redis-py makes a connection of it: it knows which options there are. Nothing is connected yet."""
    try:
        redis.Redis.from_url(url).connection_pool.make_connection()
    except TypeError as error:
        name = re.search(r"argument '(\w+)'", str(error))
        _refuse(url, f"redis-py has no option {name[1]!r}" if name else "redis-py does not know its options")
    except (ValueError, redis.RedisError) as error:
        _refuse(url, str(error))


def _refuse(url: str, reason: str) -> NoReturn:
    raise ContractError(f"the backend {shown(url)!r} is no URL of a server: {reason}")
