"""How each outcome of a promise is shown: never by colour alone."""

# ruff: noqa: RUF001 - a reader knows these signs

from __future__ import annotations

#: outcome, or a special kind of it -> glyph, word, what it means
OUTCOMES: dict[str, tuple[str, str, str]] = {
    "pass": ("✓", "kept", "kept in every history that was drawn"),
    "fail": ("✗", "broken", "broken; the cell opens to the smallest history that shows it"),
    "crashed": ("⚡", "crashed", "broken: the process ended without an answer"),
    "hung": ("∞", "hung", "broken: an operation did not end, and was given up on"),
    "implied": ("↳", "follows", "fails because a promise of its own is broken already; not counted twice"),
    "deviation": ("≈", "known", "broken in a way that is documented beside the subject; never counted as kept"),
    "not-offered": ("–", "not offered", "the subject never promised it, and refuses it where it is asked"),
    "not-run": ("·", "not run", "was not judged in this run"),
    "error": ("!", "suite error", "the suite itself failed here: no verdict about the subject"),
}
