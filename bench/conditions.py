"""What stood in the way of good figures, each with what to do about it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .pace import Pace

SYSTEM = Path("/sys/devices/system/cpu")
NOISY = 0.1  # of a noise floor: past that, a difference of a tenth cannot be told
WIDE = 0.5  # of the interval of a ratio, as a share of it
STOLEN = 0.02  # of the processors' time, taken by the host of a virtual machine
COARSE = 1000  # a round lasts at least so many times the timer's step

Found = tuple[str, str]


@dataclass(frozen=True)
class Times:
    """Of all processors since the system began, in ticks; zero where it does not tell."""

    total: int
    stolen: int

    @classmethod
    def now(cls) -> Times:
        try:
            ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        except (OSError, ValueError):
            return cls(0, 0)
        return cls(sum(ticks), ticks[7] if len(ticks) > 7 else 0)


def warnings(results: dict[str, Any], pace: Pace, began: Times) -> list[dict[str, str]]:
    """As the result file has them; ``began`` is when the run did."""
    found = [*_clock_rate(), *_load(results), *_steal(began), *_noise(results), *_wide(results), *_timer(pace)]
    return [{"what": what, "remedy": remedy} for what, remedy in found]


def _clock_rate() -> Iterator[Found]:
    governors = {_text(each) for each in SYSTEM.glob("cpu[0-9]*/cpufreq/scaling_governor")} - {"", "performance"}
    if governors:
        yield (
            f"The processor changes its clock rate (governor {', '.join(sorted(governors))}).",
            "Fix it while measuring: sudo cpupower frequency-set --governor performance",
        )
    if _text(SYSTEM / "intel_pstate/no_turbo") == "0" or _text(SYSTEM / "cpufreq/boost") == "1":
        yield (
            "The processor goes faster while it is cool (turbo), and later figures are slower than earlier ones.",
            "Switch it off while measuring: echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo",
        )


def _load(results: dict[str, Any]) -> Iterator[Found]:
    load, cores = results["environment"]["load"] or 0, results["environment"]["cores"]
    if load > cores / 2:
        yield (
            f"The machine was busy when the run began: a load of {load:.1f} on {cores} cores.",
            "Close what else is running, and measure again.",
        )


def _steal(began: Times) -> Iterator[Found]:
    now = Times.now()
    share = (now.stolen - began.stolen) / max(1, now.total - began.total)
    if share > STOLEN:
        yield (
            f"The host of this virtual machine gave {share:.0%} of the processors' time to others.",
            "Measure on a machine of your own, or when its neighbours are quiet; trust ratios, not seconds.",
        )


def _noise(results: dict[str, Any]) -> Iterator[Found]:
    noisy = [each for each in results.get("noise", ()) if each["floor"] > NOISY]
    if noisy:
        worst = max(noisy, key=lambda each: float(each["floor"]))
        yield (
            f"{worst['subject']}, measured twice, differs by {worst['floor']:.0%}: smaller differences mean nothing.",
            f"Close what else is running, or take longer: {_longer(results)}",
        )


def _wide(results: dict[str, Any]) -> Iterator[Found]:
    ratios = [each["ratio"] for each in results["measurements"] if "ratio" in each]
    wide = [each for each in ratios if each["high"] - each["low"] > WIDE * each["value"]]
    if wide:
        yield (
            f"{len(wide)} of {len(ratios)} ratios have an interval wider than {WIDE:.0%} of them: too few samples.",
            f"Take more of them: {_longer(results)}",
        )


def _longer(results: dict[str, Any]) -> str:
    """The option that takes more samples than this run did."""
    return "--profile=standard" if results["run"]["profile"] == "quick" else "--profile=thorough"


def _timer(pace: Pace) -> Iterator[Found]:
    step = timer_step()
    if step * COARSE > pace.round:
        yield (
            f"The timer moves in steps of {step * 1e6:.1f} µs, and a round lasts {pace.round * 1e3:.0f} ms.",
            "Take longer rounds, --profile=standard, or another clock: see /sys/devices/system/clocksource.",
        )


def timer_step() -> float:
    """Seconds between two readings of the timer that differ, at best: what it can tell apart, or what reading costs."""

    def step() -> float:
        began = now = time.perf_counter()
        while now == began:
            now = time.perf_counter()
        return now - began

    return min(step() for _ in range(1000))


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
