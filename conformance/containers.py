"""A server in a container, through testcontainers: imported late, as not everyone has it, nor an engine."""

# ruff: noqa: PLC0415 - testcontainers is an extra, and slow to import

from __future__ import annotations

import re
import time
from contextlib import closing
from importlib.util import find_spec
from typing import Any

import redis

from .processes import PATIENCE, PortTakenError, ServerError, await_answer


def lacking(image: str) -> tuple[str, str] | None:
    """Why no container of ``image`` can be started here, and what would change that."""
    if not find_spec("testcontainers"):
        return "testcontainers is not installed", "pip install 'testcontainers>=4.15'"
    from docker.errors import DockerException

    try:
        absent = _absent_images(image)
    except DockerException:
        return "no container engine answers", "sudo systemctl start docker"
    pulls = " && ".join(f"docker pull {each}" for each in absent)
    return (f"the engine has no image {', '.join(absent)}", pulls) if absent else None


class Container:
    """A container whose server is published on ``port`` of 127.0.0.1, with nothing kept on disk.

    Raises:
        PortTakenError: something else listens on ``port``.
        ServerError: the container did not start, or no server answers in it.
    """

    def __init__(self, image: str, port: int) -> None:
        from docker.errors import APIError

        self._container = _published(image, port)
        try:
            self._container.start()
        except APIError as error:
            self.end()
            taken = re.search("already (allocated|in use)", str(error))
            raise (PortTakenError if taken else ServerError)(f"{image} did not start: {error.explanation}") from error
        except (redis.RedisError, RuntimeError, TimeoutError) as error:
            self.end()
            raise ServerError(f"{image} runs no Redis that answers on port 6379; take an image that does") from error
        except BaseException:
            self.end()
            raise
        self.url = f"redis://{self._container.get_container_host_ip()}:{self._container.get_exposed_port(6379)}"

    def freeze(self) -> None:
        """Stop it in its tracks: connections stay open, nothing is answered."""
        self._container.get_wrapped_container().pause()

    def thaw(self) -> None:
        self._container.get_wrapped_container().unpause()

    def kill(self) -> None:
        """End it as a crash does, frozen or not: nothing is said to anyone."""
        self._container.get_wrapped_container().kill()

    def restart(self) -> None:
        """End it if it is still there, and start it on the same port with nothing on it."""
        self._container.get_wrapped_container().restart(timeout=0)
        await_answer(self.url, lambda client: bool(client.ping()), time.sleep)

    def end(self) -> None:
        """Remove it, in whatever state it is."""
        self._container.stop()


def _published(image: str, port: int) -> Any:
    from testcontainers.community.redis import PingWaitStrategy, RedisContainer
    from testcontainers.core.config import ConnectionMode
    from testcontainers.core.config import testcontainers_config as settings

    # where this process is in a container itself, testcontainers would look for the port on the gateway
    settings.connection_mode_override = settings.connection_mode_override or ConnectionMode.docker_host
    settings.tc_host_override = settings.tc_host_override or "127.0.0.1"
    container: Any = RedisContainer(image).with_command(["--save", "", "--appendonly", "no"])
    container.waiting_for(PingWaitStrategy().with_startup_timeout(int(PATIENCE)).with_poll_interval(0.05))
    container.ports["6379"] = ("127.0.0.1", port)  # with_bind_ports knows no address, and would publish to the network
    return container


def _absent_images(image: str) -> list[str]:
    from docker.errors import ImageNotFound
    from testcontainers.core.config import testcontainers_config as settings
    from testcontainers.core.docker_client import DockerClient

    absent = []
    with closing(DockerClient(timeout=5).client) as engine:
        for each in [image] if settings.ryuk_disabled else [image, settings.ryuk_image]:
            try:
                engine.images.get(each)
            except ImageNotFound:
                absent.append(each)
    return absent
