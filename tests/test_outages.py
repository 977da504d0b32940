"""Waiting for what a server that is back answers."""

from __future__ import annotations

from typing import Any, cast

import pytest

from conformance.judged import Judged
from conformance.outages import await_


class Answering:
    """Stands for a cache that answers so whenever it is asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def until(self, _read: object, _ends: object, _seconds: float) -> Any:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "never", "told"),
    [
        (None, None, "still None, not 1"),
        (None, 2, "still None, not 1"),
        (2, None, "still 2, not 1"),
        (2, 2, "2 was seen again"),
        (0, 0, "0 was seen again"),
    ],
)
def test_what_was_seen_again_is_what_was_never_to_be_seen(answer: object, never: object, told: str) -> None:
    with pytest.raises(AssertionError, match=f"^{told}$"):
        await_(cast("Judged", Answering(answer)), lambda: None, 1, never)
