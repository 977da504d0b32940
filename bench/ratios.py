"""What a cost is beside another of the same run: block by block, so that what slows both does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from .intervals import FEWEST, median_interval

Record = dict[str, Any]


def paired(blocks: Sequence[float], others: Sequence[float]) -> Record | None:
    """The median of the ratios of blocks that took turns, with its 95 % interval; None where they are too few."""
    if len(blocks) != len(others) or len(blocks) < FEWEST or min(others) <= 0:
        return None
    ratios = [block / other for block, other in zip(blocks, others, strict=True)]
    low, high = median_interval(ratios)
    return {"value": median(ratios), "low": low, "high": high}


def add_ratios(results: Record) -> None:
    """Give each measurement of a result file its ratio to the yardstick that fits its subject."""
    subjects = {each["name"]: each for each in results["subjects"]}
    measured = {(each["workload"], each["payload"], each["subject"]): each for each in results["measurements"]}
    for each in results["measurements"]:
        for name in fitting(each["subject"], subjects):
            other = measured.get((each["workload"], each["payload"], name))
            if other and other["unit"] == each["unit"] and (ratio := paired(each["blocks"], other["blocks"])):
                each["ratio"] = {"to": name, **ratio}
                break


def fitting(name: str, subjects: Mapping[str, Record]) -> list[str]:
    """The yardsticks of the subject's reach and server, that which waits as the subject does first."""
    subject = subjects[name]
    if subject["role"] == "yardstick":
        return []
    found = [each for each in subjects.values() if each["role"] == "yardstick" and _reach(each) == _reach(subject)]
    return [each["name"] for each in sorted(found, key=lambda each: _waits(each) != _waits(subject))]


def _reach(subject: Record) -> tuple[str, str | None]:
    return subject["declares"].get("scope", "instance"), (subject["backend"] or {}).get("name")


def _waits(subject: Record) -> str:
    return str(subject["declares"].get("asynchronous", "no"))
