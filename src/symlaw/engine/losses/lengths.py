"""Nats for data under losses, up to a constant: of a loss, its rows and the best constant's mean cost."""

from __future__ import annotations

import math


def gaussian(fraction: float, n_rows: int, null: float) -> float:
    """Normal errors, by their squares."""
    return 0.5 * n_rows * math.log(fraction)


def laplace(fraction: float, n_rows: int, null: float) -> float:
    """Errors by their absolute values."""
    return n_rows * math.log(fraction)


def huber(fraction: float, n_rows: int, null: float) -> float:
    """Errors that are square when small and absolute when large."""
    mean = fraction * null
    return n_rows * math.log(math.sqrt(2.0 * mean) if mean <= 0.5 else mean + 0.5)


def log_cosh(fraction: float, n_rows: int, null: float) -> float:
    """The same, smoothly."""
    mean = fraction * null
    return n_rows * math.log(mean + math.log1p(math.sqrt(-math.expm1(-2.0 * mean))))


def deviance(fraction: float, n_rows: int, null: float) -> float:
    """Costs that are nats themselves."""
    return n_rows * null * fraction
