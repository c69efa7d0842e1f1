"""Rows that a search never sees, and what its formulas miss on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Entry

# Of so many rows or more, a share is held out, but not more than enough; where it is said which, of fewer.
MIN_ROWS, MIN_ROWS_SAID = 60, 15
SHARE, MOST = 0.2, 10_000
# A formula fails where a simpler one has smaller errors by so many standard errors of the difference.
_CLEARLY = 2.0
# A formula that is undefined on this share of the rows, or on one, is judged on the others.
_FEW = 0.01
# Errors below this fraction of the largest target are rounding.
_ROUNDING = 1e-9


class Split(NamedTuple):
    """Places of rows to search on and of rows held out, each rising, int64."""

    searched: NDArray[np.int64]
    held_out: NDArray[np.int64]


def split_rows(
    n_rows: int,
    seed: int,
    weights: NDArray[np.float64] | None = None,
    *,
    last: bool = False,
    together: NDArray[np.int64] | None = None,
) -> Split:
    """Rows to search on and rows to hold out: a fifth of at least 60 by chance, of 15 where it is said which.

    Parameters
    ----------
    n_rows
        Rows of the table.
    seed
        Chooses among them.
    weights
        (n_rows,); rows of weight 0 are not held out.
    last
        Whether the last rows are held out, as a forecast is of what comes after.
    together
        (n_rows,), groups of rows that are held out together, until there are enough; all but one at most.
    """
    everything = np.arange(n_rows)
    usable = everything if weights is None else np.flatnonzero(weights > 0)
    said = last or together is not None
    if len(usable) < (MIN_ROWS_SAID if said else MIN_ROWS):
        return Split(everything, everything[:0])
    rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
    count = int(SHARE * len(usable)) if said else min(int(SHARE * len(usable)), MOST)
    if together is not None:
        held_out = _groups_held_out(together, usable, count, rng)
    else:
        held_out = usable[-count:] if last else np.sort(rng.permutation(usable)[:count])
    return Split(np.delete(everything, held_out), held_out)


def _groups_held_out(
    together: NDArray[np.int64], usable: NDArray[np.int64], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Rows of groups drawn by chance until there are so many; one group at least is left."""
    groups = rng.permutation(np.unique(together[usable]))
    held_out: list[int] = []
    for group in groups[:-1]:
        if len(held_out) >= count:
            break
        held_out += usable[together[usable] == group].tolist()
    return np.sort(np.array(held_out, dtype=np.int64))


def folds_of(n_rows: int, n_folds: int, seed: int) -> list[NDArray[np.int64]]:
    """Rows in folds of nearly equal size, drawn with a seed; no more folds than rows."""
    order = np.random.Generator(np.random.Philox(seed)).permutation(n_rows)
    return list(np.array_split(order, min(n_folds, n_rows)))


def held_out_errors(
    front: Sequence[Entry],
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    cost: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """What each entry's errors cost on each row, float64 (n_entries, n_rows); inf where it is undefined.

    Parameters
    ----------
    front, X, y, names
        Entries, rows (n_rows, n_features), their target (n_rows,) and columns.
    cost
        Costs of predictions (n_rows,) in whatever unit; squares of the errors by default.
    """
    with np.errstate(all="ignore"):
        values = evaluate([entry.expression for entry in front], X, names)
        if cost is None:
            errors = ((values - y) / float(np.max(np.abs(y), initial=0.0) or 1.0)) ** 2
        else:
            errors = np.array([cost(predicted) for predicted in values]).reshape(values.shape)
    errors[~np.isfinite(errors)] = np.inf
    return errors


def failing(errors: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which formulas, by rising complexity, are clearly worse than a simpler one on rows held out.

    Parameters
    ----------
    errors
        What their errors cost, float64 (n_entries, n_rows).
    """
    failed = np.zeros(len(errors), bool)
    for place in range(1, len(errors)):
        failed[place] = any(_is_worse(errors[place], errors[other]) for other in range(place))
    return failed


def _is_worse(errors: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    there = np.isfinite(errors)
    if not _is_nearly_defined(there):
        return bool(np.all(np.isfinite(others)))
    difference = errors[there] - others[there]
    if not np.all(np.isfinite(difference)):
        return False
    error = float(np.std(difference)) / np.sqrt(len(difference))
    if not np.all(there):
        # what is undefined somewhere has to be better on the other rows
        return not np.mean(difference) < -_CLEARLY * error
    return bool(np.mean(difference) > _CLEARLY * error)


def _is_nearly_defined(there: NDArray[np.bool_]) -> bool:
    """Whether a formula is defined on all rows, or on all but a very few of them."""
    undefined = int(np.sum(~there))
    return undefined == 0 or (undefined < len(there) and undefined <= max(1.0, _FEW * len(there)))


def holds_exactly(entry: Entry, X: NDArray[np.float64], y: NDArray[np.float64], names: Sequence[str]) -> bool:
    """Whether a formula misses nothing but rounding on rows held out; true where there are none."""
    errors = held_out_errors([entry], X, y, names)
    there = np.isfinite(errors[0])
    return len(y) == 0 or (_is_nearly_defined(there) and bool(np.all(errors[0, there] < _ROUNDING**2)))


def where_undefined(predicted: NDArray[np.float64]) -> str:
    """What to add to the reason for a formula that is undefined on some rows, whose values are not finite."""
    places = np.flatnonzero(~np.isfinite(predicted))
    if not len(places):
        return ""
    rows = f"row {places[0] + 1}" if len(places) == 1 else f"{len(places)} rows, the first {places[0] + 1}"
    return f"; it is undefined in {rows}, which its figures leave out"
