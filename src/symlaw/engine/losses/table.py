"""Losses: what a formula's errors cost. One table, and the plain NumPy form of what kernels compute.

A loss is the mean *deviance* of a formula, each row's cost less that of a perfect prediction, as a fraction
of the best constant's: 0 for a perfect fit and 1 for the best constant, whatever the loss and the target's
unit. A row of `LOSSES` says everything about one of them; `symlaw.engine.losses.irls` computes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw import registry
from symlaw.engine.compiling.records import record
from symlaw.engine.losses import deviances as costs
from symlaw.engine.losses import lengths, refusals
from symlaw.engine.losses.deviances import Array, Pointwise
from symlaw.errors import DataError, InvalidSetting

if TYPE_CHECKING:
    from symlaw.engine.losses.user import UsersLoss

# What kernels know a loss by; `relative` is least squares with other weights. Under the last, a function
# judges whole formulas (`symlaw.engine.objectives.called`).
SQUARED, PINBALL, HUBER, LOG_COSH, POISSON, LOGISTIC, USERS, LOG, CALLED = range(9)

# Rates below this fraction of the mean count are continued quadratically, so that nothing is infinite.
_LOW_RATE = 1e-3
# The same for the logarithm's errors, below this fraction of a row's target.
_LOW_SHARE = 1e-3
# Below it, what is left is rounding and says nothing.
_EXACT = 1e-20
# A target's last digits, as a share of its size, that no formula need meet.
_LAST_DIGITS = 2e-15
# Nearer to 0 and 1 a probability is rounding.
_SURE = 1e-16
# An error, as a fraction of the target's spread, at which costs show a corner.
_ASIDE = 1e-6


@record
class RowLoss(NamedTuple):
    """A loss on given rows, as kernels see it.

    Attributes
    ----------
    code
        Which loss; 0 is least squares, for which nothing else here is used.
    parameter
        Quantile, bend in units of the rows' target, lowest ordinary rate, or of a user's loss the unit of the
        rows' target.
    shift
        Added to the centred target and to predictions where the loss depends on more than their difference.
    middle
        The best constant, in units of the rows' centred target; of the logit for `LOGISTIC`.
    null
        Mean deviance of the best constant.
    steps, tolerance
        When the search for scale and offset ends: sums over rows, and relative gain of a step.
    bend
        Mean slope on both sides of the corner that costs have at no error; 0 for costs that are smooth there.
    users
        Address of the kernel of a user's loss, or of the function that judges formulas.
    """

    code: int
    parameter: float
    shift: float
    middle: float
    null: float
    steps: int
    tolerance: float
    bend: float = 0.0
    users: int = 0


LEAST_SQUARES = RowLoss(SQUARED, 0.0, 0.0, 0.0, 1.0, 0, 0.0)


@dataclass(frozen=True)
class LossRow:
    """One kind of loss.

    Parameters
    ----------
    name
        As users write it.
    code
        What kernels know it by.
    meaning
        What is made small, in a few words.
    value, pull, stiffness
        Cost of a row, minus its slope by the prediction, and the weight of the row in the least-squares step
        that replaces it, as functions of target, prediction and parameter: the oracle of the kernels.
    middle
        The best constant for targets, weights and a parameter.
    length
        Nats for the data, up to a constant, of a loss, a number of rows and the constant's mean cost.
    floor
        Loss that rounding alone may leave on a target of standard deviation 1 around 0.
    floor_power
        By which power of the target's size that grows.
    refusal
        What is wrong with a target; empty when nothing is.
    takes
        What its parameter has to be; empty when it has none.
    default
        The parameter where none is given; None when it has to be given.
    accepts
        Whether it is such a number.
    unit
        What the parameter is multiplied by: ``"residual"`` for the scale of the noise, ``"mean"`` for the
        target's mean, ``"target"`` for its spread, or nothing.
    log_odds
        Whether formulas give the logarithm of the odds; they give the target itself otherwise.
    shifted
        Whether the cost depends on more than the difference of target and prediction.
    row_weights
        Weights that a target's rows get in least squares, if it is that in disguise.
    variance
        Variance of a target by its mean, for a deviance of a distribution without a free width.
    of_each
        Whether errors count in proportion to the value.
    users
        What is known of a user's loss; None for those of the table.
    """

    name: str
    code: int
    meaning: str
    value: Pointwise = costs.square
    pull: Pointwise = costs.difference
    stiffness: Pointwise = costs.ones
    middle: Callable[[Array, Array, float], float] = costs.mean
    length: Callable[[float, int, float], float] = lengths.gaussian
    floor: float = 1e-24
    floor_power: float = 2
    refusal: Callable[[Array], str] = refusals.anything
    takes: str = ""
    default: float | None = 1.0
    accepts: Callable[[float], bool] = math.isfinite
    unit: str = ""
    log_odds: bool = False
    shifted: bool = False
    row_weights: Callable[[Array], Array] | None = None
    variance: Callable[[Array], Array] | None = None
    of_each: bool = False
    users: UsersLoss | None = None

    def __reduce__(self) -> Any:
        from symlaw.engine.losses.user import row_of

        return (_row_named, (self.name,)) if self.users is None else (row_of.found(), (self.users,))


def _row_named(name: str) -> LossRow:
    return LOSSES[name]


_PINBALL: dict[str, Any] = {
    "code": PINBALL,
    "value": costs.pinball,
    "pull": costs.pinball_pull,
    "stiffness": costs.pinball_stiffness,
    "middle": costs.quantile,
    "length": lengths.laplace,
    "floor": 1e-12,
    "floor_power": 1,
}

_ROWS = (
    LossRow("squared", SQUARED, "mean square error"),
    LossRow("absolute", meaning="mean absolute error", default=0.5, **_PINBALL),
    LossRow(
        "quantile",
        meaning="mean error with more weight on one side",
        takes="a number between 0 and 1",
        default=None,
        accepts=refusals.is_between_0_and_1,
        **_PINBALL,
    ),
    LossRow(
        "huber",
        HUBER,
        "mean error, square when small and absolute when large",
        costs.huber,
        costs.huber_pull,
        costs.huber_stiffness,
        costs.huber_middle,
        lengths.huber,
        takes="a number above 0",
        default=1.35,
        accepts=refusals.is_above_0,
        unit="residual",
    ),
    LossRow(
        "log-cosh",
        LOG_COSH,
        "mean error, smoothly from square to absolute",
        costs.log_cosh,
        costs.log_cosh_pull,
        costs.log_cosh_stiffness,
        costs.log_cosh_middle,
        lengths.log_cosh,
        unit="residual",
    ),
    LossRow(
        "relative",
        SQUARED,
        "mean square error relative to the target",
        refusal=refusals.not_zero,
        row_weights=costs.inverse_squares,
        of_each=True,
    ),
    LossRow(
        "log",
        LOG,
        "mean square error of the logarithm, for errors in proportion to the target",
        costs.log_error,
        costs.log_error_pull,
        costs.log_error_stiffness,
        costs.geometric_mean,
        refusal=refusals.positive,
        default=_LOW_SHARE,
        shifted=True,
        of_each=True,
    ),
    LossRow(
        "poisson",
        POISSON,
        "deviance of counts from the rate that the formula gives",
        costs.poisson,
        costs.poisson_pull,
        costs.poisson_stiffness,
        length=lengths.deviance,
        floor=1e-22,
        refusal=refusals.counts,
        default=_LOW_RATE,
        unit="mean",
        shifted=True,
        variance=costs.variance_of_counts,
    ),
    LossRow(
        "logistic",
        LOGISTIC,
        "deviance of labels 0 and 1 from the probability that the formula gives",
        costs.logistic,
        costs.logistic_pull,
        costs.logistic_stiffness,
        costs.log_odds,
        lengths.deviance,
        floor=1e-9,
        floor_power=0,
        refusal=refusals.labels,
        log_odds=True,
        variance=costs.variance_of_labels,
    ),
)
LOSSES = {row.name: row for row in _ROWS}


@dataclass(frozen=True)
class Loss:
    """A loss with its parameter, made by `loss_named`.

    Parameters
    ----------
    row
        Which.
    given
        Its parameter, in the row's unit.
    """

    row: LossRow = LOSSES["squared"]
    given: float = 1.0

    def __deepcopy__(self, memo: Any) -> Loss:
        return self

    @property
    def name(self) -> str:
        """As `loss_named` reads it."""
        return f"{self.row.name}:{self.given:g}" if self.row.takes else self.row.name

    @property
    def shares_variance(self) -> bool:
        """Whether it is the plain mean square error, which R² and the rest are made of."""
        return self.row.name == "squared"

    @property
    def by_squares(self) -> bool:
        """Whether weighted least squares is all there is to it."""
        return self.row.code == SQUARED

    @property
    def gives_log_odds(self) -> bool:
        """Whether formulas give the logarithm of the odds, and a link makes probabilities of them."""
        return self.row.log_odds

    @property
    def fits_logarithms(self) -> bool:
        """Whether least squares of the target's logarithm are all there is to it."""
        return self.row.code == LOG

    @property
    def slopeless(self) -> bool:
        """Whether small changes of a prediction change nothing, so that nothing can be fitted by slopes."""
        return self.row.users is not None and self.row.users.flat

    @property
    def guide(self) -> Loss | None:
        """The loss that leads the way on few rows where this one has no slopes; None where it does itself."""
        return Loss(LOSSES["absolute"], 0.5) if self.slopeless else None

    def check(self, y: Array, column: str) -> None:
        """Raise `DataError` when a target (n_samples,) makes no sense with this loss."""
        trouble = self.row.refusal(y)
        if trouble:
            raise DataError(
                f"loss {self.name!r} cannot judge {column!r}, which holds {trouble}, or choose another loss"
            )

    def floor(self, size: float) -> float:
        """Loss that rounding alone leaves on a target that lies ``size`` standard deviations from 0."""
        power = self.row.floor_power
        return self.row.floor + (_LAST_DIGITS * abs(size)) ** power if power else self.row.floor

    def weighted(self, y: Array, weights: Array) -> Array:
        """Weights of rows (n_samples,) under this loss, of the same sum."""
        if self.row.row_weights is None:
            return weights
        changed = weights * self.row.row_weights(y)
        return np.asarray(changed * (np.sum(weights) / np.sum(changed)))

    def parameter(self, residual: float, mean: float, spread: float = 1.0) -> float:
        """The parameter in the unit of a target with this scale of noise and this mean, of a given spread."""
        return self.given * {"residual": residual, "mean": mean, "target": spread}.get(self.row.unit, 1.0)

    def parameter_for(self, y: Array, weights: Array | None = None, residual: float = 1.0) -> float:
        """The parameter for targets (n_samples,) with this scale of noise."""
        return self.parameter(residual, float(np.average(y, weights=weights)))

    def costs(self, y: Array, predicted: Array, parameter: float, weights: Array | float = 1.0) -> Array:
        """Cost of each row (n_rows,), for a weight of 1, of what is predicted; nan where that is undefined.

        Parameters
        ----------
        y, predicted
            Target and prediction (n_rows,); of labels the probability.
        parameter
            As `parameter_for` gives it.
        weights
            The rows' weights, which a user's loss may look at.
        """
        if not self.row.log_odds:
            return self._costs(y, predicted, weights, parameter)
        chance = np.clip(predicted, _SURE, 1.0 - _SURE)
        return self._costs(y, np.log(chance) - np.log1p(-chance), weights, parameter)

    def _costs(self, y: Array, m: Array, weights: Array | float, p: float) -> Array:
        users = self.row.users
        return self.row.value(y, m, p) if users is None else users.costs(p * y, p * m, weights)

    def _mean_cost(self, y: Array, m: float, weights: Array, p: float) -> float:
        return float(np.average(self._costs(y, np.full(len(y), m), weights, p), weights=weights))

    def _best_constants_cost(self, y: Array, weights: Array, p: float) -> float:
        return self._mean_cost(y, self.row.middle(y, weights, p), weights, p)

    def _bend(self, y: Array, weights: Array, p: float) -> float:
        """Mean slope of costs on both sides of a corner at no error; 0 where there is none."""
        if self.row.code == PINBALL:
            return 0.5
        users = self.row.users
        if users is None or not users.corner:
            return 0.0
        ends = [users.costs(p * y, p * (y + side), weights) for side in (-_ASIDE, _ASIDE)]
        return float(np.average(ends[0] + ends[1], weights=weights)) / (2.0 * _ASIDE)

    def on_rows(
        self, target: Array, weights: Array, parameter: float, shift: float, effort: tuple[int, float]
    ) -> RowLoss:
        """The loss on rows with a centred target (n_rows,), for kernels."""
        row, shift = self.row, shift if self.row.shifted else 0.0
        # the mean of counts moves along with them
        moved = shift if row.users is not None or row.code == LOG else 0.0
        middle = row.middle(target + moved, weights, parameter) - moved
        null = self._mean_cost(target + shift, middle + shift, weights, parameter)
        bend, users = self._bend(target + shift, weights, parameter), 0
        if row.users is not None:
            from symlaw.engine.losses.kernels import users_loss_kernel

            users = users_loss_kernel(row.users)
        return RowLoss(row.code, parameter, shift, middle, null, *effort, bend, users)

    def null_deviance(self, y: Array, weights: Array | None = None, residual: float = 1.0) -> float:
        """Mean cost of the best constant, which `length` needs: in nats, or in squares of the parameter.

        Parameters
        ----------
        y
            (n_samples,), as the loss accepts it.
        weights
            (n_samples,), not negative.
        residual
            Scale of the noise, where the parameter is in its unit.
        """
        if self.by_squares or not np.ptp(y) > 0:
            return 1.0
        w = np.ones(len(y)) if weights is None else weights
        p = self.parameter_for(y, w, residual)
        cost = self._best_constants_cost(y, w, p)
        return cost / p**2 if self.row.unit == "residual" else cost

    def share(self, y: Array, predicted: Array, weights: Array | None = None, residual: float = 1.0) -> float:
        """Mean cost of predictions (n_samples,) over that of the best constant; nan where one is undefined.

        Parameters
        ----------
        y, weights, residual
            As in `null_deviance`.
        predicted
            As in `costs`.
        """
        w = self.weighted(y, np.ones(len(y)) if weights is None else weights)
        p = self.parameter_for(y, w, residual)
        cost = np.average(self.costs(y, predicted, p, w), weights=w)
        return float(cost / self._best_constants_cost(y, w, p))

    def coder(self, null: float) -> Callable[[float, int], float]:
        """Nats for the data by loss and number of rows, given the best constant's mean cost."""
        return lambda fraction, n_rows: self.length(fraction, n_rows, null)

    def length(self, fraction: float, n_rows: int, null: float) -> float:
        """Nats to write down the data with the help of a formula of this loss, up to a constant.

        Half the deviance for counts and labels. Else the profile likelihood of errors whose scale is whatever
        fits: Gaussian for squares, Laplacian for absolute errors and quantiles, and what lies between for
        Huber's and log-cosh, where an error that costs as much as the rows do on average stands for them.
        """
        return self.row.length(max(fraction, self.row.floor, _EXACT), n_rows, null)


def other_than_squares() -> Loss:
    """A loss that is not least squares, to compile what all of these need."""
    return Loss(LOSSES["absolute"], 0.5)


def loss_named(text: str) -> Loss:
    """The loss of a name such as ``"absolute"``, ``"huber:1.35"`` or ``"quantile:0.9"``, or a package's.

    Raises
    ------
    InvalidSetting
        When there is none of the name, or its parameter makes no sense.

    Examples
    --------
    >>> loss_named("quantile:0.9").name
    'quantile:0.9'
    """
    if not isinstance(text, str):
        raise InvalidSetting(f"loss is {text!r}: give a name, such as 'absolute'")
    name, colon, number = text.partition(":")
    row = LOSSES.get(name)
    if row is None:
        if text not in added_losses():
            raise InvalidSetting(f"loss is {text!r}: there are {', '.join([*LOSSES, *added_losses()])}")
        return added_losses()[text]
    if not row.takes and colon:
        raise InvalidSetting(f"loss is {text!r}: {name} takes no number, so write {name!r}")
    if not row.takes:
        return Loss(row, float(row.default or 0.0))
    value = _number(number) if colon else row.default
    if value is None or not row.accepts(value):
        example = f"{name}:{0.9 if row.default is None else row.default:g}"
        raise InvalidSetting(f"loss is {text!r}: {name} takes {row.takes}, as in {example!r}")
    return Loss(row, value)


def added_losses() -> Mapping[str, Loss]:
    """Losses that installed packages add, by name."""
    return registry.found(registry.LOSSES, _unusable)


def _unusable(name: str, given: Any) -> str:
    if not isinstance(given, Loss) or given.row.users is None:
        return "is no loss made by symlaw.loss"
    return registry.misnamed(name, given.name, LOSSES)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
