"""What the tests of the report share: reports made of samples, and pages taken apart."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sample_results import Record, results

from reports import page
from reports.model import Report
from reports.results import merge

REPORTS = Path(page.__file__).parent
PAGES = ("report.html", "report.md", "report.json")
NASTY = """</script><script>alert(1)</script><img src=x onerror=alert(1)>"'`|\\ {{7*7}}"""


def made(*contents: Record) -> Report:
    """One report of these files."""
    return merge((f"{number}.json", each) for number, each in enumerate(contents))


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def ids_of(text: str) -> list[str]:
    """The ids of all elements, sorted; one that stands twice in the page does so here."""
    return sorted(str(attributes["id"]) for _, attributes in Elements(text).tags if "id" in attributes)


def spread(value: Any, nasty: str) -> Any:
    """``value`` with ``nasty`` in every free text; names that refer to each other stay the same."""
    if isinstance(value, dict):
        kept = ("format", "outcome", "state", "role", "better", "started", "profile", "unit", "declares", "needs")
        return {name: each if name in kept else spread(each, nasty) for name, each in value.items()}
    if isinstance(value, list):
        return [spread(each, nasty) for each in value]
    return value + nasty if isinstance(value, str) and value not in ("get-hit", "get-miss", "set-overwrite") else value


def with_awaited(content: Record) -> Record:
    """``content`` with a twin of memory that is awaited, as is its only workload."""
    twin = {**content["subjects"][0], "name": "twin"}
    twin["declares"] = {**twin["declares"], "asynchronous": "yes"}
    content["subjects"].append(twin)
    content["verdicts"] += [{**each, "subject": "twin"} for each in content["verdicts"] if each["subject"] == "memory"]
    cost = next(each for each in content["measurements"] if each["subject"] == "memory")
    content["measurements"] += [{**cost, "workload": "aget-hit", "subject": name} for name in ("memory", "twin")]
    return content


def many(columns: int = 20, promises: int = 100) -> Record:
    """A large run: every fifth verdict a failure with its history."""
    content = results()
    draw = random.Random(1)
    base, failing = content["subjects"][0], next(each for each in content["verdicts"] if "history" in each)
    names = [f"cache-number-{number}" for number in range(columns)]
    yardsticks = [each for each in content["subjects"] if each["role"] == "yardstick"]
    content["subjects"] = [{**base, "name": name} for name in names] + yardsticks
    content["promises"] = [
        {**content["promises"][number % 80], "id": f"test_{number}.py::test", "group": f"group {number // 12}"}
        for number in range(promises)
    ]
    content["verdicts"] = [
        {
            **(_said(failing, promise) if draw.random() < 0.1 else {"outcome": "pass"}),
            "promise": promise["id"],
            "subject": name,
        }
        for name in names
        for promise in content["promises"]
    ]
    few = [each for each in content["measurements"] if each["subject"] == "memory"]
    content["measurements"] = [{**each, "subject": name, "relies_on": []} for each in few for name in names] + [
        each for each in content["measurements"] if each["subject"] in ("dict", "raw-socket", "plain-file")
    ]
    return content


def _said(failing: Record, promise: Record) -> Record:
    """What is said of one promise alone: the page says nothing twice."""
    return {**failing, "message": f"{promise['id']}: {failing['message']}"}
