"""What a peer may ask of the server it is judged on; what is missing makes it "not run" there."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from ...contract import Location
from ...processes import ServerError


def address(location: Location) -> SplitResult:
    """Where the server is, for a peer that makes its own connection.

    Raises:
        ServerError: it lives inside this process, and has no address.
    """
    if not location:
        raise ServerError("it takes the address of a server, and fakeredis has none; use --backend=embedded")
    return urlsplit(location)


def whole(seconds: float) -> int:
    """A ttl, for a peer that takes an integer.

    Raises:
        ValueError: it has a fraction, or is no number.
    """
    if seconds != int(seconds):
        raise ValueError(f"ttl {seconds!r} is no whole number of seconds, and nothing else can be given")
    return int(seconds)


def refuse_to_flush(client: Any) -> None:
    """For a peer whose ``clear`` is FLUSHDB, which takes everybody's keys.

    Raises:
        ServerError: there are keys that are not ours.
    """
    if any(not key.startswith(b"cacheproof:") for key in client.scan_iter(count=1000)):
        raise ServerError("its clear() is FLUSHDB, and the server holds keys that are not ours; use --backend=embedded")
