"""The yardsticks of the benchmark: a bare socket and a bare file."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.yardsticks import NoSocketError, PlainFile, RawSocket, RawStreams


@pytest.fixture
def scripted() -> Iterator[Any]:
    """A server that answers each request with the next of ``replies``, a byte at a time, and keeps what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    script = SimpleNamespace(replies=[b"+OK\r\n"], sent=[], url=f"redis://127.0.0.1:{listener.getsockname()[1]}/3")

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := connection.recv(65_536):
                script.sent.append(request)
                for byte in script.replies.pop(0):
                    connection.sendall(bytes([byte]))

    server = threading.Thread(target=serve)
    server.start()
    yield script
    listener.close()
    server.join()


def _located(url: str) -> Any:
    location = type("Location", (str,), {"namespace": "ns:"})
    return location(url)


def test_the_raw_socket_speaks_resp(scripted: Any) -> None:
    """Commands as the protocol has them, in its namespace; replies put together however they arrive."""
    subject = RawSocket(_located(scripted.url))
    scripted.replies += [b"+OK\r\n", b"$3\r\na\r\n\r\n", b"$-1\r\n", b":1\r\n", b"+OK\r\n", b":2\r\n"]
    scripted.replies += [b"*3\r\n$3\r\na\r\n\r\n$-1\r\n$2\r\nbc\r\n"]
    subject.set("key", b"a\r\n")
    assert subject.get("key") == b"a\r\n"
    assert subject.get("other", "default") == "default"
    assert subject.delete("key") is True
    subject.set_many({"a": b"1", "b": b""})
    assert subject.delete_many(["a", "b"]) == 2
    assert subject.get_many("abc") == {"a": b"a\r\n", "c": b"bc"}
    subject.close()
    assert scripted.sent == [
        b"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n",
        b"*3\r\n$3\r\nSET\r\n$6\r\nns:key\r\n$3\r\na\r\n\r\n",
        b"*2\r\n$3\r\nGET\r\n$6\r\nns:key\r\n",
        b"*2\r\n$3\r\nGET\r\n$8\r\nns:other\r\n",
        b"*2\r\n$3\r\nDEL\r\n$6\r\nns:key\r\n",
        b"*5\r\n$4\r\nMSET\r\n$4\r\nns:a\r\n$1\r\n1\r\n$4\r\nns:b\r\n$0\r\n\r\n",
        b"*3\r\n$3\r\nDEL\r\n$4\r\nns:a\r\n$4\r\nns:b\r\n",
        b"*4\r\n$4\r\nMGET\r\n$4\r\nns:a\r\n$4\r\nns:b\r\n$4\r\nns:c\r\n",
    ]


def test_raw_streams_speak_resp(scripted: Any) -> None:
    """As the raw socket does, one coroutine after the other."""
    subject = RawStreams(_located(scripted.url))
    scripted.replies += [b"+OK\r\n", b"$3\r\na\r\n\r\n", b"$-1\r\n", b":1\r\n", b"-OOM no room\r\n"]

    async def talk() -> list[Any]:
        await subject.set("key", b"a\r\n")
        answers = [await subject.get("key"), await subject.get("other", "default"), await subject.delete("key")]
        with pytest.raises(ConnectionError, match="OOM no room"):
            await subject.set("key", b"value")
        await subject.close()
        return answers

    assert asyncio.run(talk()) == [b"a\r\n", "default", True]
    assert scripted.sent[:2] == [
        b"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n",
        b"*3\r\n$3\r\nSET\r\n$6\r\nns:key\r\n$3\r\na\r\n\r\n",
    ]


def test_the_raw_socket_says_what_the_server_refused(scripted: Any) -> None:
    """An error of the server is never timed as an answer."""
    subject = RawSocket(_located(scripted.url))
    scripted.replies += [b"-OOM command not allowed\r\n"]
    with pytest.raises(ConnectionError, match="OOM command not allowed"):
        subject.set("key", b"value")
    subject.close()


def test_a_server_without_a_plain_socket_has_no_floor() -> None:
    """TLS is more than a socket, and fakeredis has none."""
    with pytest.raises(NoSocketError, match="asks for TLS"):
        RawSocket(_located("rediss://127.0.0.1:1"))
    with pytest.raises(NoSocketError, match="in this process"):
        RawSocket(_located(""))


def test_the_plain_file_is_shaped_as_a_subject(tmp_path: Path) -> None:
    """get, set, delete and clear, on bytes."""
    subject = PlainFile(str(tmp_path))
    subject.set("key", b"value")
    assert (subject.get("key"), subject.get("other"), subject.get("other", 1)) == (b"value", None, 1)
    assert (subject.delete("key"), subject.delete("key")) == (True, False)
    subject.set_many({"key": b"value", "other": b""})
    assert subject.get_many(["key", "absent"]) == {"key": b"value"}
    assert subject.delete_many(["other", "absent"]) == 1
    subject.clear()
    assert subject.get("key") is None
