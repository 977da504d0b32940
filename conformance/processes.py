"""A Redis or Valkey server as a process of ours: on a free loopback port, gone with us even when we are killed."""

# ruff: noqa: S603 - the binary is the one the user asked for

from __future__ import annotations

import os
import re
import secrets
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 10.0  # seconds a server may take to answer, or to go
ATTEMPTS = 20
LOWEST_PORT, PORTS = 10_000, 20_000  # below where the system takes client ports from, so that none is in the way

#: Runs a server until a line, or the end of our life, arrives on standard input; then nothing of it is left.
SUPERVISOR = """
directory=$1; shift
"$@" 2>"$directory/stderr" &
echo $!
exec >&-
read -r _
kill -9 $!
wait
rm -rf "$directory"
"""


class ServerError(RuntimeError):
    """A server that did not start, or has gone."""


class PortTakenError(ServerError):
    """The port asked for belongs to someone else."""


T = TypeVar("T")


def version_of(binary: str) -> str | None:
    """``Valkey 9.1.2``; None where the binary does not run on this system."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(r"(\w+) server v=([\d.]+)", said)
    return f"{found[1]} {found[2]}" if found else None


def on_a_free_port(start: Callable[[int], T]) -> T:
    """``start(port)`` with one port after the other until the server could bind it: asking first would be a race."""
    for _ in range(ATTEMPTS):
        try:
            return start(LOWEST_PORT + secrets.randbelow(PORTS))  # not random's: tests seed that one
        except PortTakenError:
            continue
    raise ServerError(f"{ATTEMPTS} ports from {LOWEST_PORT} to {LOWEST_PORT + PORTS - 1} on 127.0.0.1 are all taken")


def await_answer(url: str, answers: Callable[[redis.Redis], bool], meanwhile: Callable[[float], None]) -> None:
    """Wait until ``answers(client)`` is true; ``meanwhile(seconds)`` passes the time between two attempts.

    Raises:
        ServerError: it was not within ``PATIENCE`` seconds.
    """
    deadline = time.monotonic() + PATIENCE
    with redis.Redis.from_url(url, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
        while time.monotonic() < deadline:
            try:
                if answers(client):
                    return
            except redis.RedisError:
                pass  # not listening yet, or still loading
            meanwhile(0.01)
    raise ServerError(f"{url} did not answer within {PATIENCE:g} s")


class Process:
    """A server: ``pid``, ``port`` on 127.0.0.1, and a ``directory`` of its own that goes with it.

    Its parent is a shell that waits for us, and not we: so it is also ended when this process is killed.

    Raises:
        PortTakenError: something else listens on ``port``.
        ServerError: the server ended, or did not answer in time; with the end of its log.
    """

    def __init__(self, binary: str, port: int, *options: str) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}"
        self._binary = binary
        self._options = options
        self._begin()

    def freeze(self) -> None:
        """Stop it in its tracks: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash does: nothing is said to anyone, and the port is closed when this returns."""
        self._signal(signal.SIGKILL)
        if not self._ended(PATIENCE):
            raise ServerError(f"{self._binary}, process {self.pid}, is still there {PATIENCE:g} s after SIGKILL")

    def restart(self) -> None:
        """End it if it is still there, and start another on the same port, empty. Raises as ``Process`` does."""
        self.end()
        self._begin()

    def end(self) -> None:
        """End it in whatever state it is, with its directory; a second time does nothing."""
        if self._supervisor.returncode is None:
            self._supervisor.communicate(b"\n", timeout=PATIENCE)  # a line, as a forked child may hold the pipe open

    def _begin(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="cacheproof-server-"))
        self._supervisor = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISOR, "cacheproof", str(self.directory), *self._command()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; the server goes when we say so
        )
        self._output = cast("IO[bytes]", self._supervisor.stdout)
        self.pid = int(self._output.readline())
        try:
            await_answer(self.url, self._is_ours, self._check_alive)
        except BaseException:
            self.end()
            raise

    def _command(self) -> list[str]:
        listen = ["--bind", "127.0.0.1", "--port", str(self.port)]
        keep = ["--save", "", "--appendonly", "no", "--dir", str(self.directory)]
        # standard output stays silent, and open for as long as the server lives: _ended looks at it
        return [self._binary, *listen, *keep, "--logfile", str(self.directory / "log"), *self._options]

    def _is_ours(self, client: redis.Redis) -> bool:
        """Whether the one that answers on the port is the one we started."""
        return bool(client.info("server")["process_id"] == self.pid)

    def _check_alive(self, seconds: float) -> None:
        if self._ended(seconds):
            raise self._failure()

    def _ended(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def _signal(self, number: signal.Signals) -> None:
        if self._ended(0):
            raise ServerError(f"{Path(self._binary).name} has gone already; restart() brings it back")
        os.kill(self.pid, number)

    def _failure(self) -> ServerError:
        said = [file.read_text(errors="replace").strip() for file in sorted(self.directory.iterdir())]
        if "Address already in use" in "".join(said):
            return PortTakenError(
                f"port {self.port} on 127.0.0.1 is taken by another process; end it, or use another port"
            )
        return ServerError(f"{self._binary} ended as it started: {' '.join(' '.join(said).split()[-60:])}")
