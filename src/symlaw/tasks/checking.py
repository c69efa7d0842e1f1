"""Data given to an estimator, as arrays of numbers; what cannot be used is refused in one sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from symlaw.data.raw import label_text
from symlaw.errors import DataError, SymlawError, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

# What scikit-learn adds to its sentence about missing values.
_ADVICE = "SymbolicRegressor does not accept missing values"
_MEND = "leave such rows out, or give numbers"


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


def checked_weights(given: ArrayLike, data: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the rows of some features, (n_samples,); raises `DataError`."""
    try:
        return np.asarray(_check_sample_weight(given, data, dtype=np.float64))
    except (TypeError, ValueError) as error:
        said = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"sample_weight must be one number for each row of X: {said}") from None


def _in_our_words(check: Callable[[], Any], X: Any, y: Any = None) -> Any:
    try:
        # sums of what is finite may leave the range of numbers
        with np.errstate(all="ignore"):
            return check()
    except SymlawError:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        kind = WrongType if isinstance(error, TypeError) else DataError
        said = next(iter((*_odd_cells(X, "column"), *_odd_cells(y, "target"))), None)
        plain = " ".join(str(error).split(_ADVICE)[0].split())
        reason = str(error).splitlines()[0].rstrip(".")
        raise kind(plain if said is None else f"{said} ({reason})") from None


def check_names(X: Any) -> None:
    """Refuse names that tell no columns apart, before another library does."""
    names = [label_text(name) for name in getattr(X, "columns", ())]
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise DataError(f"{Counter(names)[double[0]]} columns of X are called {double[0]!r}: rename them")
    kinds = {isinstance(name, str) for name in getattr(X, "columns", ())}
    if len(kinds) > 1:
        other = next(name for name in X.columns if not isinstance(name, str))
        raise WrongType(
            f"columns of X are called by text, and one by {other!r}: name all of them by text, such as with"
            " X.columns = X.columns.astype(str)"
        )


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
