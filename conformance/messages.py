"""What is told of a test that failed: what the subject did, and with what; nothing of how the suite asked."""

from __future__ import annotations

import re

import pytest

from . import results

#: pytest's explanations of the values in an assertion, and a hint that is for its own users.
_WHERE = re.compile(r"\n \+ +(?:where|and) .*")
_HINT = "\n  Use -v to get more diff"
#: Hypothesis's call of the test, with each argument on lines of its own; and those that no reader can use.
_CALL = re.compile(r"^Failing (?:test case|explicit example): \w+\(\n(.*?)^\)$", re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r",\n    (?=\w+=)")
_OURS = ("new_cache=", "new_breaker=", "drawn=")
#: Another one in every run.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+(?=>)")
_INSIDE = re.compile(rf"{_ADDRESS.pattern}|Capabilities\(")


def why(report: pytest.TestReport) -> str:
    """Why the test of this report failed or was skipped, without passwords, and the same in every run."""
    if isinstance(report.longrepr, tuple):  # of a skip: file, line, reason
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return results.without_passwords(outward(crash.message) if crash else str(report.longrepr))


def outward(told: str) -> str:
    """``told`` by pytest and Hypothesis, without the insides of the suite.

    Of pytest's explanations the first ones stay, up to one that explains with an object of the suite: those that
    follow explain that one. Of Hypothesis's arguments stay those that are values.
    """
    hidden = False

    def explained(found: re.Match[str]) -> str:
        nonlocal hidden
        hidden = hidden or bool(_INSIDE.search(found[0]))
        return "" if hidden else found[0]

    told = _CALL.sub(_with, _WHERE.sub(explained, told).replace(_HINT, ""))
    return _ADDRESS.sub("", told).rstrip()


def _with(call: re.Match[str]) -> str:
    arguments = _ARGUMENT.split(call[1].strip().removesuffix(","))
    values = [re.sub(r"\s*\n\s*", " ", each) for each in arguments if not each.startswith(_OURS)]
    return f"with {', '.join(values)}" if values else ""
