"""Warnings of what makes figures worse: of the machine, the noise and the timer."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench_samples import compared

from bench import conditions
from bench.conditions import Times
from bench.pace import PACES


@pytest.mark.parametrize(("profile", "longer"), [("quick", "standard"), ("standard", "thorough")])
def test_warnings_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str, longer: str) -> None:
    """Of the clock rate, the load, the neighbours, the noise, wide intervals and the timer."""
    governor = tmp_path / "cpu0" / "cpufreq" / "scaling_governor"
    governor.parent.mkdir(parents=True)
    governor.write_text("powersave\n")
    monkeypatch.setattr(conditions, "SYSTEM", tmp_path)
    monkeypatch.setattr(conditions, "timer_step", lambda: 0.001)
    monkeypatch.setattr(Times, "now", lambda: Times(200, 50))
    results = compared(("memory", 4), ("dict", 1))
    results["environment"]["load"] = 5.0
    results["run"] = {"profile": profile}
    results["noise"] = [{"subject": "memory", "floor": 0.5}]
    results["measurements"][0]["ratio"] = {"value": 4.0, "low": 1.0, "high": 8.0}
    found = conditions.warnings(results, PACES["quick"], Times(100, 0))
    assert [each["what"].split()[1] for each in found] == ["processor", "machine", "host", "measured", "of", "timer"]
    assert all(each["remedy"] for each in found)
    assert [each["what"].split()[1] for each in found[3:5] if longer in each["remedy"]] == ["measured", "of"]


def test_a_quiet_machine_is_not_warned_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing to say where nothing is in the way, or the system does not tell."""
    monkeypatch.setattr(conditions, "SYSTEM", tmp_path)
    monkeypatch.setattr(conditions, "timer_step", lambda: 5e-8)
    monkeypatch.setattr(Times, "now", lambda: Times(0, 0))
    assert conditions.warnings(compared(("memory", 4)), PACES["quick"], Times(0, 0)) == []
