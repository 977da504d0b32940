"""Forked children that never come back into the test."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def forked(holds: Callable[[], object]) -> int:
    """The pid of a child that ends with status 0 if ``holds()``, and with 1 if it does not, or raises, saying what."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        status = 0 if holds() else 1
    except BaseException:  # noqa: BLE001  # none may come back into the test
        traceback.print_exc()
    finally:
        os._exit(status)


def ended_well(child: int) -> bool:
    """Whether ``child`` ends with status 0; waits until it ends."""
    return os.waitpid(child, 0)[1] == 0
