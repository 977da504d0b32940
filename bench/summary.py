"""What a run has found, for the terminal: every ratio with its interval, the noise floor, and what stood in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .figures import verdict

NARROWEST = 60
CELL = 24  # characters of one ratio with its interval


def lines(results: dict[str, Any], width: int) -> Iterator[str]:
    """Ratios as tables that fit into ``width`` characters, a column for each subject; then the rest."""
    ratios = [each for each in results["measurements"] if "ratio" in each]
    if ratios:
        yield "cost as a multiple of the yardstick's: median of the blocks' ratios, with its 95 % interval"
        yield from _tables(ratios, max(width, NARROWEST))
    if results.get("figures"):
        yield from _aims(results["figures"])
    if floors := results.get("noise"):
        shown = ", ".join(f"{_label(each['subject'])} {each['floor']:.0%}" for each in floors)
        yield f"noise floor, the same cache measured twice: {shown}"
    for each in results.get("warnings", ()):
        yield f"! {each['what']} {each['remedy']}"


def _aims(figures: list[dict[str, Any]]) -> Iterator[str]:
    yield "what is aimed at, and what was measured: median, with its 95 % interval where there is one"
    for each in figures:
        bound = "at most" if each["better"] == "lower" else "at least"
        yield f"{each['title']}: {bound} {_with_unit(each['target'], each['unit'])}"
        for row in each["rows"]:
            interval = "".join(
                f" ({_with_unit(row['low'], each['unit'])} to {_with_unit(row['high'], each['unit'])})"
                for _ in range("low" in row)
            )
            told = f"  {verdict(each, row)}" if row.get("ours") else ""
            yield f"    {_label(row['subject']):<32}{_with_unit(row['value'], each['unit'])}{interval}{told}"
    yield ""


def _with_unit(value: float, unit: str) -> str:
    """Seconds as ms, µs or ns."""
    if unit != "s":
        return f"{_figure(value)}{unit if unit == 'x' else f' {unit}'}"
    factor, name = next((each for each in ((1e3, "ms"), (1e6, "µs")) if abs(value) * each[0] >= 1), (1e9, "ns"))
    return f"{_figure(value * factor)} {name}"


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
