"""Templates with everything escaped, and the words they share."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from . import words

HERE = Path(__file__).parent


def stylesheet() -> Markup:
    """The style of every page."""
    return Markup((HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def script() -> Markup:
    """What the page does beyond what it does without."""
    return Markup((HERE / "page.js").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def render(template: str, **values: Any) -> Markup:
    """A template of ``reports/`` or ``reports/sections/``, everything in it escaped."""
    return Markup(_environment().get_template(template).render(**values))  # noqa: S704 - escaped by jinja2


def linked(text: str) -> Markup:
    """``text`` escaped, its http and https addresses as links."""
    parts = re.split(r"(https?://[^\s<>\"'()]+[^\s<>\"'().,;:])", text)
    return Markup("").join(
        Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def breakable(name: str) -> Markup:
    """``name`` escaped, with room for a line break after its ``@``."""
    return escape(name).replace("@", Markup("@<wbr>"))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([HERE, HERE / "sections"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        name: getattr(words, name)
        for name in ("count", "day", "digits", "duration", "few", "listed", "quantity", "size", "slug", "times")
    }
    made.filters |= {"linked": linked, "breakable": breakable}
    return made
