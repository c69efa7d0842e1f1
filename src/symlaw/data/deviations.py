"""Standard deviations of a target's errors: which columns look like some, and how they weigh rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlaw.data.cells.numerals import refine
from symlaw.data.naming import resolve
from symlaw.data.raw import Raw
from symlaw.errors import DataError

# Words for an error, before or after the name of what has it.
_WORDS = "err error errors std stddev stdev sd sem stderr sigma se unc uncert uncertainty rms".split()
# Words that weights are not called by.
_BARE = frozenset(_WORDS) - {"sigma", "se", "rms"}


def looks_like_errors(name: str, target: str) -> bool:
    """Whether a column is called as the errors of a target are: ``y_err``, ``sigma_T``, ``period error [s]``.

    Examples
    --------
    >>> [looks_like_errors(name, "T [s]") for name in ("T_err", "sigma T [s]", "y_std", "sT", "sigma")]
    [True, True, True, False, False]
    """
    words, own = _words(name), _words(target)
    for base in (own, ["y"], ["target"]):
        rest = _without(words, base)
        if rest is not None and len(rest) == 1:
            return rest[0] in _WORDS
    return False


def names_errors(name: str) -> bool:
    """Whether a name has a word for an error in it."""
    return any(word in _BARE for word in _words(name))


def _words(name: str) -> list[str]:
    """Words of a name without its unit, in small letters."""
    return re.split(r"[\s_.-]+", re.sub(r"[\[(][^\])]*[\])]", " ", name).strip().lower())


def _without(words: list[str], base: list[str]) -> list[str] | None:
    """Words before or after a name; None where the name is not there."""
    if words[-len(base) :] == base:
        return words[: -len(base)]
    return words[len(base) :] if words[: len(base)] == base else None


def without_errors(names: Sequence[str], target: str | None) -> tuple[list[str], tuple[str, ...]]:
    """Names of columns that are no errors of the target, and what to say of the others."""
    if target is None:
        return list(names), ()
    errors = [name for name in names if looks_like_errors(name, target)]
    if len(errors) == len(names):
        return list(names), ()
    said = tuple(
        f"Column {name!r} is left out: it looks like the standard deviation of {target!r}. Give it as y_std"
        " to weigh the rows by it, or name it among the features to search with it."
        for name in errors
    )
    return [name for name in names if name not in errors], said


def read_deviations(raw: Raw, given: str | ArrayLike) -> NDArray[np.float64]:
    """Standard deviations, one for each row of a source; raises `DataError` where they are none."""
    what = f"y_std {given!r}" if isinstance(given, str) else "y_std"
    if isinstance(given, str):
        name = resolve(given, raw.names, "y_std")
        column, _ = refine(raw.columns[raw.names.index(name)], raw.decimal_comma)
        if column.kind != "number":
            raise DataError(f"{what} must hold numbers and holds {column.kind}.")
        given = column.values
    return checked_deviations(given, raw.n_rows, what)


def checked_deviations(given: ArrayLike, n_rows: int, what: str = "y_std") -> NDArray[np.float64]:
    """Standard deviations as an array (n_rows,); raises `DataError` where they are none."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{what} must be a column name or one number per row.") from None
    if values.ndim == 0:
        values = np.full(n_rows, float(values))
    if values.shape != (n_rows,):
        raise DataError(f"{what} has shape {values.shape}, the table {n_rows} rows; give one per row.")
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if bad.size:
        raise DataError(
            f"{what} must be above 0 in every row; row {bad[0] + 1} has {values[bad[0]]:g}"
            f" ({bad.size} such rows): fill it in, or leave such rows out."
        )
    return values


def weights_of(deviations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse variances, the largest of them 1 so that no size leaves the range of numbers."""
    return np.asarray((np.min(deviations, initial=np.inf) / deviations) ** 2)
