"""SVG elements with everything escaped, and the axes of charts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup, escape

from .words import digits


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """``<name ...>children</name>``, escaped; ``class_`` is written ``class`` and ``stroke_width`` ``stroke-width``."""
    given = (
        f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(escape(each) for each in children)
    return Markup(f"<{name}{''.join(given)}>{inner}</{name}>")  # noqa: S704 - all parts are escaped


def picture(title: str, description: str, width: float, height: float, *children: Markup, anchor: str) -> Markup:
    """An ``<svg>`` that scales with its column and tells a screen reader what it shows."""
    named = tag("title", title, id=f"{anchor}-t"), tag("desc", description, id=f"{anchor}-d")
    return tag("svg", *named, *children, viewBox=f"0 0 {plain(width)} {plain(height)}", role="img",
               aria_labelledby=f"{anchor}-t {anchor}-d", class_="chart")  # fmt: skip


class Axis(Protocol):
    """Maps values from ``low`` to ``high`` to pixels from ``start`` to ``end``."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def show(self) -> Callable[[float], str]: ...

    def __call__(self, value: float) -> float:
        """The pixel of ``value``; of the nearer end where it lies outside."""

    def ticks(self, most: int) -> list[float]:
        """Round values between the ends, about ``most`` of them."""


@dataclass(frozen=True)
class LogAxis:
    """Ratios are distances; both ends lie above zero."""

    low: float
    high: float
    start: float
    end: float
    show: Callable[[float], str] = digits

    def __call__(self, value: float) -> float:
        place = math.log(min(max(value, self.low), self.high) / self.low) / math.log(self.high / self.low)
        return round(self.start + place * (self.end - self.start), 1)

    def ticks(self, most: int) -> list[float]:
        """Decades, thinned out or filled with 2 and 5; between two of them, what a linear axis has."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
            found = [step * 10.0**each for each in decades if each % stride == 0 for step in steps]
            found = [each for each in found if self.low <= each * 1.0001 and each <= self.high * 1.0001]
            if len(found) <= most:
                break
        return found if found[1:] else LinearAxis(self.low, self.high, self.start, self.end).ticks(most // 2)


@dataclass(frozen=True)
class LinearAxis:
    """Differences are distances."""

    low: float
    high: float
    start: float
    end: float
    show: Callable[[float], str] = digits

    def __call__(self, value: float) -> float:
        place = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + place * (self.end - self.start), 1)

    def ticks(self, most: int) -> list[float]:
        """Multiples of 1, 2 or 5 times a power of ten."""
        least = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(least))
        step = next(each * power for each in (1, 2, 5, 10) if each * power >= least)
        return [each * step for each in range(math.ceil(self.low / step), math.floor(self.high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class NinesAxis:
    """Shares of 1 over 1 / (1 - share), so that 0.9, 0.99 and 0.999 are equally far apart."""

    low: float
    high: float
    start: float
    end: float

    def show(self, value: float) -> str:
        """As a percentile."""
        return f"p{100 * value:g}"

    def __call__(self, value: float) -> float:
        return LogAxis(1 / (1 - self.low), 1 / (1 - self.high), self.start, self.end)(1 / (1 - min(value, self.high)))

    def ticks(self, most: int) -> list[float]:
        """The percentiles that everybody quotes."""
        return [each for each in (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999) if self.low <= each <= self.high][:most]


def axis_for(values: list[float], start: float, end: float, show: Callable[[float], str] = digits) -> LogAxis:
    """An axis with a little room around ``values``; those of zero or less have no place on it."""
    positive = [each for each in values if each > 0] or [1.0]
    return LogAxis(min(positive) / 1.5, max(positive) * 1.5, start, end, show)


def clipped(label: str, most: int = 16) -> str:
    """``label``, cut where it would not fit."""
    return label if len(label) <= most else label[: most - 1] + "…"


def plain(value: object) -> str:
    """A number as short as a pixel needs it."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
