"""What a person would want to be told about the numbers of a table before a search.

Nothing is changed: each remark says what may be meant otherwise, and what to do then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Scales whose zero is a convention, as people write them after a name.
_RELATIVE = re.compile(
    r"(?:°\s?[CF]|º[CF]|℃|℉|\bdeg[_ ]?[CF]\b|\bcelsius\b|\bfahrenheit\b|\b(?:temp|temperature|T)_[CF]\b)",
    re.IGNORECASE,
)
# Share of rows that are copies, of zeros in a column, and rows that say anything of both.
_COPIES, _ZEROS, _LEAST_ROWS = 0.02, 0.95, 20
# Errors are written with so many digits at most, and are this part of the target's spread at most.
_DIGITS_OF_ERRORS, _SHARE_OF_SPREAD = 2, 0.2
# Rows that are compared with one another at most, and of which digits are looked at.
_MOST_ROWS, _ROWS_OF_DIGITS = 100_000, 2_000
# Decimals that are looked at.
_MOST_DECIMALS = 10


@np.errstate(all="ignore")
def remarks(X: Floats, y: Floats | None, names: Sequence[str], target: str | None) -> tuple[str, ...]:
    """Sentences about a table of numbers.

    Parameters
    ----------
    X, y
        (n_rows, n_features) and (n_rows,), finite; y is None without a target.
    names, target
        What the columns are called.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 30)
    >>> remarks(np.round(100 * x)[:, None], x, ["x_cm"], "x")[0][:56]
    "Column 'x_cm' is the target 'x' times 100 but for roundi"
    """
    found = [
        *(_of_scale(name) for name in names),
        *(_of_zeros(column, name) for column, name in zip(X.T, names, strict=True)),
        "" if y is None or target is None else _of_zeros(y, target),
    ]
    if len(X) <= _MOST_ROWS:
        found.append(_of_copies(X if y is None else np.column_stack([X, y])))
    if y is not None and target is not None:
        some = slice(None, None, max(1, len(X) // _ROWS_OF_DIGITS))
        y = y[some]
        for column, name in zip(X[some].T, names, strict=True):
            found.append(_of_a_leak(column, y, name, target) or _of_errors(column, y, name, target))
    return tuple(sentence for sentence in found if sentence)


def _of_scale(name: str) -> str:
    if not _RELATIVE.search(name):
        return ""
    return (
        f"Column {name!r} is on a scale whose zero is a convention: products, ratios and powers of it mean"
        " little. Give kelvin (degC + 273.15) where the law may need the absolute temperature."
    )


def _of_zeros(column: Floats, name: str) -> str:
    share = float(np.mean(column == 0.0))
    if len(column) < _LEAST_ROWS or share < _ZEROS or set(np.unique(column)) <= {0.0, 1.0}:
        return ""
    return (
        f"Column {name!r} is 0 in {100 * share:.0f}% of the rows: few rows say how the target depends on it."
    )


def _of_copies(rows: Floats) -> str:
    copies = len(rows) - len(np.unique(rows + 0.0, axis=0))
    if copies < max(2.0, _COPIES * len(rows)):
        return ""
    return (
        f"{copies} of {len(rows)} rows are copies of others: rows held out of the search to check formulas"
        " may be known to it. Leave copies out unless they are repeated measurements."
    )


def _of_a_leak(column: Floats, y: Floats, name: str, target: str) -> str:
    """A column that is the target, rounded differently or in a unit that is a power of ten of its unit."""
    centred, spread = y - np.mean(y), float(np.std(y))
    slope = float(np.dot(column - np.mean(column), centred) / np.dot(centred, centred))
    if not 1e-300 < slope < 1e300:
        return ""
    power = 10.0 ** round(float(np.log10(slope)))
    apart = float(np.max(np.abs(column / power - y)))
    step = max(_step(column) / power, _step(y))
    # an exact copy is a law of one column, which a search finds at once
    if not 0.0 < apart <= 0.505 * step or not step < spread:
        return ""
    scaled = "" if power == 1.0 else f" times {power:g}"
    return (
        f"Column {name!r} is the target {target!r}{scaled} but for rounding ({apart:.2g} at most apart):"
        f" leave it out if it was computed from the target, or from what the target was computed from."
    )


def _of_errors(column: Floats, y: Floats, name: str, target: str) -> str:
    """A column of few digits that ends where the target ends and is small beside it, as errors are."""
    step, own = _step(y), _step(column)
    if not np.all(column > 0) or not 0.0 < own < 1.0 or own != step or len(y) < _LEAST_ROWS // 2:
        return ""
    digits = column / own < 10.0**_DIGITS_OF_ERRORS
    if not np.all(digits) or float(np.median(column)) > _SHARE_OF_SPREAD * float(np.std(y)):
        return ""
    return (
        f"Column {name!r} looks like an error bar of {target!r}: one or two digits that end where those of"
        f" the target do. If it is one, give it as y_std and it weighs the rows."
    )


def _step(values: Floats) -> float:
    """Power of ten of which all numbers are multiples; 0 where they have more digits than are looked at."""
    for decimals in range(_MOST_DECIMALS + 1):
        if np.allclose(np.round(values, decimals), values, rtol=1e-14, atol=0.0):
            return float(10.0**-decimals)
    return 0.0
