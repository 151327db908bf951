"""Draw the sizes, numbers and words of mutations for each tier."""

import random
from collections.abc import Sequence

from tarot_bench.problem import Tier

MOST_ITEMS = 400
"""Maximal length of a list, to keep inputs readable."""
_FAR = (10**3, 10**4, 10**5, 10**6, 10**9)


def size(aim: Tier, now: int, rng: random.Random) -> int:
    """A new length for a sequence that has ``now`` items."""
    match aim:
        case Tier.BASIC:
            return rng.randint(1, max(2, min(now + 1, 5)))
        case Tier.INTERMEDIATE:
            return min(MOST_ITEMS, now + rng.randint(0, now + 3))
        case Tier.COMPLEX:
            return min(MOST_ITEMS, now * rng.randint(2, 5) + rng.randint(0, 5))
        case Tier.EDGE:
            return rng.choice((0, 1, 1, 2, now))


def number(aim: Tier, seen: Sequence[int], rng: random.Random) -> int:
    """A new number in place of one of ``seen``, which must not be empty."""
    low, high = min(seen), max(seen)
    spread = high - low + 1
    match aim:
        case Tier.BASIC:
            return rng.choice((rng.choice(seen), rng.randint(low, min(high, low + 20))))
        case Tier.INTERMEDIATE:
            return rng.randint(low - spread * (low < 0), high + spread)
        case Tier.COMPLEX:
            far = rng.choice((10 * high, *(limit for limit in _FAR if limit > high), high))
            return rng.randint(min(low, far), max(low, far)) * rng.choice((1, 1, 1, -1 if low < 0 else 1))
        case Tier.EDGE:
            return rng.choice(
                (low, high, low - 1, high + 1, 0, 1, -1, 10**9, *(limit for limit in _FAR if limit > high))
            )


def word(aim: Tier, old: str, alphabet: str, rng: random.Random) -> str:
    """A new word over the letters that were seen."""
    length = size(aim, len(old), rng)
    if aim is Tier.EDGE or rng.random() < 0.2:
        return rng.choice(alphabet) * length
    if rng.random() < 0.4:
        half = [rng.choice(alphabet) for _ in range((length + 1) // 2)]
        return "".join(half + half[::-1])[:length]
    return "".join(rng.choice(alphabet) for _ in range(length))
