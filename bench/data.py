"""Keys, values and their order for one payload: seeded, and built before any clock starts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Any

SEED = 20_020_601
ENTRIES = 128
VARIETY = 16  # values that differ: enough to keep none of them hot by itself, few enough to be built at once
SKEW = 0.99
STEPS = 4096


class Data:
    """What a workload chooses from, made of at least three ``values``.

    The keys asked for equal the stored ones but are other objects: a key of an application is never found
    by its address. Their hashes are known to Python after the first round, as those of literals are.
    """

    def __init__(self, values: Sequence[Any], seed: int = SEED) -> None:
        random = Random(seed)
        order = random.sample(range(ENTRIES), ENTRIES)
        popular = random.choices(order, cum_weights=zipf(ENTRIES, SKEW), k=STEPS)

        def value(number: int) -> Any:
            return values[number % len(values)]

        #: keys with their values, to be stored before the clock starts
        self.entries = [(_key("entry", number), value(number)) for number in range(ENTRIES)]
        #: the keys of ``entries``, in another order
        self.asked = [_key("entry", number) for number in order]
        #: as many keys that are not in ``entries``
        self.absent = [_key("absent", number) for number in order]
        #: the keys of ``entries`` twice, each time with another value than before
        self.updates = [(_key("entry", number), value(number + turn)) for turn in (1, 2) for number in order]
        #: new keys with values: so many that the first is evicted, even at random, before they begin again
        self.arrivals = [(_key("arrival", number), value(number)) for number in range(8 * ENTRIES)]
        #: keys of ``entries`` by Zipf's law, three without a value to one with
        self.mix = [(_key("entry", each), value(each + 1) if random.random() < 0.25 else None) for each in popular]


def zipf(count: int, skew: float) -> list[float]:
    """Cumulative weights of ``count`` ranks: the n-th is asked for 1/n**skew as often as the first."""
    return list(accumulate(rank**-skew for rank in range(1, count + 1)))


def _key(kind: str, number: int) -> str:
    """``kind:version:digest``, as the cache's own keys read."""
    return f"{kind}:v1:{hashlib.sha256(str(number).encode()).hexdigest()[:16]}"
