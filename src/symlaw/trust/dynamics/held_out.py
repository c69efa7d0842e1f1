"""How well systems say runs that their constants were not fitted to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.search.dynamics.shooting import Shooting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.shooting import Fit

# Runs from which on some are held out, and parts that they are held out in.
FEWEST_RUNS, _PARTS = 3, 5


def held_out(fits: Sequence[Fit], shooting: Shooting, runs: Sequence[int]) -> list[Fit | None]:
    """Each fit with the squares that are left of runs whose constants were fitted to others.

    Each run is held out once, a fifth of them at a time where there are more than five; a first state of its
    own is all that is fitted to it.

    Parameters
    ----------
    fits
        Systems fitted to all runs.
    shooting
        What fitted them.
    runs
        Which run each stretch is of.

    Returns
    -------
    list of Fit or None
        None for a system that cannot be solved on runs held out, and for all of fewer than three runs, or
        where runs have constants of their own.
    """
    if len(set(runs)) < FEWEST_RUNS or shooting.groups > 1:
        return [None] * len(fits)
    return [_held_out(fit, shooting, np.asarray(runs)) for fit in fits]


def _held_out(fit: Fit, shooting: Shooting, runs: NDArray[Any]) -> Fit | None:
    squares, counts = np.zeros_like(fit.squares), np.zeros_like(fit.counts)
    for part in range(min(_PARTS, len(set(runs)))):
        is_out = runs % _PARTS == part
        inside, outside = (
            Shooting([one for one, chosen in zip(shooting.stretches, rows, strict=True) if chosen])
            for rows in (~is_out, is_out)
        )
        fitted = inside.fit(fit.system, fit.starts[~is_out])
        if fitted is None:
            return None
        seen = outside.fit(fitted.system.fixed, fit.starts[is_out])
        if seen is None:
            return None
        squares, counts = squares + seen.squares, counts + seen.counts
    return replace(fit, squares=squares, counts=counts)
