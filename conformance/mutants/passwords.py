"""Wrong about who may see a password, and about whom it is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .hosted import Hosted

_log = logging.getLogger(__name__)


class Remote(Hosted):
    """Entries in a directory that stands for a server; there is nobody at any URL."""

    declares: dict[str, Any] = {**Hosted.declares, "scope": "network", "secrets": "kept"}

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[str]:
        with TemporaryDirectory() as directory:
            yield directory

    def __init__(self, location: Any, **options: Any) -> None:
        self.url = str(location) if "://" in location else ""
        if self.url:
            self.check(self.url)
            self.called = f"Remote({urlsplit(self.url).hostname})"
            return
        self.called = "Remote"
        place = Path(location, location.namespace.replace(":", "-"))
        place.mkdir(exist_ok=True)
        super().__init__(str(place), **options)

    def __repr__(self) -> str:
        return self.called

    def ask(self, statement: str, *arguments: Any) -> list[Any]:
        if self.url:
            raise self.unreachable()
        return super().ask(statement, *arguments)

    def close(self) -> None:
        if not self.url:
            super().close()

    # the steps, each of which some mutant gets wrong

    def check(self, url: str) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        if options.get("ssl_cert_reqs") == ["none"] or options.get("ssl_check_hostname") == ["false"]:
            raise ValueError("the URL turns certificate checks off")

    def unreachable(self) -> Exception:
        return ConnectionError(f"{self.called} does not answer")


class CallsItselfByItsUrl(Remote):
    """repr shows what it was made with.
    redis/lettuce#1405
    """

    caught_by = ("test_secrets.py::test_a_password_is_shown_nowhere",)

    def __repr__(self) -> str:
        return f"Remote({self.url!r})"


class LogsItsUrl(Remote):
    """Where it connects to is in the log of who looks closely.
    aio-libs-abandoned/aioredis-py#399
    """

    caught_by = ("test_secrets.py::test_a_password_is_shown_nowhere",)

    def check(self, url: str) -> None:
        _log.debug("connecting to %s", url)
        super().check(url)


class TellsItsUrl(Remote):
    """The error says where nobody answered.
    redisson/redisson#7032
    """

    caught_by = ("test_secrets.py::test_a_password_is_shown_nowhere",)

    def unreachable(self) -> Exception:
        return ConnectionError(f"unable to connect to {self.url}")


class TalksToAnyone(Remote):
    """Certificates are checked unless the URL says otherwise, and a URL is soon copied.
    MozillaFoundation/foundation.mozilla.org#6937
    """

    caught_by = ("test_secrets.py::test_unchecked_certificates_are_refused",)

    def check(self, url: str) -> None:
        pass
