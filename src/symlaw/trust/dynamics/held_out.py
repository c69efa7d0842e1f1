"""How well systems say runs, or stretches of few runs, that their constants were not fitted to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.dynamics.candidates import cut
from symlaw.search.dynamics.shooting import Shooting
from symlaw.search.dynamics.systems import stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.measured.noise import Smoothed
    from symlaw.search.dynamics.shooting import Fit

    Array = NDArray[np.float64]

# Runs from which on some are held out, and parts that they, or stretches of fewer, are held out in.
FEWEST_RUNS, _PARTS = 3, 5
# Rows of a stretch at least, and stretches of a run at most for each part.
_FEWEST_ROWS, _MOST = 20, 2


class Split(NamedTuple):
    """Stretches of runs, and what part of the data each is of.

    Attributes
    ----------
    shooting
        What fits systems to all of them.
    parts
        Of each stretch the part, from 0 on, that is held out at one time.
    """

    shooting: Shooting
    parts: NDArray[np.int64]


def split_of(data: Smoothed, pieces: float, input_kind: int) -> Split | None:
    """What is held out: runs from three on, of fewer every fifth stretch; None where these are too short.

    Parameters
    ----------
    data
        The runs.
    pieces
        Stretches of a run that systems were fitted on.
    input_kind
        How inputs are read between rows.
    """
    if len({run.group for run in data.runs}) > 1:
        # what one group says does not say the constants of another
        return None
    counts = [len(run.times) for run in data.runs]
    if len(counts) >= FEWEST_RUNS:
        each = [k for k, count in enumerate(counts) for _ in cut(count, pieces)]
    else:
        share = min(_MOST, min(counts) // (_PARTS * _FEWEST_ROWS))
        if share < 1:
            return None
        pieces = _PARTS * max(share, -(-pieces // _PARTS))
        each = [k for count in counts for k in range(len(cut(count, pieces)))]
    return Split(Shooting(stretches(data, pieces, input_kind)), np.array(each) % _PARTS)


def held_out(fits: Sequence[Fit], split: Split | None, shooting: Shooting) -> list[Fit | None]:
    """Each fit with the squares that are left of what its constants were not fitted to.

    Each part is held out once; a first state of its own is all that is fitted to a stretch of it.

    Parameters
    ----------
    fits
        Systems fitted to all runs.
    split
        What is held out, if anything.
    shooting
        What they were fitted with.

    Returns
    -------
    list of Fit or None
        None for a system that cannot be solved on what is held out, and for all where nothing is.
    """
    if split is None:
        return [None] * len(fits)
    return [_held_out(fit, split, shooting.starts_on(fit, split.shooting)) for fit in fits]


def _held_out(fit: Fit, split: Split, starts: Array) -> Fit | None:
    squares, counts = np.zeros_like(fit.squares), np.zeros_like(fit.counts)
    for part in np.unique(split.parts):
        is_out = split.parts == part
        inside, outside = (
            Shooting([one for one, chosen in zip(split.shooting.stretches, rows, strict=True) if chosen])
            for rows in (~is_out, is_out)
        )
        fitted = inside.fit(fit.system, starts[~is_out])
        if fitted is None:
            return None
        seen = outside.fit(fitted.system.fixed, starts[is_out])
        if seen is None:
            return None
        squares, counts = squares + seen.squares, counts + seen.counts
    return replace(fit, squares=squares, counts=counts, starts=starts)
