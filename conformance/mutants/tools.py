"""Wrong about what is kept of tools, and about what is run once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .tooled import MISSING, Tooled


class ForgetsTheModel(Tooled):
    """An embedding is that of its content, whichever model made it.
    spiceai/spiceai#7275
    """

    caught_by = (
        "test_kinds.py::test_an_embedding_is_that_of_its_content_and_model",
        "test_kinds.py::test_each_kind_lies_under_its_key",
    )

    def embedding_key(self, content: Any, model: str) -> str:
        del model
        return f"embedding:{self.digest(content)}"


class ForgetsTheNumber(Tooled):
    """Who asks for more results gets as many as somebody else has asked for.
    felladrin/MiniSearch#2178
    """

    caught_by = (
        "test_kinds.py::test_what_was_found_is_that_of_its_query_catalog_and_number",
        "test_kinds.py::test_each_kind_lies_under_its_key",
    )

    def search_key(self, query: Any, version: str, top_k: int) -> str:
        return super().search_key(query, version, 0 * top_k)


class ForgetsTheIndex(Tooled):
    """What was found in one version of the catalog is answered for the next.
    sirensolutions/siren-join#73
    """

    caught_by = (
        "test_kinds.py::test_what_was_found_is_that_of_its_query_catalog_and_number",
        "test_kinds.py::test_each_kind_lies_under_its_key",
        "test_kinds.py::test_a_catalog_is_removed_with_what_was_found_in_it",
    )

    def search_key(self, query: Any, version: str, top_k: int) -> str:
        del version
        return super().search_key(query, "any", top_k)


class ForgetsTheVersion(Tooled):
    """What was kept by an earlier version is answered for the next.
    learningequality/ka-lite#553
    """

    caught_by = (
        "test_kinds.py::test_a_catalog_is_that_of_its_source_and_version",
        "test_kinds.py::test_what_is_known_of_a_tool_is_that_of_its_name_and_version",
        "test_kinds.py::test_each_kind_lies_under_its_key",
        "test_kinds.py::test_a_catalog_is_removed_with_what_was_found_in_it",
        "test_kinds.py::test_a_tool_is_removed_in_all_its_versions",
    )

    def catalog_key(self, source: Any, version: str) -> str:
        del version
        return super().catalog_key(source, "any")

    def tool_key(self, name: str, version: str) -> str:
        del version
        return super().tool_key(name, "any")


class TakesNothingForAMiss(Tooled):
    """That a server has no tools is asked of it again and again.
    PrefectHQ/fastmcp#4743
    """

    caught_by = ("test_kinds.py::test_a_falsy_value_of_a_kind_is_a_hit",)

    def found(self, key: str, default: Any) -> Any:
        return super().found(key, default) or default


class LivesMilliseconds(Tooled):
    """What lives an hour by its documentation lives as many milliseconds.
    havsar/node-ts-cache#23
    """

    caught_by = (
        "test_kinds.py::test_a_catalog_lives_a_day",
        "test_kinds.py::test_what_is_known_of_a_tool_lives_a_day",
        "test_kinds.py::test_what_was_found_lives_an_hour",
        "test_kinds.py::test_an_embedding_lives_a_week",
        "test_run_once.py::test_a_result_is_kept_for_an_hour",
    )
    lives = {kind: seconds / 1000 for kind, seconds in Tooled.lives.items()}


class RemovesNothing(Tooled):
    """What is to be removed is looked for without the prefix that it lies under.
    jaredwray/cacheable#709
    """

    caught_by = (
        "test_kinds.py::test_a_catalog_is_removed_with_what_was_found_in_it",
        "test_kinds.py::test_a_tool_is_removed_in_all_its_versions",
    )

    def remove(self, unwanted: Callable[[str, list[str]], bool]) -> int:
        return super().remove(lambda _kind, parts: unwanted("", parts))


class TakesNoneForNothing(Tooled):
    """A task that returns nothing has no result, and runs again.
    PrefectHQ/prefect#4056
    """

    caught_by = ("test_run_once.py::test_a_task_runs_once",)

    def result(self, key: str) -> Any:
        result = super().result(key)
        return MISSING if result is None else result


class AsksNoArguments(Tooled):
    """A task that was asked for with other arguments has its result, too.
    daintreehq/daintree#8429
    """

    caught_by = ("test_run_once.py::test_another_agent_template_or_argument_is_another_task",)

    def task_key(self, agent: str, template: str, arguments: Any) -> str:
        del arguments
        return super().task_key(agent, template, None)


class RunsWhatRuns(Tooled):
    """Whether a task runs is asked of its result, which is stored when it has ended.
    thesongzhu/Friday#403
    """

    caught_by = ("test_run_once.py::test_who_asks_while_a_task_runs_does_not_run_it",)

    def claim(self, key: str) -> threading.Event | None:
        self.running[key] = threading.Event()
        return None

    def give_up(self, key: str) -> None:
        self.running.pop(key, None)


class HoldsWhatFailed(Tooled):
    """A task that has failed is taken to run.
    KanishJebaMathewM/Truxify#4622
    """

    caught_by = ("test_run_once.py::test_a_task_that_fails_may_run_again",)

    def run(self, key: str, fn: Callable[[], Any]) -> Any:
        result = fn()
        self.keep(key, result)
        self.give_up(key)
        return result
