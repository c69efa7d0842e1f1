"""Truths among numbers: 0 is false, anything else is true; a comparison with nan is false."""

from __future__ import annotations

from symlaw.engine.compiling.jit import scalar


@scalar
def above(x: float, y: float) -> float:
    """1 where x > y, else 0."""
    return 1.0 if x > y else 0.0


@scalar
def below(x: float, y: float) -> float:
    """1 where x < y, else 0."""
    return 1.0 if x < y else 0.0


@scalar
def at_least(x: float, y: float) -> float:
    """1 where x >= y, else 0."""
    return 1.0 if x >= y else 0.0


@scalar
def at_most(x: float, y: float) -> float:
    """1 where x <= y, else 0."""
    return 1.0 if x <= y else 0.0


@scalar
def both(x: float, y: float) -> float:
    """Conjunction."""
    return 1.0 if (x != 0.0) & (y != 0.0) else 0.0


@scalar
def either(x: float, y: float) -> float:
    """Disjunction."""
    return 1.0 if (x != 0.0) | (y != 0.0) else 0.0


@scalar
def different(x: float, y: float) -> float:
    """Exclusive disjunction."""
    return 1.0 if (x != 0.0) ^ (y != 0.0) else 0.0


@scalar
def denied(x: float) -> float:
    """Negation."""
    return 1.0 if x == 0.0 else 0.0


@scalar
def not_both(x: float, y: float) -> float:
    """Sheffer's stroke."""
    return 0.0 if (x != 0.0) & (y != 0.0) else 1.0


@scalar
def neither(x: float, y: float) -> float:
    """Peirce's arrow."""
    return 0.0 if (x != 0.0) | (y != 0.0) else 1.0


@scalar
def implied(x: float, y: float) -> float:
    """Implication: y unless x is false."""
    return 1.0 if (x == 0.0) | (y != 0.0) else 0.0


@scalar
def chosen(c: float, x: float, y: float) -> float:
    """x where c is true, else y."""
    return x if c != 0.0 else y
