"""A file of requests is read as it was meant, or refused with what is wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.trace_files import TraceError, read
from bench.traces import Request


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1\n2\n*\n1\n", ["1", "2", "1"]),
        ("user:1\r\nuser:ä\r\n", ["user:1", "user:Ã¤"]),
        ("key,size,ttl\na,100,60\nb,7,\n", [Request("a", 100, 60.0), Request("b", 7)]),
        ('ttl,key\n60,"a,b"\n', [Request("a,b", ttl=60.0)]),
        ("\nKey, Size , TTL\na, 100, 60\n b ,7\n\n", [Request("a", 100, 60.0), Request("b", 7)]),
        ("key;size\na,b;5\n", [Request("a,b", 5)]),
        ("size\tkey\t\n5\ta\t\n", [Request("a", 5)]),
        ("key\na,b\n", ["a,b"]),
        ("\ufeffkey,size\na,5\n", [Request("a", 5)]),
        ("\ufeffa\nb\na\n", ["a", "b", "a"]),
        ("à\nÅ\nÃ\nx\x85\nx\n", [each.encode().decode("latin-1") for each in ["à", "Å", "Ã", "x\x85", "x"]]),
        (f"{'x' * 200_000}\na\n", ["x" * 200_000, "a"]),
        (f"key\n{'x' * 200_000}\n", ["x" * 200_000]),
    ],
    ids=[
        "lirs",
        "lines",
        "csv",
        "csv-quoted",
        "csv-of-a-spreadsheet",
        "semicolons",
        "tabs",
        "lines-with-a-name",
        "csv-marked",
        "lines-marked",
        "utf-8",
        "long-first-key",
        "long-key",
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_trace_file_is_read(tmp_path: Path, text: str, keys: list[Any], pack: Callable[[bytes], bytes]) -> None:
    """A key on each line, LIRS with its phases, or CSV with a column named key; gzipped or not."""
    path = tmp_path / "trace"
    path.write_bytes(pack(text.encode()))
    assert list(read(path)) == [each if isinstance(each, Request) else Request(each) for each in keys]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no requests"),
        (b"*\n\n", "no requests"),
        (b"key,size\na,1\n,2\n", "line 3 has no key"),
        (b"key,size\na,1\nb,-2\n", "line 3 has the size '-2'"),
        (
            b"key,size\na,ten\n",
            r"line 2 has the size 'ten'; it is a number of bytes from 1 to 4294967295, or 0, or left",
        ),
        (b"\nkey,ttl\n\na,soon\n", "line 4 has the ttl 'soon'; it is a number of seconds from"),
        (b"key,ttl\na,1e39\n", "line 2 has the ttl '1e39'"),
        (b"key,ttl\na,1e-50\n", "line 2 has the ttl '1e-50'"),
        (b"key,ttl\na,nan\n", "line 2 has the ttl 'nan'"),
        (b"key,size\na,b,5\n", "line 2 has more than 2 columns"),
        (b"time,id,size\n1,a,5\n", "first line, 'time,id,size', has columns, and none is named key"),
        (b"1;a\n", "has columns, and none is named key"),
        (gzip.compress(b"1\n2\n")[:-4], "ended before"),
    ],
    ids=[
        "empty",
        "phases-only",
        "no-key",
        "size-below-0",
        "size-in-words",
        "ttl-in-words",
        "ttl-too-long",
        "ttl-too-short",
        "ttl-not-a-number",
        "too-many-columns",
        "no-column-key",
        "no-first-line",
        "cut-off",
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """One line that names the file and what is wrong with it."""
    path = tmp_path / "trace"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=rf"{path}.*{reason}"):
        list(read(path))


def test_a_trace_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The name of the file is in the error."""
    with pytest.raises(TraceError, match="nowhere"):
        list(read(tmp_path / "nowhere"))
