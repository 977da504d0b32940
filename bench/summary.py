"""What a run has found, for the terminal: every ratio with its interval, the noise floor, and what stood in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NARROWEST = 60
CELL = 24  # characters of one ratio with its interval


def lines(results: dict[str, Any], width: int) -> Iterator[str]:
    """Ratios as tables that fit into ``width`` characters, a column for each subject; then the rest."""
    ratios = [each for each in results["measurements"] if "ratio" in each]
    if ratios:
        yield "cost as a multiple of the yardstick's: median of the blocks' ratios, with its 95 % interval"
        yield from _tables(ratios, max(width, NARROWEST))
    if floors := results.get("noise"):
        shown = ", ".join(f"{_label(each['subject'])} {each['floor']:.0%}" for each in floors)
        yield f"noise floor, the same cache measured twice: {shown}"
    for each in results.get("warnings", ()):
        yield f"! {each['what']} {each['remedy']}"


def _tables(ratios: list[dict[str, Any]], width: int) -> Iterator[str]:
    columns = list(dict.fromkeys((each["subject"], each["ratio"]["to"]) for each in ratios))
    rows = list(dict.fromkeys((each["workload"], each["payload"]) for each in ratios))
    found = {
        (each["workload"], each["payload"], each["subject"], each["ratio"]["to"]): each["ratio"] for each in ratios
    }
    first = max(len(f"{workload} {payload}") for workload, payload in rows)
    fitting = max(1, (width - first) // CELL)
    for start in range(0, len(columns), fitting):
        part = columns[start : start + fitting]
        yield " " * first + "".join(f"{_short(_label(name)):>{CELL}}" for name, _ in part)
        yield " " * first + "".join(f"{_short('/ ' + to):>{CELL}}" for _, to in part)
        for row in rows:
            cells = [found.get((*row, *column)) for column in part]
            if any(cells):
                yield f"{' '.join(row):<{first}}" + "".join(f"{_ratio(each) if each else '':>{CELL}}" for each in cells)
        yield ""


def _ratio(ratio: dict[str, Any]) -> str:
    return f"{_figure(ratio['value'])} ({_figure(ratio['low'])} to {_figure(ratio['high'])})"


def _figure(value: float) -> str:
    """Three digits, and never an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _label(name: str) -> str:
    return name.rpartition(":")[2]


def _short(text: str) -> str:
    return text if len(text) < CELL else f"{text[: CELL - 4]}..."
