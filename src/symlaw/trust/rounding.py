"""The step of numbers that were rounded before they came: 0.01 where all have two decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Fewer different numbers than this say nothing about a step: labels, levels of a design.
_LEAST_DIFFERENT = 4
# Numbers of more decimal digits than this, counted from the largest number to the step, count as not rounded.
_MOST_DIGITS = 11
# Units in the last place by which a product such as 0.05 * 7 misses the nearest number to 0.35.
_SLACK = 4.0 * np.finfo(float).eps
# Steps that are a multiple of a power of ten, and how likely chance may be to make one.
_MULTIPLES, _CHANCE = (125, 25, 5, 2), 0.01
# Whole numbers above this are not all single-precision numbers.
_SINGLE = 2.0**24
# Errors are as good as rounding up to this many times the root of its mean square.
AS_GOOD = 1.1
# Numbers that are written out to find the power of ten, before all are compared with it.
_WRITTEN = 200


def step_of(values: ArrayLike) -> float | None:
    """Largest step of which all numbers are multiples, among 1, 2, 5, 25 and 125 times powers of ten.

    Numbers with a fixed count of significant digits have the step of the finest of them. Whole numbers,
    counts among them, have a step of 1 or more.

    Parameters
    ----------
    values
        float64 (n_rows,); those that are not finite do not count.

    Returns
    -------
    float or None
        Above 0; None where numbers have 12 significant digits or more, as those have that were not rounded,
        where they are single-precision numbers, or where fewer than 4 differ.

    Examples
    --------
    >>> import numpy as np
    >>> reading = np.sqrt(np.arange(1.0, 20.0))
    >>> step_of(np.round(reading, 2)), step_of(0.05 * np.round(reading / 0.05)), step_of(reading)
    (0.01, 0.05, None)
    """
    numbers = np.asarray(values, dtype=float).ravel()
    numbers = np.unique(np.abs(numbers[np.isfinite(numbers)]))
    if len(np.unique(np.asarray(values, dtype=float))) < _LEAST_DIFFERENT:
        return None
    numbers = numbers[numbers > 0]
    exponent = _common_exponent(numbers)
    if exponent is None:
        return None
    multiples = np.rint(numbers / float(f"1e{exponent}"))
    if multiples[-1] > _SINGLE and np.array_equal(numbers, numbers.astype(np.float32)):
        return None
    return float(f"{_common_multiple(multiples)}e{exponent}")


def _common_exponent(numbers: NDArray[np.float64]) -> int | None:
    """Exponent of the largest power of ten that divides all numbers; None if they are too long."""
    written = numbers[np.linspace(0, len(numbers) - 1, min(len(numbers), _WRITTEN)).astype(int)]
    least = Decimal(f"{numbers[-1]:.0e}").adjusted() - _MOST_DIGITS
    exponent = min(map(_exponent, written.tolist()))
    for _ in range(_MOST_DIGITS + 1):
        if exponent < max(least, -300):
            return None
        if not (missed := _missed(numbers, float(f"1e{exponent}"))).any():
            return exponent
        exponent = min(exponent - 1, _exponent(float(numbers[np.argmax(missed)])))
    return None


def _exponent(number: float) -> int:
    """Exponent of the last decimal digit of a number, of 15 significant ones."""
    exponent = Decimal(f"{number:.15g}").normalize().as_tuple().exponent
    return int(exponent)


def _missed(numbers: NDArray[np.float64], unit: float) -> NDArray[np.bool_]:
    """Which numbers are no multiple of a unit within rounding."""
    share = numbers / unit
    missed: NDArray[np.bool_] = np.abs(share - np.rint(share)) > _SLACK * share
    return missed


def _common_multiple(multiples: NDArray[np.float64]) -> int:
    """The largest of `_MULTIPLES` that divides all whole numbers, and hardly does so by chance."""
    for several in _MULTIPLES:
        by_chance = float(several) ** -float(len(multiples))
        if by_chance < _CHANCE and not np.any(np.mod(multiples, several)):
            return several
    return 1
