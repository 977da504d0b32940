"""Whatever the seed: what is drawn finds the mutants that it is named by, and accuses them of nothing else."""

from __future__ import annotations

from pathlib import Path

from mutants_judged import APART, DRAWN, SEEDS, SUITE, THOROUGH, WRONG, broken_with, draws, promises_by_name, red

#: By which promises about drawn values each is caught.
NAMED = {name: {each for each in promises if draws(each)} for name, promises in WRONG.items()}


def test_every_mutant_is_caught_whatever_the_seed(folder: Path) -> None:
    """By the promise about drawn values that it names: a hundred times out of a hundred."""
    expected = {name: promises for name, promises in NAMED.items() if promises}
    assert broken_with(folder, expected, 100) == seen_with(expected, 100)


def test_no_seed_accuses_a_mutant_of_more(folder: Path) -> None:
    """Promises about drawn values cost the most; who names none of them is judged by them in the thorough way."""
    expected = {name: promises for name, promises in NAMED.items() if promises or (THOROUGH and name not in APART)}
    assert broken_with(folder, dict.fromkeys(expected), SEEDS) == seen_with(expected, SEEDS)


def test_drawn_histories_find_them(folder: Path) -> None:
    """What they find is luck, and goes by other promises; on this they stumble within a few calls."""
    drawn = {name: promises for name, promises in DRAWN.items() if promises}
    chosen = [f"{SUITE / promise}[{name}]" for name, promises in drawn.items() for promise in sorted(promises)]
    assert promises_by_name(drawn, red(folder, drawn, *chosen)) == drawn


def seen_with(promises: dict[str, set[str]], seeds: int) -> dict[str, dict[str, list[int]]]:
    """Each broken with each."""
    return {name: {each: list(range(seeds)) for each in those} for name, those in promises.items()}
