"""What must not be shared with a parent process is made anew in the child."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary


def after_fork_in_child(renew: Callable[[], None]) -> None:
    """Have ``renew()`` called in every child forked from now on; where nothing forks, as on Windows, never."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)


_known: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()


def renew_after_fork(each: Any, renew: Callable[[Any], None]) -> None:
    """Have ``renew(each)`` called in every child forked from now on, as long as ``each`` lives."""
    _known[each] = renew


def _renew_all() -> None:
    for each, renew in list(_known.items()):
        renew(each)


after_fork_in_child(_renew_all)
