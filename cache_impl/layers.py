"""Where a frame goes: to the server, or, while that cannot be reached, to the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import RLock
from typing import Any

from .breaker import CircuitBreaker
from .errors import CircuitOpen, Overloaded, Unavailable
from .forks import renew_after_fork
from .frame import CLAIM, Frames
from .journal import NOTHING, Journal, Row
from .patience import NotCounted, least_left, most_in_vain, vain
from .versioned import Versioned, Write
from .versions import REMEMBERED, Versions

REACHABLE = ("closed", "disabled")  # states of the breaker in which operations go to the server
_AWAY: Any = object()  # in place of the server's answer


class Layers:
    """Frames on ``server``, and in ``journal`` while ``breaker`` is not closed, or a call fails; see ``Store``.

    A key that waits to be replayed is answered from the journal, whatever the server may hold. ``alarm`` is
    called when there is something to replay.
    """

    def __init__(  # noqa: PLR0913  # what it is made of
        self,
        server: Versioned,
        journal: Journal,
        breaker: CircuitBreaker,
        frames: Frames,
        versions: Versions,
        *,
        alarm: Callable[[], object],
    ) -> None:
        self.server, self._journal, self._breaker = server, journal, breaker
        self._frames, self._versions, self._alarm = frames, versions, alarm
        self.waits = server.waits | journal.waits
        self._served = dict.fromkeys(self.waits, 0)
        self.trouble = ""  # why the server was away when it last was
        self._renew()
        renew_after_fork(self, Layers._renew)

    def served(self) -> dict[str, int]:
        """How many looks and writes each tier has answered so far."""
        return dict(self._served)

    @property
    def reachable(self) -> bool:
        """Whether operations go to the server; one may yet fail."""
        return self._breaker.state in REACHABLE

    def find(self, key: bytes) -> bytes | None:
        if self._breaker.state not in REACHABLE:  # a call less than ``reachable``
            self._by_file()
            frame = self._journal.answer(key)
            return frame if frame is None or least_left.get() <= 0 else self._lasting(frame)
        row = self._waiting(self._journal.find(key))
        answer = self._by_file() if row.pending else self._ask(self.server.find, key)
        return self._kept(row) if answer is _AWAY else self._seen(answer)

    def read(self, keys: Iterable[bytes]) -> list[bytes | None]:
        wanted = list(keys)
        if not self.reachable:
            self._by_file()
            found = self._journal.answers(wanted)
            return found if least_left.get() <= 0 else list(map(self._lasting, found))
        rows = dict(zip(wanted, map(self._waiting, self._journal.read(wanted)), strict=True))
        asked = [key for key, row in rows.items() if not row.pending]
        answer = self._ask(self.server.read, asked) if asked else []
        frames = {} if answer is _AWAY else dict(zip(asked, map(self._seen, answer), strict=True))
        return [frames.get(key) if key in frames else self._kept(rows[key]) for key in wanted]

    def put(self, payloads: Mapping[bytes, bytes], expires: float, now: float) -> None:
        """Store encoded values."""
        if not payloads:
            return
        if self._breaker.state in REACHABLE:
            writes = {key: Write(payload, expires) for key, payload in payloads.items()}
            answer = self._ask(self.server.put, writes, now)
            if answer is not _AWAY:
                self._journal.settle(answer[1])
                return
        else:
            self._by_file()
        self._journal.put(payloads, expires)
        self._alarm()

    def take(self, keys: Iterable[bytes]) -> list[bytes | None]:
        unwanted = list(keys)
        if not unwanted:
            return []
        if self.reachable:
            rows, now = self._journal.read(unwanted), self.server.clock()
            answer = self._ask(self.server.put, dict.fromkeys(unwanted, Write(None, now + REMEMBERED)), now)
            if answer is not _AWAY:
                self._journal.settle(answer[1])
                return [row.frame if row.pending else frame for row, frame in zip(rows, answer[0], strict=True)]
        else:
            self._by_file()
        before = self._journal.bury(unwanted)
        self._alarm()
        return before

    def lease(self, key: bytes, over: bytes | None, expires: float, now: float) -> tuple[bytes, bool]:
        """Claim ``key`` where no value and no claim but ``over`` lies; what lies there then, and whether that is ours.

        Made while the server is away, a claim is but a version: what is written from now on is newer.
        """
        token, row = os.urandom(16), self._waiting(self._journal.find(key))
        answer = self._by_file() if row.pending else self._ask(self.server.lease, key, token, over, expires, now)
        if answer is not _AWAY:
            self._seen(answer)
            return answer, token in answer
        if row.frame is not None and self._frames.lives(row.frame, now) and self._frames.proven(key, row.frame):
            return row.frame, False
        return self._frames.pack(key, b"", expires, self._versions.next(), CLAIM), True

    def confirmed(self, key: bytes, operation: Callable[..., Any], *arguments: Any) -> Any:
        """The server's own answer to ``operation(key, *arguments)``, where it knows of the latest writes.

        Raises:
            Unavailable: it does not, or does not answer. CircuitOpen: it is not asked.
        """
        if self._waiting(self._journal.find(key)).pending:
            raise Unavailable("the server has not heard of the latest deletes yet; no task is run until it has")
        answer = self._ask(operation, key, *arguments)
        if answer is not _AWAY:
            return answer
        refused = "no task is run while the server is away, as nobody can tell who else runs it"
        raise Unavailable(refused) if self.reachable else CircuitOpen(refused, self._breaker.retry_after)

    def swap(self, key: bytes, old: bytes, new: bytes, expires: float, now: float) -> bool:
        _, _, version, token = self._frames.unpack(key, old)
        write = Write(bytes(self._frames.unpack(key, new)[3]), expires, self._frames.took(key, new))
        if not token:
            self._journal.put_late(key, write, version)
            self._alarm()
            return True
        stored = self._ask(self.server.redeem, key, old, write, now)
        if stored is not _AWAY and stored:  # else nobody here can tell what happened to the claim meanwhile
            self._journal.settle(stored)
            return True
        return False

    def drop(self, key: bytes, old: bytes) -> bool:
        kind, _, _, token = self._frames.unpack(key, old)
        if kind == CLAIM and not token:
            return True
        return self._ask(self.server.drop, key, old) is True

    def sweep(self, now: float) -> int:
        del now  # the server does so by itself, and what is to be replayed stays
        return 0

    def keys(self, now: float) -> Iterator[bytes]:
        answer = self._ask(lambda: list(self.server.keys(now)))
        rows, cleared = self._journal.held()
        if answer is not _AWAY and not cleared:
            yield from (key for key in answer if not rows.get(key, NOTHING).pending)
        for key, row in rows.items():
            answers = row.pending or (self._journal.mirror and answer is _AWAY)
            if answers and row.frame is not None and self._frames.lives(row.frame, now):
                yield key

    def size(self, now: float) -> int:
        return sum(1 for _ in self.keys(now))

    def clear(self) -> None:
        away = self._ask(self.server.clear) is _AWAY
        self._journal.clear(pending=away)
        if away:
            self._alarm()

    def close(self) -> None:
        self.server.close()
        self._journal.close()

    def _ask(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        """The server's answer; ``_AWAY`` if it has none. What is no outage is raised: a wrong password, above all."""
        if not self.reachable or vain.get() >= most_in_vain.get():
            return self._by_file()
        ticket = self._breaker.admit()
        if ticket is None:
            return self._by_file()
        try:
            answer = operation(*arguments)
        except Unavailable as error:
            self.trouble = str(error)
            ticket.failure(error)
            return self._given_up()
        except Overloaded:
            ticket.failure(NotCounted())
            return self._given_up()
        except BaseException:
            ticket.failure(NotCounted())
            raise
        ticket.success()
        with self._counting:
            self._served["redis"] += 1
        return answer

    def _given_up(self) -> Any:
        vain.set(vain.get() + 1)
        return self._by_file()

    def _by_file(self) -> Any:
        with self._counting:
            self._served["file"] += 1
        self._alarm()  # in a forked child, nobody looks for the server before
        return _AWAY

    def _renew(self) -> None:
        self._counting = RLock()

    def _waiting(self, row: Row) -> Row:
        if row.pending:
            self._alarm()  # perhaps whoever wrote it is gone
            return row
        return row if self._journal.mirror else NOTHING

    def _kept(self, row: Row) -> bytes | None:
        """What the file answers with."""
        return row.frame if row.pending and self.reachable else self._lasting(row.frame)

    def _lasting(self, frame: bytes | None) -> bytes | None:
        """``frame``, if it lives long enough: while the server is away, it may have been changed there."""
        least, known = least_left.get(), self._frames.peek(frame)
        return frame if least <= 0 or (known is not None and known.expires - self.server.clock() > least) else None

    def _seen(self, frame: bytes | None) -> bytes | None:
        known = self._frames.peek(frame) if frame is not None else None
        if known is not None:
            self._versions.seen(known.version)
        return frame
