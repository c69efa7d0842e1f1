"""Random streams for kernels: SplitMix64 (Steele, Lea and Flood 2014), one counter per stream."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.compiling.jit import inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


def stream(seed: int, *place: int | str) -> NDArray[np.uint64]:
    """State of the stream that belongs to a seed and a place, such as a searcher and an island."""
    digest = hashlib.sha256(repr((int(seed), *place)).encode()).digest()
    return np.frombuffer(digest[:8], dtype=np.uint64).copy()


@inner
def mix(bits):  # type: ignore[no-untyped-def]
    """Scramble 64 bits so that each depends on all."""
    bits = (bits ^ (bits >> _30)) * _FIRST
    bits = (bits ^ (bits >> _27)) * _SECOND
    return bits ^ (bits >> _31)


@inner
def uniform(state):  # type: ignore[no-untyped-def]
    """Next float in [0, 1)."""
    state[0] = state[0] + _STEP
    return float(mix(state[0]) >> _11) * (1.0 / 9007199254740992.0)


@inner
def below(state, count):  # type: ignore[no-untyped-def]
    """Next whole number in [0, count)."""
    return int(uniform(state) * count)


@inner
def normal(state):  # type: ignore[no-untyped-def]
    """Next standard normal value (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(state)))
    return radius * math.cos(6.283185307179586 * uniform(state))
