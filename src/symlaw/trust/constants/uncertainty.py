"""How sure a formula's constants are: standard errors, confidence intervals three ways, correlations.

Intervals are those of a *given* formula. One that was searched for among many has been chosen to fit, so that
its intervals hold the truth less often than they say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np
from scipy import optimize, special

from symlaw.engine.losses.table import Loss
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.later import Later
from symlaw.trust.constants.fit import Fit, Sample, fitted
from symlaw.trust.constants.likelihood import fit_under
from symlaw.trust.constants.numbers import group_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

Kind = Literal["t", "profile", "bootstrap"]
KINDS = ("t", "profile", "bootstrap")
BOOTSTRAPS = 400
# A profile is followed this many standard errors outward, and found to this precision of one.
_FARTHEST, _PRECISION = 50.0, 1e-4
# Correlations of this size and more make constants hard to tell apart.
_STRONG = 0.95
_SHARE_OF_FITS = 0.5


class Prediction(NamedTuple):
    """Values of a formula at new points and where targets will lie.

    Attributes
    ----------
    value
        Of the formula (n_samples,).
    low, high
        Ends of the interval (n_samples,).
    level
        Share of targets (or, of the mean, of experiments) that intervals are made to hold.
    promised
        Share that they hold for certain, whatever the errors are like; 0 where nothing is certain.
    """

    value: Array
    low: Array
    high: Array
    level: float
    promised: float


# What is made of an `Uncertainty` in modules that import it.
_predicted: Callable[..., Prediction] = Later("symlaw.trust.prediction.predicted")
_table_of: Callable[..., str] = Later("symlaw.trust.constants.figures.table_of")


@dataclass(frozen=True)
class Uncertainty:
    """A fitted formula with what the data say about its constants.

    Made by `uncertainty`. Its text is a table of at most 80 columns.

    Parameters
    ----------
    fit
        The formula, fitted.
    level
        Confidence of intervals where none other is asked for.
    seed
        Of the bootstrap.
    loss
        What the fit made small.
    given
        Weights that rows had before the loss weighed them (n_samples,); those of the fit by default.
    """

    fit: Fit
    level: float = 0.95
    seed: int = 0
    loss: Loss = field(default_factory=Loss)
    given: Array | None = None

    @property
    def expression(self) -> Expression:
        """The formula with its constants fitted."""
        return self.fit.expression

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fitted constants: c0, c1, ... left to right, or those of the parameters."""
        return self.fit.model.names

    def called(self, labels: Sequence[str] | None = None) -> tuple[str, ...]:
        """Names of the fitted constants, ``a[cold]`` where ``labels`` say what groups are called."""
        if labels is None:
            return self.names
        own = {one.name_at(): one.name_at(labels) for one in group_numbers(self.expression)}
        return tuple(own.get(name, name) for name in self.names)

    @property
    def values(self) -> Array:
        """The fitted constants (n_constants,)."""
        return self.fit.values

    @cached_property
    def covariance(self) -> Array:
        """Of the fitted constants (n_constants, n_constants), to first order."""
        return self.fit.covariance()

    @property
    def standard_errors(self) -> Array:
        """Of the fitted constants (n_constants,); inf where the data do not determine one."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlations(self) -> Array:
        """Of the fitted constants (n_constants, n_constants); nan where one is not determined."""
        errors = self.standard_errors
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.covariance / np.outer(errors, errors))

    @property
    def residual_deviation(self) -> float:
        """Estimated standard deviation of a residual of weight 1; 1 where variances were given."""
        return math.sqrt(self.fit.variance)

    @property
    def freedom(self) -> int:
        """Rows less the constants that they determine."""
        return self.fit.freedom

    def quantile(self, level: float) -> float:
        """Standard errors to either side: Student's t, or the normal one where variances were given."""
        tail = 0.5 * (1.0 + level)
        return float(special.ndtri(tail) if self.fit.sample.known else special.stdtrit(self.freedom, tail))

    def intervals(self, level: float | None = None, kind: Kind = "t") -> Array:
        """Confidence intervals of the fitted constants.

        Parameters
        ----------
        level
            Such as 0.95.
        kind
            ``"t"``: estimate plus and minus standard errors, quick, and good where the formula is nearly
            linear in its constants; ``"profile"``: where the likelihood falls by as much as the level says
            (Bates and Watts 1988, chapter 6), good for strongly curved ones; ``"bootstrap"``: fits to rows
            drawn again (Efron 1979), good where errors are not normal or not alike.

        Returns
        -------
        ndarray of shape (n_constants, 2)
            Infinite where there is no end.

        Raises
        ------
        InvalidSetting
            When level or kind make no sense.
        """
        level, kind = checked_level(self.level if level is None else level), checked_kind(kind)
        if kind == "t":
            reach = self.quantile(level) * self.standard_errors
            return np.column_stack([self.values - reach, self.values + reach])
        if kind == "profile":
            if not self.loss.by_squares:
                raise InvalidSetting("intervals of kind 'profile' are of squares: ask for 't' or 'bootstrap'")
            ends = [self._profile_ends(place, level) for place in range(len(self.names))]
            return np.array(ends).reshape(-1, 2)
        tails = [0.5 * (1.0 - level), 0.5 * (1.0 + level)]
        return np.asarray(np.quantile(self.bootstrapped, tails, axis=0).T)

    @cached_property
    def bootstrapped(self) -> Array:
        """Constants fitted to rows drawn again with replacement (n_fits, n_constants).

        Raises
        ------
        DataError
            When most of these fits fail.
        """
        rng = np.random.Generator(np.random.Philox(self.seed))
        sample, loss = self.fit.sample, Loss()
        if self.given is not None and not self.loss.shares_variance:
            sample, loss = replace(sample, weights=self.given, known=False), self.loss
        n_rows, found = sample.n_rows, []
        for _ in range(BOOTSTRAPS):
            again = sample.at(rng.integers(n_rows, size=n_rows))
            values = fit_under(loss, self.fit.model, again).values
            if np.all(np.isfinite(values)):
                found.append(values)
        if len(found) < _SHARE_OF_FITS * BOOTSTRAPS:
            raise DataError("most fits to rows drawn again failed: ask for kind 't' or 'profile'")
        return np.array(found)

    def _profile_ends(self, place: int, level: float) -> tuple[float, float]:
        value, error = float(self.values[place]), float(self.standard_errors[place])
        if not math.isfinite(error) or error == 0:
            return (-math.inf, math.inf) if error else (value, value)
        return (
            value - error * self._reach(place, level, -1.0),
            value + error * self._reach(place, level, 1.0),
        )

    def _reach(self, place: int, level: float, side: float) -> float:
        """How many standard errors away the likelihood has fallen as the level says; inf for never."""
        wanted, profile = self.quantile(level), _Profile(self.fit, place, float(self.standard_errors[place]))
        far = wanted
        while profile(side * far) < wanted:
            far *= 1.5
            if far > _FARTHEST:
                return math.inf
        return float(optimize.brentq(lambda steps: profile(side * steps) - wanted, 0.0, far, xtol=_PRECISION))

    def predict(
        self,
        X: Any,
        level: float | None = None,
        *,
        kind: str = "delta",
        of_mean: bool = False,
        calibration: tuple[Any, ArrayLike] | None = None,
    ) -> Prediction:
        """The formula's values at new points and where targets will lie there.

        Parameters
        ----------
        X
            Columns of the fit: a data frame or a mapping, or an array with columns as in the fit.
        level
            Share of targets within.
        kind
            ``"delta"``: from the constants' standard errors and normal residuals; ``"conformal"``: from
            residuals of rows left out, whatever they are like.
        of_mean
            Whether intervals are of the formula's value, without the error of a single target; delta only.
        calibration
            X and y of rows that neither search nor fit has seen, for conformal intervals.

        Raises
        ------
        InvalidSetting, DataError
            When a setting makes no sense, or rows are too few for the level.
        """
        return _predicted(self, X, level, kind, of_mean, calibration)

    def frame(self, level: float | None = None, kind: Kind = "t") -> pd.DataFrame:
        """One row per constant: estimate, standard_error, low and high."""
        import pandas as pd

        ends = self.intervals(level, kind)
        columns = {
            "estimate": self.values,
            "standard_error": self.standard_errors,
            "low": ends[:, 0],
            "high": ends[:, 1],
        }
        return pd.DataFrame(columns, index=pd.Index(self.names, name="constant"))

    def entangled(self) -> list[tuple[str, str, float]]:
        """Pairs of constants that the data hardly tell apart, with their correlation."""
        table = self.correlations
        pairs = zip(*np.triu_indices(len(self.names), 1), strict=True)
        strong = [(i, j) for i, j in pairs if abs(table[i, j]) >= _STRONG]
        return [(self.names[i], self.names[j], float(table[i, j])) for i, j in strong]

    def __str__(self) -> str:
        return self.table()

    def table(self, kind: Kind = "t", labels: Sequence[str] | None = None) -> str:
        """The formula, its constants and what to mind, in lines of at most 80 columns.

        ``labels`` are what groups of rows are called, by number.
        """
        return _table_of(self, kind, labels)


class _Profile:
    """Signed root of the likelihood ratio along one constant, the others fitted at each place."""

    def __init__(self, fit: Fit, place: int, error: float) -> None:
        self._fit, self._place, self._error = fit, place, error
        self._known: dict[float, float] = {0.0: 0.0}
        self._near = fit.model

    def __call__(self, steps: float) -> float:
        """How many standard errors the likelihood says it is, ``steps`` standard errors away."""
        if steps not in self._known:
            self._known[steps] = self._measured(steps)
        return self._known[steps]

    def _measured(self, steps: float) -> float:
        values = self._near.values
        values[self._place] = self._fit.values[self._place] + steps * self._error
        moved = self._near.at(values)
        held = moved.without(self._place)
        try:
            found = fitted(held, self._fit.sample)
        except DataError:
            return math.inf
        values[np.arange(len(values)) != self._place] = found.values
        self._near = moved.at(values)
        return math.sqrt(max(0.0, found.squares - self._fit.squares) / self._fit.variance)


def checked_level(level: float) -> float:
    """A confidence level between 0 and 1.

    Raises
    ------
    InvalidSetting
        When it is none.
    """
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise InvalidSetting(f"level is {level!r}: give a number between 0 and 1, such as 0.95")
    return float(level)


def checked_kind(kind: str) -> Kind:
    """A kind of intervals.

    Raises
    ------
    InvalidSetting
        When it is none.
    """
    if kind not in KINDS:
        raise InvalidSetting(f"kind is {kind!r}: give one of {', '.join(KINDS)}")
    return cast("Kind", kind)


def weighed(
    X: Array,
    y: Array,
    names: tuple[str, ...],
    weights: Array | None = None,
    deviations: Array | float | None = None,
) -> Sample:
    """Rows with weights, or with the standard deviation of each target's error.

    Raises
    ------
    InvalidSetting
        When both are given, or one of them is not positive everywhere.
    """
    if weights is not None and deviations is not None:
        raise InvalidSetting("weights and y_std are both given: leave one of them out")
    if deviations is not None:
        given = np.broadcast_to(np.asarray(deviations, dtype=float), y.shape)
        _check_positive("y_std", given)
        return Sample(X, y, names, 1.0 / given**2, known=True)
    given = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    _check_positive("sample_weight", given)
    return Sample(X, y, names, given)


def _check_positive(name: str, given: Array) -> None:
    if not np.all((given > 0) & np.isfinite(given)):
        raise InvalidSetting(
            f"{name} holds {given[~((given > 0) & np.isfinite(given))][0]:g}: give numbers above 0"
        )
