"""Data given to an estimator, as arrays of numbers; what cannot be used is refused in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import validate_data

from symlaw.errors import DataError, SymlawError, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

# What scikit-learn adds to its sentence about missing values.
_ADVICE = "SymbolicRegressor does not accept missing values"
_MEND = "leave such rows out, or give numbers"
# What our own sentence about a cell says as well.
_TOLD = re.compile(r"contains (?:NaN|infinity)")
# Its sentences about shapes, and ours; words that its own checks of estimators look for are kept.
_OURS = tuple(
    (re.compile(pattern), ours)
    for pattern, ours in (
        (
            r"Found array with (\d+) sample\(s\).* minimum of (\d+)",
            r"\1 rows can be used (n_samples=\1) and a minimum of \2 is needed: add rows",
        ),
        (
            r"Found array with (\d+) feature\(s\) (\(shape=.*\)) while a minimum of (\d+) is required",
            r"X has \1 feature(s) \2 while a minimum of \3 is required: give columns",
        ),
        (
            r"inconsistent numbers of samples: \[(\d+), (\d+)\]",
            r"X has \1 rows and y \2: give as many of each",
        ),
        (
            r"Expected 2D array, got (\w+) array",
            r"X is a \1 array where rows and columns are needed: Reshape your data, one column by"
            r" X.reshape(-1, 1), one row by X.reshape(1, -1)",
        ),
        (
            r"Found array with dim (\d+)",
            r"X has \1 dimensions where rows and columns are needed: make it a table",
        ),
    )
)


def checked_rows(estimator: Any, X: Any, y: Any, **options: Any) -> tuple[NDArray[np.float64], Any]:
    """Features and target as arrays of float64, by scikit-learn's rules.

    Raises
    ------
    DataError
        When they are no numbers, or not enough; with the column and row.
    """
    found: Any = _in_our_words(
        lambda: validate_data(estimator, X, y, dtype=np.float64, y_numeric=True, **options), X, y
    )
    data, target = found
    numbers = _in_our_words(lambda: np.asarray(target, dtype=np.float64), (), y)
    if not np.isfinite(numbers).all():
        raise DataError(next(_odd_cells(y, "target"), "the target holds what is no number"))
    return data, numbers


def checked_features(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Features of a fitted estimator as an array (n_samples, n_features); raises `DataError`."""
    return np.asarray(
        _in_our_words(
            lambda: validate_data(estimator, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan"),
            X,
        )
    )


def _in_our_words(check: Callable[[], Any], X: Any, y: Any = None) -> Any:
    try:
        # sums of what is finite may leave the range of numbers
        with np.errstate(all="ignore"):
            return check()
    except SymlawError:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        kind = WrongType if isinstance(error, TypeError) else DataError
        plain = " ".join(str(error).split(_ADVICE)[0].split())
        ours = _of_shapes(plain)
        if ours is not None:
            raise kind(ours) from None
        said = next(iter((*_odd_cells(X, "column"), *_odd_cells(y, "target"))), None)
        reason = str(error).splitlines()[0].rstrip(".")
        if said is None or _TOLD.search(reason):
            raise kind(said or plain) from None
        raise kind(f"{said} ({reason})") from None


def _of_shapes(said: str) -> str | None:
    """What scikit-learn says of shapes, as we say it; None where it says something else."""
    for pattern, ours in _OURS:
        found = pattern.search(said)
        if found is not None:
            return found.expand(ours)
    return None


def _odd_cells(given: Any, role: str) -> Iterator[str]:
    """Sentences about columns that are no numbers, first cells first."""
    for name, column in _columns(given, role):
        for row, value in enumerate(column):
            wrong = _wrong(value)
            if wrong:
                yield f"{name} {wrong} in row {row + 1}: {_MEND}"
                break


def _columns(given: Any, role: str) -> Iterator[tuple[str, Any]]:
    """What to call each column, and its values."""
    if hasattr(given, "columns"):
        for place, name in enumerate(given.columns):
            whole = given.iloc[:, place] if hasattr(given, "iloc") else given[name]
            yield f"{role} {name!r}", whole
        return
    try:
        table = np.asarray(given)
    except ValueError:
        return
    if role == "target" and table.ndim == 1:
        yield "the target", table
    elif table.ndim == 2:
        for place, column in enumerate(table.T):
            yield f"{role} {('y' if role == 'target' else 'x')}{place}", column


def _wrong(value: Any) -> str:
    """What is wrong with a cell; empty if it is a number."""
    if isinstance(value, complex | np.complexfloating):
        return f"is complex ({value})"
    try:
        number = float(value)
    except OverflowError:
        return f"is {str(value)[:20]}..., infinity to a computer,"
    except (TypeError, ValueError):
        return f"holds {value.item() if isinstance(value, np.generic) else value!r}"
    if np.isfinite(number):
        return ""
    return "is NaN" if np.isnan(number) else "is infinity (inf)"
