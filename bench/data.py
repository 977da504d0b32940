"""Keys, values and their order for one payload: seeded, and built before any clock starts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Any

SEED = 20_020_601
ENTRIES = 128
VARIETY = 16  # values that differ: enough to keep none of them hot by itself, few enough to be built at once
SKEW = 0.99
STEPS = 4096
BATCH = 100
FEW = 32
DAY = 86_400.0  # seconds
MOST = 1 << 22  # bytes of all values of one payload: of large ones there are fewer


class Data:
    """What a workload chooses from, made of at least three ``values``, stored under ``count`` keys.

    The keys asked for equal the stored ones but are other objects: a key of an application is never found
    by its address. Their hashes are known to Python after the first round, as those of literals are.
    """

    def __init__(self, values: Sequence[Any], count: int = ENTRIES, seed: int = SEED) -> None:
        random = Random(seed)
        order = random.sample(range(count), count)
        self.count = count
        self._values, self._seed = values, seed
        self._popular = random.choices(order, cum_weights=zipf(count, SKEW), k=STEPS)

        #: keys with their values, to be stored before the clock starts
        self.entries = [(_key("entry", number), self._value(number)) for number in range(count)]
        #: the keys of ``entries``, in another order
        self.asked = [_key("entry", number) for number in order]
        #: as many keys that are not in ``entries``
        self.absent = [_key("absent", number) for number in order]
        #: the keys of ``entries`` twice, each time with another value than before
        self.updates = [(_key("entry", number), self._value(number + turn)) for turn in (1, 2) for number in order]
        #: new keys with values: so many that the first is evicted, even at random, before they begin again
        self.arrivals = [(_key("arrival", number), self._value(number)) for number in range(8 * count)]

    def mix(self, sets: float) -> list[tuple[str, Any]]:
        """Keys of ``entries`` by Zipf's law; this share of them with a value, to be set, the others with None."""
        random = Random(self._seed + 1)
        return [
            (_key("entry", each), self._value(each + 1) if random.random() < sets else None) for each in self._popular
        ]

    def latest(self, sets: float) -> list[tuple[str, Any]]:
        """Like ``mix``, but what is set is new, and what is asked for is by Zipf's law what was set last."""
        random, ranks = Random(self._seed + 2), zipf(self.count, SKEW)
        keys = [("entry", number) for number in range(self.count)]
        found: list[tuple[str, Any]] = []
        for rank in random.choices(range(self.count), cum_weights=ranks, k=STEPS):
            if random.random() < sets:
                keys.append(("new", len(keys)))
                found.append((_key(*keys[-1]), self._value(len(keys))))
            else:
                found.append((_key(*keys[-1 - rank]), None))
        return found

    def mortal(self, shortest: float, longest: float) -> list[tuple[str, Any, float]]:
        """Keys of ``entries`` by Zipf's law, each with a value and a ttl between the two, in seconds: short as often
        as long, on a logarithmic scale.
        """
        random = Random(self._seed + 3)
        return [(_key("entry", each), self._value(each), _between(random, shortest, longest)) for each in self._popular]

    def fading(self) -> list[tuple[str, Any, float]]:
        """Keys of ``entries``, each with a value and a ttl: every eighth is one of 32 in turn, and is to live for 5 to
        20 µs, much less than it takes to come to it again; the others are 32 by Zipf's law, for a second to a day.
        """
        random, few = Random(self._seed + 5), min(FEW, self.count // 2)
        lasting = random.choices(range(few, 2 * few), cum_weights=zipf(few, SKEW), k=STEPS)
        numbers = [step // 8 % few if step % 8 == 7 else each for step, each in enumerate(lasting)]
        ttls = [_between(random, *((5e-6, 20e-6) if each < few else (1.0, DAY))) for each in numbers]
        return [(_key("entry", each), self._value(each), ttl) for each, ttl in zip(numbers, ttls, strict=True)]

    def batches(self) -> list[list[tuple[str, Any]]]:
        """Entries, ``BATCH`` at a time, each once in a batch, and each time with another value than before."""
        random, turns = Random(self._seed + 4), [0] * self.count
        drawn = [random.sample(range(self.count), min(BATCH, self.count)) for _ in range(16)]
        found = []
        for numbers in drawn * 2:  # so that each has had an even number of turns when they begin again
            found.append([(_key("entry", each), self._value(each + 1 + turns[each] % 2)) for each in numbers])
            for each in numbers:
                turns[each] += 1
        return found

    def _value(self, number: int) -> Any:
        return self._values[number % len(self._values)]


def zipf(count: int, skew: float) -> list[float]:
    """Cumulative weights of ``count`` ranks: the n-th is asked for 1/n**skew as often as the first."""
    return list(accumulate(rank**-skew for rank in range(1, count + 1)))


def _between(random: Random, shortest: float, longest: float) -> float:
    """Short as often as long, on a logarithmic scale."""
    return shortest * math.pow(longest / shortest, random.random())


def _key(kind: str, number: int) -> str:
    """``kind:version:digest``, as the cache's own keys read."""
    return f"{kind}:v1:{hashlib.sha256(str(number).encode()).hexdigest()[:16]}"
