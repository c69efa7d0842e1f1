"""What losses refuse in a target (n_samples,): a value and what is wrong with it, or "" where nothing is.

And which parameters they take.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from symlaw.engine.losses.deviances import Array


def anything(y: Array) -> str:
    """Every target is taken."""
    return ""


def not_zero(y: Array) -> str:
    """Refuse targets of 0."""
    return "0, of which no error is a fraction: leave such rows out" if np.any(y == 0) else ""


def positive(y: Array) -> str:
    """Refuse targets without a logarithm."""
    return f"{y.min():g}, which has no logarithm: leave such rows out" if np.any(y <= 0) else ""


def counts(y: Array) -> str:
    """Refuse targets below 0."""
    return f"{y.min():g}, which is no count: give 0 or more" if np.any(y < 0) else ""


def labels(y: Array) -> str:
    """Refuse targets that are neither 0 nor 1."""
    other = y[(y != 0) & (y != 1)]
    return f"{other[0]:g}: give 0 and 1 only" if len(other) else ""


def is_above_0(parameter: float) -> bool:
    """Whether a parameter is a positive number."""
    return 0.0 < parameter < math.inf


def is_between_0_and_1(parameter: float) -> bool:
    """Whether a parameter is a share of something, neither none nor all of it."""
    return 0.0 < parameter < 1.0
