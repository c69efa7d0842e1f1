"""What a formula does beyond the data: at the ends of a wider box, and far away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.values import values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.statements.domain import Domain
    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

# Doublings of the data's range at which a formula is looked at, far away.
_DOUBLINGS = np.arange(4, 41)
_SAME, _STEADY = 1e-6, 0.02
_TURNS = 3
# Steps from doubling to doubling are alike within this share.
_EVEN = 1e-3


@dataclass(frozen=True)
class Extrapolation:
    """Behaviour along one variable, the others at the middle of their ranges.

    Parameters
    ----------
    variable
        Which.
    low, high
        Values at the ends of the wider box.
    below, above
        What happens as the variable goes to minus and to plus infinity, in words.
    """

    variable: str
    low: float
    high: float
    below: str
    above: str


def extrapolated(expression: Expression, domain: Domain, wide: Domain) -> tuple[Extrapolation, ...]:
    """What a formula does beyond a box along each of its variables.

    Examples
    --------
    >>> from symlaw.knowledge.statements.domain import Domain
    >>> from symlaw.language import parse
    >>> box = Domain(("x",), np.array([0.0]), np.array([2.0]))
    >>> [one] = extrapolated(parse("exp(x) + 3"), box, box)
    >>> one.below, one.above
    ('tends to 3', 'grows exponentially')
    """
    middle = 0.5 * (domain.low + domain.high)
    found = []
    for name in expression.variables:
        place = domain.place(name)
        size = max(domain.size(name), float(domain.high[place] - domain.low[place]))

        def at(t: Array, name: str = name) -> Array:
            others = {own: np.full(len(t), value) for own, value in zip(domain.names, middle, strict=True)}
            return values(expression, {**others, name: t})

        low, high = at(np.array([wide.low[place], wide.high[place]])).tolist()
        far: Array = np.asarray(size * 2.0**_DOUBLINGS, dtype=np.float64)
        near: Array = np.asarray(size * np.linspace(4.0, 64.0, 4001), dtype=np.float64)
        below = _in_words(-far, at(-far), at(-near))
        above = _in_words(far, at(far), at(near))
        found.append(Extrapolation(name, low, high, below, above))
    return tuple(found)


def _in_words(far: Array, seen: Array, near: Array) -> str:
    """What values do, at ever farther places and on a fine grid before these."""
    finite = np.isfinite(seen)
    if np.any(np.isnan(seen[: len(seen) // 2])) and not finite[: len(seen) // 2].any():
        return "undefined"
    if _turns(near) >= _TURNS:
        return "oscillates"
    if not finite.any():
        return "grows exponentially"
    kept = np.flatnonzero(finite & (seen != 0))
    last = float(seen[finite][-1])
    if finite.all() and np.ptp(seen[-6:]) <= _SAME * max(abs(last), 1e-300):
        return f"tends to {last:.6g}"
    if len(kept) < 6 or not finite.all() or np.any(seen[-6:] == 0):
        return _fast(seen, finite)
    with np.errstate(all="ignore"):
        slopes = np.diff(np.log(np.abs(seen[kept]))) / np.diff(np.log(np.abs(far[kept])))
    power = float(slopes[-1])
    if np.ptp(slopes[-6:]) <= _STEADY * max(1.0, abs(power)):
        if abs(power) < _STEADY * 5:
            steps = np.diff(seen[-6:])
            even = np.ptp(steps) <= _EVEN * abs(steps[-1])
            return "grows like a logarithm" if even else "changes slowly"
        shown = round(2 * power) / 2 if abs(2 * power - round(2 * power)) < 2 * _STEADY else power
        return f"grows like power {shown:.3g}" if power > 0 else f"tends to 0 like power {shown:.3g}"
    return "changes irregularly"


def _turns(seen: Array) -> int:
    """How often values turn from rising to falling or back."""
    steps = np.sign(np.diff(seen[np.isfinite(seen)]))
    steps = steps[steps != 0]
    return int(np.sum(steps[1:] != steps[:-1]))


def _fast(seen: Array, finite: NDArray[np.bool_]) -> str:
    """What happens when values leave the range of numbers, or reach 0, within a few doublings."""
    if np.any(seen[-6:] == 0) and finite.all():
        return "tends to 0 faster than any power"
    return "grows exponentially" if np.any(np.isinf(seen)) else "undefined far away"
