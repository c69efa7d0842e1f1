"""Python functions as losses: what they cost is tried on a grid before any search starts.

A function that can be traced is a formula, and its slopes are derived; any other is compiled as it is, with
differences for slopes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from symlaw.engine.losses.deviances import Array
from symlaw.engine.losses.table import LOSSES, Loss, loss_named
from symlaw.engine.losses.user import PLACES, STEP, UsersLoss
from symlaw.engine.losses.user_rows import row_of
from symlaw.errors import CannotTrace, InvalidSetting
from symlaw.language.algebra.derivative import derivative as derivative_of
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators.numpy_functions import one_value
from symlaw.language.user_operators.operator import digest_of, source_of
from symlaw.language.user_operators.trace import name_of, parameters_of, trace
from symlaw.language.user_operators.trial import GRID, line_of
from symlaw.language.values import values as values_of

# Costs below this fraction of the largest count as none.
_NOTHING = 1e-9
_WEIGHTS = np.array([0.5, 1.0, 2.0, 1.5, 0.25, 3.0, 1.0, 0.75, 2.5, 1.25])
# Costs that less than treble when a small error doubles have a corner at no error.
_TREBLES = 2.8


def loss(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    derivative: Callable[..., Any] | None = None,
) -> Any:
    """Make a loss of a Python function; a decorator, with or without settings.

    Parameters
    ----------
    function
        Of a target and a prediction, or of these and a weight: what one row costs. It may be written for
        numbers or for arrays. A mean, sum or weighted mean of what rows cost is taken for what they cost.
        A perfect prediction has to cost least.
    name
        What it is called; the function's name by default, and ``custom_loss`` where it has none.
    derivative
        Its slope by the prediction, as a function of the same arguments. Derived where not given.

    Returns
    -------
    Loss
        To be given as ``loss=``.

    Raises
    ------
    InvalidSetting
        When it fails on a grid of numbers between -4 and 4, gives one number for all rows that is no mean of
        theirs, or costs less where the prediction is wrong.

    Examples
    --------
    >>> @loss
    ... def late(y, y_pred):
    ...     return np.exp(y_pred - y) - (y_pred - y)
    >>> late.name, late.row.users.slope.text()
    ('late', 'exp(m - y) + -1.0')
    """
    if function is None:
        return partial(loss, name=name, derivative=derivative)
    word = _made_name(function) if name is None else name
    if not word.isidentifier() or word in LOSSES:
        raise InvalidSetting(f"loss {word!r} needs another name: give name=, a word that is no built-in loss")
    tried = _Trial(word, function)
    own = tried.registered(derivative)
    return Loss(row_of(own), 1.0)


def _made_name(function: Callable[..., Any]) -> str:
    """The function's name, or one made for a function without."""
    word = name_of(function)
    return word if word.isidentifier() else "custom_loss"


@lru_cache(maxsize=256)
def _made_once(function: Callable[..., Any]) -> Loss:
    made: Loss = loss(function)
    return made


def loss_from(given: Any) -> Loss:
    """The loss of a setting: a name, a function, or what `loss` made of one."""
    if isinstance(given, Loss):
        return given
    return _made_once(given) if callable(given) else loss_named(given)


class _Trial:
    """A function on a grid of targets and predictions; what it is there, or a refusal."""

    def __init__(self, word: str, function: Callable[..., Any]) -> None:
        self.word, self.function = word, function
        try:
            self.count = len(parameters_of(function))
        except (CannotTrace, ValueError) as error:
            raise InvalidSetting(f"loss {self.where()}: {error}") from error
        if self.count not in (2, 3):
            raise InvalidSetting(
                f"loss {self.where()} takes {self.count} arguments: write a function of (y, y_pred) or of"
                " (y, y_pred, weights)"
            )
        columns = (GRID[0], GRID[1], _WEIGHTS)[: self.count]
        self.columns: list[Array] = [np.array(column) for column in columns]

    def where(self, error: BaseException | None = None) -> str:
        """Name, file and line of the function."""
        code = getattr(self.function, "__code__", None)
        line = "" if error is None else line_of(self.function, error)
        if code is None:
            return f"{self.word!r}"
        number = line.removeprefix(" in line ") or code.co_firstlineno
        return f"{self.word!r} ({code.co_filename}, line {number})"

    def registered(self, slope: Callable[..., Any] | None) -> UsersLoss:
        """What is known of it."""
        together = self._all_at_once()
        singles, numbers = self._one_by_one(required=together is None)
        arrays, weighs = together is not None and together.ndim == 1, self.count == 3
        if together is not None and together.ndim == 0:
            weighs = self._weighs_in_sum(float(together), singles)
        body = self._body(singles)
        given = None if slope is None else self._slope(slope)
        derived = derivative_of(body, "m") if given is None and body is not None else given
        source = source_of(self.function)
        function = self.function if arrays or numbers else _row_by_row(self.function)
        own = UsersLoss(
            self.word, function, weighs, self.count == 3, body, derived, source,
            digest_of(source or self.word, body), arrays or not numbers, numbers,
        )  # fmt: skip
        self._check_least(own)
        corner, flat, power = _manner(own)
        if given is not None:
            self._check_slope(own, given)
        return replace(own, corner=corner, flat=flat, power=power)

    def _all_at_once(self) -> Any:
        """What arrays give; None where it takes numbers only."""
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(self.function(*self.columns), dtype=float)
        except Exception:
            return None
        if found.ndim == 0 or found.shape == self.columns[0].shape:
            return found
        raise InvalidSetting(
            f"loss {self.where()} gives an array of shape {found.shape} for {len(self.columns[0])} rows: give"
            " what each row costs"
        )

    def _one_by_one(self, *, required: bool) -> tuple[Array, bool]:
        """What single rows give as numbers or, where it cannot take these, as arrays of one."""
        try:
            with np.errstate(all="ignore"):
                points = np.array(self.columns).T
                return np.array([one_value(self.function, *map(float, point)) for point in points]), True
        except Exception as error:
            if required:
                raise InvalidSetting(
                    f"loss {self.where(error)} fails with {type(error).__name__}: {error}; it has to give"
                    " what a row costs for any target and prediction, nan where it is not defined"
                ) from error
        with np.errstate(all="ignore"):
            return np.asarray(_row_by_row(self.function)(*self.columns)), False

    def _weighs_in_sum(self, together: float, singles: Array) -> bool:
        """Whether weights are in the costs that one number adds up; refuses what is no sum of costs."""
        sums = (np.sum(singles), np.mean(singles))
        if any(math.isclose(together, float(found), rel_tol=1e-9) for found in sums):
            return self.count == 3
        if self.count == 3 and math.isclose(together, np.average(singles, weights=_WEIGHTS), rel_tol=1e-9):
            return False
        raise InvalidSetting(
            f"loss {self.where()} gives one number for all rows, and not the mean or sum of what they cost"
            " one by one: give what each row costs, without a mean, or use objective="
        )

    def _body(self, singles: Array) -> Expression | None:
        """Its formula, where it has one of the same values."""
        try:
            found = self._renamed(trace(self.function, alone=True), self.function)
        except CannotTrace:
            return None
        values = values_of(found, dict(zip(PLACES, self.columns, strict=False)))
        return found if np.allclose(values, singles, rtol=1e-9, equal_nan=True) else None

    @staticmethod
    def _renamed(formula: Expression, function: Callable[..., Any]) -> Expression:
        names = dict(zip(parameters_of(function), PLACES, strict=False))
        return formula.map_nodes(
            lambda node: Variable(names[node.name]) if isinstance(node, Variable) else node
        )

    def _slope(self, given: Callable[..., Any]) -> Expression:
        try:
            count, found = len(parameters_of(given)), trace(given, alone=True)
        except CannotTrace as error:
            raise InvalidSetting(f"the derivative of loss {self.where()}: {error}; leave it out") from error
        if count != self.count:
            raise InvalidSetting(
                f"the derivative of loss {self.where()} takes {count} arguments, not {self.count}"
            )
        return self._renamed(found, given)

    def _check_least(self, own: UsersLoss) -> None:
        y, m = (grid.ravel() for grid in np.meshgrid(GRID[0], GRID[1]))
        costs = own.costs(y, m)
        known = np.isfinite(costs)
        if not np.any(known & (costs != 0)):
            raise InvalidSetting(
                f"loss {self.where()} says nothing: it is not finite, or the same for all predictions between"
                " -4 and 4"
            )
        low = known & (costs < -_NOTHING * np.max(np.abs(costs[known])))
        if np.any(low):
            k = int(np.argmax(low))
            raise InvalidSetting(
                f"loss {self.where()} is less for y = {y[k]:g} and y_pred = {m[k]:g} than where both are"
                f" {y[k]:g}: a perfect prediction has to cost least"
            )

    def _check_slope(self, own: UsersLoss, given: Expression) -> None:
        y, m = GRID[0], GRID[1]
        told = values_of(given, dict(zip(PLACES, (y, m, np.ones(len(y))), strict=True)))
        differences = (own.costs(y, m + STEP) - own.costs(y, m - STEP)) / (2.0 * STEP)
        wrong = np.isfinite(told) & np.isfinite(differences)
        wrong &= np.abs(told - differences) > 1e-3 * np.maximum(1.0, np.abs(differences))
        if np.any(wrong):
            k = int(np.argmax(wrong))
            raise InvalidSetting(
                f"the derivative of loss {self.where()} is not that of the function by the prediction: at"
                f" y = {y[k]:g}, y_pred = {m[k]:g} it gives {told[k]:g}, differences give {differences[k]:g}"
            )


def _row_by_row(function: Callable[..., Any]) -> Callable[..., Array]:
    """A function of arrays that gives one number, on each row alone."""

    def rows(*columns: Array) -> Array:
        alone = (tuple(np.array([x]) for x in point) for point in zip(*columns, strict=True))
        return np.array([float(np.squeeze(function(*point))) for point in alone])

    return rows


def _manner(own: UsersLoss) -> tuple[bool, bool, float]:
    """Whether costs have a corner, whether they are flat, and by which power of an error they grow."""
    y, m = (grid.ravel() for grid in np.meshgrid(GRID[0], GRID[1]))
    with np.errstate(all="ignore"):
        slopes = own.costs(y, m + STEP) - own.costs(y, m - STEP)
        small = [own.costs(y, y + step) for step in (1e-4, 0.5e-4, -1e-4, -0.5e-4)]
        ratios = np.concatenate([small[0] / small[1], small[2] / small[3]])
        growth = np.log2(own.costs(y, y + 2.0 * (m - y)) / own.costs(y, m))
    slopes = slopes[np.isfinite(slopes)]
    # a step of a count may lie on a point of the grid
    flat = int(np.count_nonzero(slopes)) < 0.1 * len(slopes)
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    corner = not flat and len(ratios) > 0 and float(np.median(ratios)) < _TREBLES
    growth = growth[np.isfinite(growth)]
    power = float(np.clip(np.median(growth), 0.5, 4.0)) if len(growth) else 2.0
    return corner, flat, power


__all__ = ["loss", "loss_from"]
