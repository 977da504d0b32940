"""Numbers and times as a reader wants them: three digits, a unit, no zeros that say nothing."""

# ruff: noqa: RUF001, RUF002 - a reader knows the sign

from __future__ import annotations

import re
from datetime import UTC, datetime

#: Before every run.
NEVER = datetime.min.replace(tzinfo=UTC)
_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def digits(value: float) -> str:
    """``value`` to three digits, whole numbers whole: 0.047, 0.47, 1, 4.31, 43.1, 431, 4,310."""
    size = abs(value)
    if size >= 99.5:
        return f"{value:,.0f}"
    if size >= 9.95:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2f}".removesuffix(".00") if size >= 0.095 or value == 0 else f"{value:.2g}"


def duration(seconds: float) -> str:
    """Seconds in the unit that fits, such as ``4.31 µs``."""
    scale, unit = next((each for each in _TIMES if abs(seconds) >= 0.9995 * each[0]), _TIMES[-1])
    return f"{digits(seconds / scale)} {unit}"


def quantity(value: float, unit: str) -> str:
    """``value`` in ``unit``; a time per operation in the unit of time that fits."""
    return duration(value) if unit in ("s/op", "s") else f"{digits(value)} {unit}".rstrip()


def short(value: float) -> str:
    """``value`` for the tick of an axis, such as ``20k`` or ``3M``."""
    scales = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
    scale, suffix = next((each for each in scales if abs(value) >= each[0]), (1, ""))
    return f"{value / scale:,.4g}{suffix}"


def times(ratio: float) -> str:
    """A ratio, such as ``4.3×``, ``1.04×``."""
    if 1.005 <= ratio < 1.095:
        return f"{ratio:.2f}×"
    return f"{ratio:.1f}×" if 0.995 <= ratio < 99.5 else f"{digits(ratio)}×"


def count(number: int, one: str, many: str = "") -> str:
    """``1 promise``, ``2 promises``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def few(names: list[str], most: int = 2) -> str:
    """The first of ``names``, and how many more there are."""
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def size(octets: float) -> str:
    """Bytes as ``7.8 GB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if octets < 1000:
            return f"{digits(octets)} {unit}"
        octets /= 1000
    return f"{digits(octets)} TB"


def day(started: str) -> str:
    """An ISO time as ``22 Nov 2025, 21:48 UTC``; as it stands where it is none."""
    found = moment(started)
    return started if found == NEVER else f"{found.day} {found:%b %Y, %H:%M} UTC"


def moment(started: str) -> datetime:
    """An ISO time, UTC where it names no zone; ``NEVER`` where it is none."""
    try:
        found = datetime.fromisoformat(started)
    except ValueError:
        return NEVER
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def label(subject: str) -> str:
    """The name of a subject without the module it was imported from."""
    return subject.rpartition(":")[2]


def slug(text: str) -> str:
    """``text`` as an id in the page."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
