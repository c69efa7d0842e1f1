"""Fitted constants as they are shown: with the digits that their standard errors justify."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.printers.notation import justified, rounded
from symlaw.trust.constants.numbers import all_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.trust.constants.uncertainty import Kind, Uncertainty

# Digits of numbers that the data do not determine, or whose error is rounding.
_OPEN = 8
_MOST = 17
# Said where constants differ from those of the formula as it was found.
ANEW = "Estimates are of a fit to these rows; the formula is shown elsewhere as it was found."
# Relative difference of constants that is none.
_SAME = 1e-5
# From this size on numbers are written with a power of ten rather than with zeros that nobody knows.
_LONG = 1e7


class Figures(NamedTuple):
    """A fitted constant in words.

    Attributes
    ----------
    name
        Of the constant: c0, c1, ... left to right, or ``a[cold]`` for that of a group.
    estimate, standard_error, low, high
        Numbers as they are shown, all to the second digit of the standard error.
    """

    name: str
    estimate: str
    standard_error: str
    low: str
    high: str


def figures_of(sure: Uncertainty, kind: Kind = "t", labels: Sequence[str] | None = None) -> list[Figures]:
    """The constants of a fitted formula with their errors and intervals, as they are shown everywhere.

    Parameters
    ----------
    sure
        The fitted formula.
    kind
        Of intervals.
    labels
        What the groups of rows are called, by number.
    """
    names = sure.called(labels)
    rows = sure.frame(kind=kind).itertuples(index=False)
    return [
        Figures(
            name, as_known(row.estimate, row.standard_error), error_text(row.standard_error),
            as_known(row.low, row.standard_error), as_known(row.high, row.standard_error),
        )
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip


def table_of(sure: Uncertainty, kind: Kind = "t", labels: Sequence[str] | None = None) -> str:
    """The formula, its constants and what to mind, in lines of at most 80 columns; see `figures_of`."""
    heads = ("", "estimate", "std. error", f"{100 * sure.level:g}% from", "to")
    rows = [heads, *figures_of(sure, kind, labels)]
    widths = [max(8, *(len(row[0]) for row in rows)), 16, 14, 16, 16]
    lines = ["".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([fitted_formula(sure).shown(), "", *lines, "", *_remarks(sure, labels)])


def _remarks(sure: Uncertainty, labels: Sequence[str] | None) -> list[str]:
    known = (
        "variances as given"
        if sure.fit.sample.known
        else f"residuals of {sure.residual_deviation:.3g}{_of_which_row(sure)}"
    )
    remarks = [f"{sure.fit.sample.n_rows} rows, {sure.freedom} degrees of freedom, {known}."]
    called = dict(zip(sure.names, sure.called(labels), strict=True))
    loose = [n for n, e in zip(sure.names, sure.standard_errors, strict=True) if not math.isfinite(e)]
    if loose:
        remarks.append(f"The data do not determine {', '.join(called[one] for one in loose)} by themselves.")
    remarks += [
        f"{called[a]} and {called[b]} go together: correlation {r:.3f}." for a, b, r in sure.entangled()
    ]
    return remarks


def _of_which_row(sure: Uncertainty) -> str:
    """For which rows a deviation holds, where they weigh differently."""
    return " for a row of weight 1" if np.ptp(sure.fit.sample.weights) > 0 else ""


def is_anew(sure: Uncertainty, formula: Expression) -> bool:
    """Whether the fitted constants are others than those of the formula as it was found."""
    found = all_numbers(formula)
    fitted = all_numbers(sure.expression)
    return len(found) != len(fitted) or not np.allclose(fitted, found, rtol=_SAME, atol=0.0)


def fitted_formula(sure: Uncertainty) -> Expression:
    """The fitted formula, its constants shown to the second digit of their standard errors."""
    errors, digits = sure.standard_errors, []
    for value, place in zip(sure.expression.constants, sure.fit.model.places.tolist(), strict=False):
        error = float(errors[place]) if place >= 0 else 0.0
        told = math.isfinite(error) and error > 0
        digits.append(justified(value, error) if told else _MOST if place < 0 else _OPEN)
    return replace(sure.expression, digits=tuple(digits))


def as_known(value: float, error: float) -> str:
    """A number to the second digit of its standard error.

    Examples
    --------
    >>> as_known(-2.4907426, 0.00341), as_known(2.0, 0.013), as_known(1234.5, 280.0), as_known(3.2e-9, 4e-11)
    ('-2.4907', '2.000', '1230', '3.200e-09')
    """
    if not (math.isfinite(error) and error > 0 and math.isfinite(value)):
        return "∞" if value == math.inf else "-∞" if value == -math.inf else f"{value:.{_OPEN}g}"
    if value == 0.0:
        return "0"
    digits = justified(value, error)
    text = f"{value:#.{digits}g}"
    if "e" in text and 1 <= abs(value) < _LONG:
        text = f"{float(text):.0f}"
    return text.removesuffix(".").replace(".e", "e")


def error_text(error: float) -> str:
    """A standard error with two digits."""
    if not math.isfinite(error):
        return "not determined"
    return rounded(error, 2) if error >= _LONG or error < 100 else f"{float(f'{error:.2g}'):.0f}"
