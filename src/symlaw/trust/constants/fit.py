"""A formula's constants by (weighted) least squares, tightly, and how well the data determine them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.trust.constants.numbers import all_numbers, by_numbers, group_numbers, with_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node

    Array = NDArray[np.float64]

# What an undefined value counts as, in units of the target's size.
_FAR = 1e6
_TIGHT = 1e-15
_STEPS = 2000
# Times that a fit begins again where it ended, until it moves by less than this, relatively.
_RESTARTS, _SETTLED, _TINY = 3, 1e-12, 1e-300
# Directions in which no more than this share of a constant's own effect is left are not determined.
_SINGULAR = 1e-9
# Least part of a parameter in such a direction.
_PART = 1e-6


@dataclass(frozen=True)
class Sample:
    """Rows that a formula is fitted to.

    Parameters
    ----------
    X
        (n_samples, n_features).
    y
        (n_samples,).
    names
        Of the columns.
    weights
        (n_samples,), positive: inverse variances, up to a factor that is the same for all unless ``known``.
    known
        Whether the weights are the inverse variances themselves, so that none is estimated.
    """

    X: Array
    y: Array
    names: Sequence[str]
    weights: Array
    known: bool = False

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    def at(self, rows: NDArray[np.int64]) -> Sample:
        """Some of the rows, in the order given; a row may come several times."""
        return Sample(self.X[rows], self.y[rows], self.names, self.weights[rows], self.known)


@dataclass(frozen=True)
class Model:
    """A formula and which of its numbers are fitted.

    Parameters
    ----------
    expression
        At the numbers that a fit starts from.
    names
        Of the parameters.
    places
        For each number of the expression, as `all_numbers` lists them, the parameter that it is, -1 where it
        stays as it is; one parameter may stand in several places, int64 (n_numbers,).
    """

    expression: Expression
    names: tuple[str, ...]
    places: NDArray[np.int64]

    @property
    def values(self) -> Array:
        """The parameters' values."""
        numbers = all_numbers(self.expression)
        return np.array([numbers[np.flatnonzero(self.places == k)[0]] for k in range(len(self.names))])

    def at(self, values: Array) -> Model:
        """With other values of the parameters."""
        numbers = all_numbers(self.expression)
        fitted = self.places >= 0
        numbers[fitted] = values[self.places[fitted]]
        return replace(self, expression=with_numbers(self.expression, numbers.tolist()))

    def without(self, parameter: int) -> Model:
        """With a parameter that stays as it is."""
        places = np.where(self.places > parameter, self.places - 1, self.places)
        places[self.places == parameter] = -1
        return replace(self, names=(*self.names[:parameter], *self.names[parameter + 1 :]), places=places)

    def values_and_slopes(self, X: Array, columns: Sequence[str]) -> tuple[Array, Array]:
        """Values (n_samples,) and their derivatives by the parameters (n_samples, n_parameters).

        Of formulas too long for exact derivatives these are central differences.
        """
        values, slopes = by_numbers(self.expression, X, columns)
        tied = np.zeros((len(values), len(self.names)))
        for number, parameter in enumerate(self.places.tolist()):
            if parameter >= 0:
                tied[:, parameter] += slopes[:, number]
        return values, tied


def model_of(expression: Expression) -> Model:
    """A formula whose constants, but for those that are fixed, are parameters c0, c1, ... left to right.

    After them come those that groups of rows have of their own, as ``a[0]`` for the group of number 0.
    """
    free = [not n.fixed for n in expression.nodes if isinstance(n, Constant)]
    own = group_numbers(expression)
    is_fitted = np.array([*free, *(True for _ in own)], bool)
    places = np.where(is_fitted, np.cumsum(is_fitted) - 1, -1).astype(np.int64)
    names = [f"c{k}" for k, one in enumerate(free) if one]
    return Model(expression, (*names, *(one.name_at() for one in own)), places)


def model_with(expression: Expression, start: Mapping[str, float]) -> Model:
    """A formula some of whose variables are parameters, with the values to start from.

    Its constants stay as they are.

    Raises
    ------
    DataError
        When the formula has no variable of a name.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> model_with(parse("a * (1 - exp(-a * x))"), {"a": 2.0}).places.tolist()
    [0, -1, 0]
    """
    unknown = [name for name in start if name not in expression.variables]
    if unknown:
        raise DataError(f"parameter {unknown[0]!r} does not occur in {expression}: leave it out")
    names = tuple(start)
    places: list[int] = []
    nodes: list[Node] = []
    for node in expression.nodes:
        if isinstance(node, Variable) and node.value is None and node.name in start:
            places.append(names.index(node.name))
            nodes.append(Constant(float(start[node.name])))
            continue
        if isinstance(node, Constant):
            places.append(-1)
        nodes.append(node)
    made = Expression(tuple(nodes))
    places += [-1] * len(group_numbers(made))
    return Model(made, names, np.array(places, dtype=np.int64))


@dataclass(frozen=True)
class Fit:
    """A formula at the parameters that fit best.

    Parameters
    ----------
    model
        With fitted parameters.
    sample
        The rows.
    errors
        Weighted residuals (n_samples,).
    slopes
        Their derivatives by the parameters (n_samples, n_parameters).
    """

    model: Model
    sample: Sample
    errors: Array
    slopes: Array

    @property
    def expression(self) -> Expression:
        """The formula with fitted numbers."""
        return self.model.expression

    @property
    def values(self) -> Array:
        """The fitted parameters."""
        return self.model.values

    @property
    def squares(self) -> float:
        """Weighted sum of squared residuals."""
        return float(self.errors @ self.errors)

    @property
    def freedom(self) -> int:
        """Rows less fitted constants that the data determine."""
        return self.sample.n_rows - int(np.sum(self._decomposed[1] > _SINGULAR))

    @property
    def variance(self) -> float:
        """Variance of a residual of weight 1: estimated, or 1 where variances are known."""
        return 1.0 if self.sample.known else self.squares / max(1, self.freedom)

    def covariance(self) -> Array:
        """Covariance of the parameters, to first order; infinite variances where not determined.

        It is made of the singular values of the derivatives with columns of length 1, since parameters may
        differ by many orders of magnitude.
        """
        _, singular, rows = self._decomposed
        covariance = self.in_determined_directions()
        none = singular <= _SINGULAR * max(1.0, float(singular.max(initial=0.0)))
        loose = np.any(np.abs(rows[none]) > _PART, axis=0)
        covariance[loose, :] = covariance[:, loose] = np.nan
        covariance[loose, loose] = np.inf
        return covariance

    def in_determined_directions(self) -> Array:
        """Covariance of the parameters as if those that the data do not determine were known."""
        size, singular, rows = self._decomposed
        large = singular > _SINGULAR * max(1.0, float(singular.max(initial=0.0)))
        inverse = (rows[large].T / singular[large] ** 2) @ rows[large]
        return np.asarray(self.variance * inverse / np.outer(size, size))

    @cached_property
    def _decomposed(self) -> tuple[Array, Array, Array]:
        """Lengths of the derivatives' columns; singular values and right vectors of these at length 1."""
        # a slope that is not finite says nothing of its row, and LAPACK fails on it
        slopes = np.where(np.isfinite(self.slopes), self.slopes, 0.0)
        size = np.linalg.norm(slopes, axis=0)
        size = np.where(size > 0, size, 1.0)
        # rows of zeros show the directions that fewer rows than parameters leave open
        lacking = np.zeros((max(0, len(size) - len(self.slopes)), len(size)))
        _, singular, rows = np.linalg.svd(np.vstack([slopes / size, lacking]), full_matrices=False)
        return size, singular, rows


def fitted(model: Model, sample: Sample, max_steps: int | None = None) -> Fit:
    """Fit a formula's parameters by weighted least squares, from the values that they have.

    Steps are MINPACK's (More 1978) as long as there are rows enough, on exact derivatives.

    Parameters
    ----------
    model
        The formula.
    sample
        The rows.
    max_steps
        Ends the fit early; without it, a fit goes on until it has settled.

    Raises
    ------
    DataError
        When the formula is not finite on every row as it stands.
    """
    from scipy.optimize import least_squares

    root, far = np.sqrt(sample.weights), _FAR * (float(np.max(np.abs(sample.y))) or 1.0)

    @lru_cache(maxsize=2)
    def at(parameters: tuple[float, ...]) -> tuple[Array, Array]:
        """Errors and slopes, which steps ask for one after the other at the same parameters."""
        predicted, slopes = model.at(np.array(parameters)).values_and_slopes(sample.X, sample.names)
        errors = root * np.nan_to_num(predicted - sample.y, nan=far, posinf=far, neginf=-far)
        return errors, root[:, None] * np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)

    def errors_and_slopes(values: Array) -> tuple[Array, Array]:
        return at(tuple(values.tolist()))

    values = model.values
    if not np.all(np.isfinite(model.values_and_slopes(sample.X, sample.names)[0])):
        raise DataError(
            f"{model.expression} is not finite on every row: choose other constants to begin with"
        )
    method = "lm" if sample.n_rows >= len(values) else "trf"
    restarts = _RESTARTS if max_steps is None else 1
    for _ in range(restarts if len(values) else 0):
        found = least_squares(
            lambda v: errors_and_slopes(v)[0], values, lambda v: errors_and_slopes(v)[1],
            method=method, x_scale="jac", ftol=_TIGHT, xtol=_TIGHT, gtol=_TIGHT, max_nfev=max_steps or _STEPS,
        )  # fmt: skip
        moved, values = np.max(np.abs(found.x - values) / (np.abs(found.x) + _TINY)), found.x
        if moved < _SETTLED:
            break
    return Fit(model.at(values), sample, *errors_and_slopes(values))
