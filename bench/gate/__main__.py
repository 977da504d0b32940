"""Is the working tree slower? Exit status 1 where a workload has become slower than the margin allows, else 0.

Three processes at a time: the base, the base once more for the noise floor, and the working tree. They take turns,
block by block; new ones come for the next pair. While anything is undecided there are more pairs, as long as the budget
lasts; what is undecided even then fails nothing. Options that are not listed go to pytest: --cache, --backend.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from contextlib import suppress
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import NoReturn

from ..found import PAYLOADS, WORKLOADS
from .contest import Contest
from .opponents import OpponentError
from .sides import BaseError, lay_out
from .table import rows
from .verdict import FEWEST, REGRESSED

PAIRS, BUDGET = 8, 600
USUAL = [name for name, each in WORKLOADS.items() if not each.wide]
USAGE_ERROR = 4  # as pytest's
INTERRUPTED = 130  # as a shell's


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"gate: {message}\n")


def main(arguments: list[str]) -> int:
    chosen, options = _parser().parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cacheproof-gate-") as directory:
        try:
            base = lay_out(chosen.base, Path(directory).resolve())
            _say(f"{base.title} against the working tree, payload {chosen.payload}")
            contest = Contest(base, chosen.workload, chosen.payload, options)
            contest.run(chosen.pairs, chosen.budget, _say)
        except (BaseError, OpponentError) as error:
            _say(f"gate: {error}{_meant(str(error), [*vars(chosen), 'cache', 'backend'])}")
            return USAGE_ERROR
    decisions = {cell: trial.decide() for cell, trial in contest.trials.items()}
    print("\n".join(rows(decisions)))  # noqa: T201 - the table is what was asked for
    return int(any(each.word == REGRESSED for each in decisions.values()))


def _parser() -> argparse.ArgumentParser:
    parser = _Arguments(prog=f"python -m {__package__}", description=__doc__, allow_abbrev=False)
    parser.add_argument("--base", required=True, help="a git ref, or a version that pip can install: cachetools==5.5.0")
    parser.add_argument("--payload", default="small", choices=PAYLOADS, help="what is stored (default: small)")
    parser.add_argument("--workload", default=USUAL, type=_workloads, help=f"default: {','.join(USUAL)}")
    parser.add_argument(
        "--pairs", default=PAIRS, type=_count, help=f"to begin with; under {FEWEST} decide nothing (default: {PAIRS})"
    )
    parser.add_argument("--budget", default=BUDGET, type=_seconds, help=f"seconds; then no new pair (default {BUDGET})")
    return parser


def _workloads(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [each for each in names if each not in WORKLOADS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is no workload; known: {', '.join(WORKLOADS)}")
    return names


def _count(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of pairs, such as {PAIRS}")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (seconds := float(text)) < inf:
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds, such as {BUDGET}")


def _meant(error: str, known: list[str]) -> str:
    """The option that was meant, where pytest does not know one."""
    unknown = re.match(r"unrecognized arguments: (--[\w-]+)", error)
    close = get_close_matches(unknown[1], [f"--{each}" for each in known], n=1) if unknown else []
    return f" (did you mean {close[0]}?)" if close else ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress, and what went wrong


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
