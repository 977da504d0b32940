"""The decisions as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .verdict import Decision

FORM = "{:<20} {:<14} {:>7} {:>14} {:>8} {:>8}  {}"


def rows(decisions: Mapping[tuple[str, str], Decision]) -> Iterator[str]:
    """A head, and a line for each cell: how many times slower, the 99 % interval, the noise, the margin."""
    yield FORM.format("cache", "workload", "ratio", "interval", "noise", "margin", "verdict")
    for (column, workload), each in decisions.items():
        interval = f"{each.ratio.low:.3f} to {each.ratio.high:.3f}"
        shares = f"{each.noise:.1%}", f"{each.margin:.1%}"
        yield FORM.format(column, workload, f"{each.ratio.middle:.3f}", interval, *shares, each.word)
