"""The Redis protocol, RESP, as it is read and written."""

from __future__ import annotations

import pytest

from cache_impl.resp import Reader, packed


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_replies_are_read_in_whatever_pieces_they_come(size: int) -> None:
    """Cut anywhere, also between CR and LF."""
    sent = b"+OK\r\n$-1\r\n:-7\r\n$5\r\na\r\nb\x00\r\n*3\r\n$0\r\n\r\n*-1\r\n*1\r\n:1\r\n-ERR it failed\r\n$0\r\n\r\n"
    pieces = iter([sent[start : start + size] for start in range(0, len(sent), size)])
    replies = Reader(lambda _most: next(pieces)).replies(7)
    assert str(replies[5]) == "ERR it failed"
    assert [*replies[:5], replies[6]] == [b"OK", None, -7, b"a\r\nb\x00", [b"", None, [1]], b""]


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
def test_strings_of_an_array_are_read_in_whatever_pieces_they_come(size: int) -> None:
    """Among them none, one with the end of a line in it, and what is no string."""
    sent = b"*6\r\n$1\r\na\r\n$-1\r\n$2\r\n\r\n\r\n:5\r\n$0\r\n\r\n$1\r\nb\r\n+OK\r\n"
    pieces = iter([sent[start : start + size] for start in range(0, len(sent), size)])
    assert Reader(lambda _most: next(pieces)).replies(2) == [[b"a", None, b"\r\n", 5, b"", b"b"], b"OK"]


def test_commands_are_packed_as_the_protocol_says() -> None:
    """Lengths are in bytes, and nothing is cut at white space."""
    commands = [(b"SET", b"a key", b"\r\n"), (b"GET", b"")]
    assert packed(commands) == b"*3\r\n$3\r\nSET\r\n$5\r\na key\r\n$2\r\n\r\n\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n"
