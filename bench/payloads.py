"""What is stored: the values an LLM application caches. Each public function here is one payload."""

from __future__ import annotations

from random import Random
from typing import Any

from .plan import wide

_WORDS = (  # noqa: SIM905 - as words they can be read
    "search fetch list create update remove summarise translate classify extract schedule notify invoice customer"
    " ticket document calendar message weather route payment report account order image table graph"
).split()


def small(random: Random) -> dict[str, Any]:
    """A small dict: one answer of a classifier, about 100 bytes."""
    return {
        "label": random.choice(_WORDS),
        "score": random.random(),
        "tokens": random.randrange(10_000),
        "cached": False,
        "tags": random.sample(_WORDS, 3),
    }


def catalogue(random: Random) -> list[dict[str, Any]]:
    """A catalogue of 100 tool descriptions, each with the JSON schema of its arguments, about 70 kB."""
    return [_tool(random, number) for number in range(100)]


def embedding(random: Random) -> list[float]:
    """An embedding: 1,536 floats around 0, about 14 kB."""
    return [random.gauss(0.0, 1536**-0.5) for _ in range(1536)]


@wide
def text_64(random: Random) -> str:
    """64 letters and digits, as a session's token."""
    return _letters(random, 64)


def text_1k(random: Random) -> str:
    """1 KiB of letters and digits, what Redis' own benchmarks and most others store."""
    return _letters(random, 1 << 10)


@wide
def text_16k(random: Random) -> str:
    """16 KiB of letters and digits, as a rendered page."""
    return _letters(random, 1 << 14)


@wide
def text_256k(random: Random) -> str:
    """256 KiB of letters and digits, as a document."""
    return _letters(random, 1 << 18)


@wide
def text_1m(random: Random) -> str:
    """1 MiB of letters and digits: more than most caches are asked to hold."""
    return _letters(random, 1 << 20)


def _letters(random: Random, count: int) -> str:
    return random.randbytes(count // 2).hex()


def _tool(random: Random, number: int) -> dict[str, Any]:
    arguments = random.sample(_WORDS, 4)
    return {
        "name": f"{random.choice(_WORDS)}_{random.choice(_WORDS)}_{number}",
        "version": f"{random.randrange(9)}.{random.randrange(20)}",
        "description": _sentence(random, 30),
        "parameters": {
            "type": "object",
            "properties": {name: {"type": "string", "description": _sentence(random, 8)} for name in arguments},
            "required": arguments[:2],
        },
    }


def _sentence(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words)).capitalize() + "."
