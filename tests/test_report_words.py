"""Durations and moments, as the report writes them."""

from __future__ import annotations

import pytest

from reports import words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ns"),
        (4.1e-8, "41 ns"),
        (4.12e-8, "41.2 ns"),
        (9.996e-7, "1 µs"),
        (1.5e-3, "1.50 ms"),
        (0.3, "300 ms"),
        (12, "12 s"),
        (4000, "4,000 s"),
    ],
)
def test_durations_have_three_digits_and_the_unit_that_fits(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_moments_are_told_in_utc_whatever_their_zone() -> None:
    assert words.day("2025-11-22T23:48:03+02:00") == words.day("2025-11-22T21:48:03Z") == "22 Nov 2025, 21:48 UTC"
    assert words.day("yesterday") == "yesterday"
