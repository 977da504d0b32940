"""Wrong about kinds of entries and tasks while the server is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..subjects.tools import Tools


class AnswersAnyAge(Tools):
    """What is left from before the outage is answered for as long as it lasts.
    karpetrosyan/hishel#306
    """

    backend = "fakeredis"
    caught_by = (
        "test_kinds.py::test_while_the_server_is_gone_what_may_be_stale_is_answered_up_to_a_cap",
        "test_kinds.py::test_while_the_server_is_gone_what_was_found_is_answered_for_minutes",
    )

    def _get(self, _kind: str, key: str, default: Any) -> Any:
        return self.get(key, default)


class RunsByItself(Tools):
    """Where the server cannot be asked whether a task has run, each machine asks itself.
    MervinPraison/PraisonAI#4768
    """

    backend = "fakeredis"
    caught_by = ("test_run_once.py::test_no_task_runs_while_the_server_is_gone",)

    def run_once(self, agent: str, template: str, arguments: Any, fn: Callable[[], Any], **options: Any) -> Any:
        try:
            return super().run_once(agent, template, arguments, fn, **options)
        except ConnectionError:
            return fn()
