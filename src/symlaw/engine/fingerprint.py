"""Fingerprints of behaviour, and the fixed-size cache of those already seen.

A fingerprint is a 64-bit key of values on the probe rows after removing scale, offset and sign. Values are
rounded on two grids half a bin apart, and a formula is known when either key is: rounding errors near a
bin's edge on one grid are in a bin's middle on the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.random import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS_PER_UNIT = float(2**22)
WAYS = 4
_WAY_MASK = np.uint64(WAYS - 1)
_HALF_SALT = np.uint64(0xD6E8FEB86659FD93)
_60 = np.uint64(60)
_REHASHED_AT_ONCE = 2**15
_ZERO, _ONE = np.uint64(0), np.uint64(1)


@record
class Cache(NamedTuple):
    """Keys seen, in buckets of four; memory stays as it was allocated.

    Attributes
    ----------
    keys
        uint64 (n_slots,); 0 is empty.
    complexity
        Complexity of the cheapest form seen, float32 (n_slots,).
    visits
        How often a key came, up to 255, uint8 (n_slots,).
    """

    keys: NDArray[np.uint64]
    complexity: NDArray[np.float32]
    visits: NDArray[np.uint8]


def make_cache(n_keys: int) -> Cache:
    """An empty cache for ``n_keys`` keys, rounded up to a power of two."""
    size = max(WAYS, 1 << (int(n_keys) - 1).bit_length())
    return Cache(np.zeros(size, np.uint64), np.zeros(size, np.float32), np.zeros(size, np.uint8))


def probe_multipliers(n_rows: int) -> NDArray[np.uint64]:
    """Odd multiplier of each probe row."""
    rng = np.random.Generator(np.random.Philox(20240229))
    return rng.integers(0, 2**63, size=n_rows, dtype=np.uint64) * np.uint64(2) + _ONE


@kernel
def fingerprint(f, centre, spread, sign, multipliers, n, salt=0):  # type: ignore[no-untyped-def]
    """The two keys of values f[:n] with known centre and spread; sign is that of the fitted scale.

    ``salt`` tells apart searches for different targets: what one has seen another may still need.
    """
    factor = BINS_PER_UNIT / spread * (1.0 if sign >= 0.0 else -1.0)
    first = mix(np.uint64(salt))
    second = first ^ _HALF_SALT
    for i in range(n):
        z = (f[i] - centre) * factor
        first += np.uint64(np.int64(np.floor(z))) * multipliers[i]
        second += np.uint64(np.int64(np.floor(z + 0.5))) * multipliers[i]
    return mix(first) | _ONE, mix(second) | _ONE


@kernel
def find(cache, key):  # type: ignore[no-untyped-def]
    """Slot of a key, or -1."""
    base = np.int64(key & np.uint64(len(cache.keys) - WAYS))
    for way in range(WAYS):
        if cache.keys[base + way] == key:
            return base + way
    return -1


@kernel
def remember(cache, key, complexity):  # type: ignore[no-untyped-def]
    """Add a key or keep the cheaper form; in a full bucket the key itself says which one leaves."""
    slot = find(cache, key)
    if slot < 0:
        base = np.int64(key & np.uint64(len(cache.keys) - WAYS))
        slot = base + np.int64((key >> _60) & _WAY_MASK)
        for way in range(WAYS):
            if cache.keys[base + way] == _ZERO:
                slot = base + way
                break
        cache.keys[slot] = key
        cache.complexity[slot] = complexity
        cache.visits[slot] = 0
    elif complexity < cache.complexity[slot]:
        cache.complexity[slot] = complexity
    if cache.visits[slot] < 255:
        cache.visits[slot] += 1
    return slot


@inner
def forget_all(cache):  # type: ignore[no-untyped-def]
    """Empty a cache in place."""
    cache.keys[:] = 0


@kernel
def rehash(cache, larger, begin, end):  # type: ignore[no-untyped-def]
    """Remember in a larger cache what is in slots begin to end of another."""
    for place in range(begin, end):
        if cache.keys[place] != _ZERO:
            slot = remember(larger, cache.keys[place], np.float64(cache.complexity[place]))
            larger.visits[slot] = cache.visits[place]


@kernel
def merge(cache, keys, complexity, count):  # type: ignore[no-untyped-def]
    """Remember a list of keys in order."""
    for place in range(count):
        remember(cache, keys[place], np.float64(complexity[place]))


def count_unknown(cache: Cache, keys: NDArray[np.uint64]) -> int:
    """How many of some keys, uint64 (n_keys,), a cache does not hold."""
    base = (keys & np.uint64(len(cache.keys) - WAYS)).astype(np.int64)
    held = np.any(cache.keys[base[:, None] + np.arange(WAYS)] == keys[:, None], axis=1)
    return int(np.sum(~held))


def grown(cache: Cache, n_keys: int) -> Cache:
    """A larger cache of the same keys."""
    larger = make_cache(n_keys)
    for begin in range(0, len(cache.keys), _REHASHED_AT_ONCE):
        rehash(cache, larger, begin, min(begin + _REHASHED_AT_ONCE, len(cache.keys)))
    return larger
