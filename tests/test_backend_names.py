"""What may be named as a backend, and what a typo is answered with: never with a password in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.contract import ContractError
from conformance.servers import named
from conformance.turns import Turns
from conformance.urls import checked, shown


@pytest.mark.parametrize("text", ["embeded", "url", "redis", "", " container"])
def test_an_unknown_backend_lists_the_known_ones(text: str) -> None:
    """A typo is answered with what would be right."""
    with pytest.raises(ContractError, match=f"no backend {text!r}.*fakeredis, embedded, .*, or a URL"):
        named(text)


@pytest.mark.parametrize("image", ["", "Redis", "redis:8:2", "redis 8", "-redis", "redis:"])
def test_an_impossible_image_is_refused(image: str) -> None:
    """Before any engine is asked."""
    with pytest.raises(ContractError, match="cannot be the name of an image"):
        named("container", image)


@pytest.mark.parametrize("image", ["valkey/valkey:9.1.2", "localhost:5000/a/redis:8.2", f"redis@sha256:{'0' * 64}"])
def test_any_image_may_be_named(image: str) -> None:
    """Of any registry, by tag or digest."""
    assert named("container", image).title == f"image {image}"


def test_a_missing_engine_is_told_with_the_command_that_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing hangs, nothing is raised."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    pytest.importorskip("testcontainers")
    assert named("container").missing() == ("no container engine answers", "sudo systemctl start docker")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6379", "begins with none of redis://"),
        ("reddis://localhost", "begins with none of redis://"),
        ("redis:/u:s3cret@host", "begins with none of redis://"),
        ("u:s3cret@host:6379", "begins with none of redis://"),
        ("redis://", "names no host"),
        ("redis://:6379", "names no host"),
        ("redis://host:", "the port is a number"),
        ("redis://host:0", "the port is a number"),
        ("redis://host:65536", "the port is a number"),
        ("redis://host:63x9", "the port is a number"),
        ("redis://[::1", "cannot be read"),
        ("redis://ho st", "white space"),
        ("redis://host/first", "the number of a database"),
        ("redis://u:s3cret/x@host", "the port is a number"),
        ("redis://u:12#s3cret@host", "is written with"),
        ("redis://u:x://s3cret@host", "cannot be read"),
        ("redis://host?password=s3cret@host", "is written with"),
        ("redis://host?sokcet_timeout=1", "no option 'sokcet_timeout'"),
        ("redis://host?socket_timeout=soon", "Invalid value for 'socket_timeout'"),
        ("unix://run/redis.sock", "the path of a socket is absolute"),
        ("unix:///", "the path of a socket is absolute"),
    ],
)
def test_a_url_with_a_typo_is_refused_without_its_password(url: str, reason: str) -> None:
    """redis-py itself would take most of these for localhost, or for database 0."""
    with pytest.raises(ContractError, match=reason) as refused:
        named(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("redis://localhost", "redis://localhost"),
        ("redis://[::1]:6379/2?socket_timeout=1.5", "redis://[::1]:6379/2?socket_timeout=1.5"),
        ("rediss://user:s3cret@host:6380", "rediss://user:***@host:6380"),
        ("redis://:s3cret@host", "redis://:***@host"),
        ("redis://s3cret@host", "redis://***@host"),
        ("redis://user:s3c@s3cret@host", "redis://user:***@host"),
        ("unix:///run/redis.sock?password=s3cret&db=1", "unix:///run/redis.sock?password=***&db=1"),
    ],
)
def test_a_url_is_printed_without_its_password(url: str, printed: str) -> None:
    """Also where the password was put where the user belongs."""
    assert shown(checked(url)) == printed


@pytest.mark.parametrize(
    ("stats", "told"),
    [
        ({"skipped": [1, 2], "": [1], "deselected": [1]}, True),
        ({"skipped": [1, 2], "passed": [1]}, False),
        ({"skipped": [1], "xfailed": [1], "passed": []}, False),
        ({"deselected": [1]}, False),
    ],
)
def test_a_run_of_nothing_but_skips_says_so(stats: dict[str, list[int]], told: bool) -> None:  # noqa: FBT001 - by name
    """As when the server that was named does not answer: all is green."""
    said: list[str] = []
    reporter: Any = SimpleNamespace(stats=stats, write_line=lambda text, **_: said.append(text))
    Turns().pytest_terminal_summary(reporter)
    assert ["nothing was judged" in each for each in said] == [True] * told
