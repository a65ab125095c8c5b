"""Random numbers by key and counter: number i is the same whatever else is drawn, and in whatever order."""

from __future__ import annotations

import hashlib

import numpy as np

from mscape.engine.batch import Array

_BLOCK = 4  # numbers that Philox makes of one counter


def draw_uniform(seed: int, name: str, start: int, count: int) -> Array:
    """Return numbers ``start`` to ``start + count`` of a stream, uniform in (0, 1), shape (count,).

    Parameters
    ----------
    seed, name
        The key of the stream.
    start, count
        Which of its numbers.

    Source: Philox, Salmon et al. 2011, doi 10.1145/2063384.2063405, as in NumPy.

    Examples
    --------
    >>> bool(draw_uniform(1, "k", 5, 1)[0] == draw_uniform(1, "k", 0, 9)[5])
    True
    """
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "little")
    bits = np.random.Philox(key=key)
    bits.advance(start // _BLOCK)
    skipped = start % _BLOCK
    numbers = np.random.Generator(bits).random(skipped + count)[skipped:]
    return np.maximum(numbers, 2.0**-54)  # never 0, where a quantile would be infinite
