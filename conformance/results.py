"""The result file of a run: verdicts, measurements, and on what. Its schema is ``reports/schema.json``."""

from __future__ import annotations

import errno
import json
import os
import re
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import environment
from .columns import Column
from .implied import imply


@dataclass
class Results:
    """What one process has collected; processes of one run are merged."""

    profile: str = "standard"
    command: str = ""
    began: float = field(default_factory=time.time)
    environment: dict[str, Any] = field(default_factory=environment.describe)
    subjects: dict[str, dict[str, Any]] = field(default_factory=dict)
    promises: dict[str, dict[str, Any]] = field(default_factory=dict)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    curves: list[dict[str, Any]] = field(default_factory=list)
    outages: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self, *, complete: bool) -> dict[str, Any]:
        """The whole file, as the schema has it."""
        imply(self.verdicts)
        verdicts = [{key: value for key, value in each.items() if key != "drawn"} for each in self.verdicts]
        return {
            "format": "cacheproof-results",
            "version": 1,
            "run": {
                "started": datetime.fromtimestamp(self.began, UTC).isoformat(timespec="seconds"),
                "seconds": round(time.time() - self.began, 3),
                "profile": self.profile,
                "complete": complete,
                "command": without_passwords(self.command),
            },
            "environment": self.environment,
            "subjects": list(self.subjects.values()),
            "promises": [self.promises[name] for name in sorted(self.promises)],
            "verdicts": sorted(verdicts, key=lambda each: (each["subject"], each["promise"])),
            "measurements": self.measurements,
            "curves": joined(self.curves),
            "outages": self.outages,
        }


def joined(curves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each curve once, with the lines of all that have its id; of one subject the last."""
    found: dict[str, dict[str, Any]] = {}
    for each in curves:
        lines = [*found.get(each["id"], each)["lines"], *each["lines"]]
        found[each["id"]] = {**each, "lines": list({line["subject"]: line for line in lines}.values())}
    return list(found.values())


def describe(column: Column) -> dict[str, Any]:
    """The column's entry under ``subjects``; a server is asked for its version, so it must be running or missing."""
    entry: dict[str, Any] = {
        "name": column.name,
        "class": column.path,
        "summary": column.summary,
        "version": column.version,
        "role": column.role,
        "declares": asdict(column.offered),
        "backend": None,
        "state": "ran",
    }
    if column.server is not None:
        entry["backend"] = {
            "name": column.server.name,
            "server": column.server.product,
            "client": column.server.client_version,
            "allocator": column.server.allocator,
        }
    if column.missing:
        entry |= {"state": "not-run", "reason": column.missing[0], "remedy": column.missing[1]}
    return entry


def without_passwords(text: str) -> str:
    """URLs in ``text`` with the password masked."""
    return re.sub(r"(\w+://[^\s:/@]*):[^\s@]+@", r"\1:***@", text)


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace ``path`` in one step: a reader sees the old file or the new one.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
