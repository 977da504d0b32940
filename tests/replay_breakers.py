"""Runs every script of a result file with its breaker and with a right one, and tells which of them show a fault.

A line of JSON for each: who is wrong, what it breaks, and what is wrong with its script, empty where nothing is.
"""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

#: Who is wrong, in a script.
BREAKER = re.compile(r"^from conformance\.mutants\.breakers\.\w+ import (\w+)$", re.MULTILINE)
RIGHT = r"from conformance.mutants.breakers.right import Right as \1"
AT_ONCE = 16  # most of them wait for what hangs


def main(file: str) -> None:
    verdicts = json.loads(Path(file).read_text(encoding="utf-8"))["verdicts"]
    red = [each for each in verdicts if each["outcome"] in ("fail", "implied")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for verdict, wrong in zip(red, pool.map(complaint, red), strict=True):
            print(json.dumps([verdict["subject"], verdict["promise"], wrong]))  # noqa: T201 - what it is for


def complaint(verdict: dict[str, Any]) -> str:
    """Empty, where the script answers as the run did, and a right breaker answers it otherwise."""
    script = verdict.get("script", "")
    said = answers(script)
    if not said or said == answers(BREAKER.sub(RIGHT, script)):
        return f"a right breaker says the same: {said}"
    found = re.findall(r"# (.*)$", script, re.MULTILINE)[-1]
    return "" if plain(found).endswith(plain(said[-1])) else f"it says {said[-1]}, and not {found}"


def answers(script: str) -> list[str]:
    """What ``script`` prints, on whatever thread."""
    said: list[str] = []
    exec(compile(script, "script", "exec"), {"print": partial(note, said)})  # noqa: S102 - what it is for
    return said


def note(said: list[str], *words: object) -> None:
    """Times that are measured differ with each run."""
    said.append(re.sub(r"\d+\.\d{4,}", "...", " ".join(map(str, words))))


def plain(answer: str) -> str:
    """As the run and the script both say it."""
    known = re.sub(r"^Hung: .*", "hangs: True", answer).replace("ConnectionError('failure')", "Failure()")
    return re.sub(r", called \d times$", "", known).replace("ConnectionError", "Failure").strip("'\"")


if __name__ == "__main__":
    main(sys.argv[1])
