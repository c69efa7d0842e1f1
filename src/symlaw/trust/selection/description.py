"""How long a formula is together with the data that it describes, in nats; right from 4 rows up.

The shortest description is the most probable formula. A formula costs what a prior says of its form. What it
says of the data is the marginal likelihood of errors of unknown scale and of constants that are known before
to within the size of their own effect (Jeffreys 1961, ch. 5; MacKay 2003, ch. 28): with ``n`` rows and ``k``
fitted constants

    data = lnG((n - 1) / 2) - lnG((n - k) / 2) + (k - 1) / 2 ln 2 + (n - k) / 2 ln(loss) + stiffness,

which for many rows is Schwarz's criterion and with as many constants as rows says nothing at all. The
stiffness is the logarithm of the share of a constant's range that the rows leave, where a change by its own
size would move the values by more than the target's spread: the place of a pole that meets one row is paid
for by its digits. No single row decides: what a formula gains is bounded by what it gains without the row
that says most. A sine or cosine that makes no half turn on the rows is a bend as other functions make, and
costs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammaln

from symlaw.knowledge.priors.expected import expected
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator
from symlaw.search.pruning.artefacts import half_turns, oscillating
from symlaw.search.scoring.log_odds import unlinked
from symlaw.trust.constants.fit import Sample, model_of
from symlaw.trust.rounding import step_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.engine.losses.table import Loss
    from symlaw.knowledge.priors.prior import Preference
    from symlaw.search.archive import Entry

    Array = NDArray[np.float64]

# Fraction of the target's variance below which what is left is rounding.
EXACT_LOSS = 1e-20
# Rows more than fitted constants, without which a formula is not recommended.
LEAST_FREE = 2
# Nats by which one row may say more than its share.
_ONE_ROW = 2.0
# Directions of the constants in which the rows say less than this share of the most are not fitted.
_SINGULAR = 1e-9
# Nats for a wave, as a sine or cosine, that makes less than half a turn on the rows.
_UNTURNED = 3.0
# Whole and half numbers up to this size, to so many digits, are not fitted.
_WHOLE, _NEAR = 10.0, 1e-8


def gaussian_length(loss: float, n_rows: float) -> float:
    """Nats for the data by a loss that is a fraction of the target's variance, up to a constant."""
    return 0.5 * n_rows * math.log(max(loss, EXACT_LOSS))


def _whole_of(formula: Expression) -> Expression:
    return formula


def searched_under(loss: Loss) -> Callable[[Expression], Expression]:
    """What of formulas is searched for under a loss, see `Criteria`."""
    return unlinked if loss.gives_log_odds else _whole_of


@dataclass(frozen=True)
class Criteria:
    """By what formulas are compared.

    Parameters
    ----------
    n_rows
        Rows that the losses are of.
    formula_length
        Nats for a formula's form, see `symlaw.knowledge.priors.expected`.
    data_length
        Nats for the data by loss and number of rows, as `symlaw.engine.losses.table.Loss.coder` gives it.
    floor
        Loss that the rounding of the target alone leaves: smaller ones say no more.
    searched
        What of a formula was searched for: all of it, or the log-odds in that of a probability.
    """

    n_rows: int
    formula_length: Callable[[Expression], float]
    data_length: Callable[[float, int], float] = gaussian_length
    floor: float = EXACT_LOSS
    searched: Callable[[Expression], Expression] = _whole_of

    def length(self, formula: Expression, loss: float) -> float:
        """Nats for a formula and the data by its loss; inf where the rows are too few for its constants."""
        return self.named(formula) + self.of_data(formula, loss)

    def of_data(self, formula: Expression, loss: float) -> float:
        """Nats for fitted constants, and for the data with the formula's help."""
        k = fitted_constants(formula)
        if formula.variables and not self.suffices_for(formula):
            return math.inf
        return _of_constants(self.n_rows, k) + self.data_length(max(loss, self.floor), self.n_rows - k)

    def suffices_for(self, formula: Expression) -> bool:
        """Whether the rows are more than the numbers of a formula, and clearly more than the fitted ones."""
        spare = self.n_rows - fitted_constants(formula)
        return spare >= LEAST_FREE and self.n_rows > len(numbers_of(formula))

    def pays_for_exactness(self, formula: Expression) -> bool:
        """Whether a formula is shorter than the digits of the target that it reproduces.

        Of numbers that are not rounded it always is.
        """
        if self.floor <= EXACT_LOSS:
            return True
        digits = -self.data_length(12.0 * self.floor, self.n_rows)
        return self.named(formula) + _of_constants(self.n_rows, fitted_constants(formula)) < digits

    def named(self, formula: Expression) -> float:
        """Nats for a formula's form, with the whole numbers in it."""
        formula = self.searched(formula)
        if not formula.variables:
            return self.formula_length(formula)
        whole = [number for number in formula.constants if is_whole(number)]
        return self.formula_length(formula) + sum(math.log1p(2.0 * abs(number)) for number in whole)


def floor_of(step: float, spread: float) -> float:
    """Loss that rounding to a step leaves, of a target of a standard deviation; see `Criteria`."""
    return max(EXACT_LOSS, (step / spread) ** 2 / 12.0)


def criteria_on(
    sample: Sample, operators: Sequence[str], preference: Preference | None = None, n_named: int = 0
) -> Criteria:
    """By what formulas of some operators are compared on rows, in least squares."""
    form = expected(operators, len(sample.names) + n_named, preference)
    largest = float(np.max(np.abs(sample.y))) or 1.0
    spread = largest * math.sqrt(float(np.cov(sample.y / largest, aweights=sample.weights, ddof=0)))
    return Criteria(sample.n_rows, form, floor=floor_of(step_of(sample.y) or 0.0, spread or 1.0))


def numbers_of(formula: Expression) -> list[float]:
    """The numbers of a formula that are not fixed, those of lookups by group among them."""
    found: list[float] = []
    for node in formula.nodes:
        if isinstance(node, Constant) and not node.fixed:
            found.append(node.value)
        elif isinstance(node, Operator):
            found += [value for _, value in node.table]
    return found


def fitted_constants(formula: Expression) -> int:
    """How many numbers of a formula are no whole or half ones.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> fitted_constants(parse("2 * x + 1.37"))
    1
    """
    return sum(not is_whole(number) for number in numbers_of(formula))


def is_whole(number: float) -> bool:
    """Whether a number is a whole or half one of a size that people write."""
    if not abs(number) <= _WHOLE:
        return False
    half = round(2.0 * number)
    # a tiny number is not 0
    return abs(2.0 * number - half) <= _NEAR and (half != 0 or number == 0.0)


def description_length(entry: Entry, criteria: Criteria, sample: Sample | None = None) -> float:
    """Nats to write down a formula and then the data with its help.

    Parameters
    ----------
    entry
        The formula, with its loss.
    criteria
        What counts.
    sample
        The rows of a fit in least squares: with them stiffness and single rows count too.
    """
    formula = entry.expression
    if sample is None or not formula.variables:
        return criteria.length(formula, entry.loss)
    facts = _facts_of(formula, sample)
    if facts is None or sample.n_rows - facts.n_fitted < LEAST_FREE:
        return math.inf
    constant = _of_constants(sample.n_rows, 1)
    gain = float(constant) - _least_gain(facts, criteria.floor)
    return criteria.named(formula) + gain + _UNTURNED * unturned(formula, sample)


def unturned(formula: Expression, sample: Sample) -> int:
    """How many waves of a formula, as sines and cosines, make less than half a turn on the rows.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> rows = Sample(np.linspace(1.0, 2.0, 9)[:, None], np.zeros(9), ("x",), np.ones(9))
    >>> unturned(parse("x * cos(x) + sin(5 * x)"), rows)
    1
    """
    columns = dict(zip(sample.names, sample.X.T, strict=True))
    with np.errstate(all="ignore"):
        parts = oscillating(formula, columns)
    return sum(row.is_wave and half_turns(row, argument) < 1.0 for row, argument in parts)


class _Facts(NamedTuple):
    """What a formula misses, and how its constants hang on the rows.

    Attributes
    ----------
    errors, deviations
        Weighted errors, and the target less its mean, float64 (n_rows,).
    leverage
        How much of each row's error its own value takes away, float64 (n_rows,).
    n_fitted
        Constants that are fitted.
    stiffness
        Nats for digits of constants.
    """

    errors: Array
    deviations: Array
    leverage: Array
    n_fitted: int
    stiffness: float


def _facts_of(formula: Expression, sample: Sample) -> _Facts | None:
    """Facts of a formula on rows; None where it is undefined there."""
    model, roots = model_of(formula), np.sqrt(sample.weights / np.mean(sample.weights))
    with np.errstate(all="ignore"):
        values, slopes = model.values_and_slopes(sample.X, sample.names)
    deviations = sample.y - np.average(sample.y, weights=sample.weights)
    # squares of targets around 1e200 would leave the range of numbers
    unit = float(np.max(np.abs(deviations))) or 1.0
    deviations, errors, slopes = (
        roots * (deviations / unit),
        roots * ((sample.y - values) / unit),
        slopes / unit,
    )
    if not np.all(np.isfinite(errors)):
        return None
    fitted = np.array([not is_whole(float(value)) for value in model.values], bool)
    slopes = slopes[:, fitted] * roots[:, None]
    nothing = _Facts(errors, deviations, np.zeros(len(errors)), 0, 0.0)
    if slopes.shape[1] == 0 or not np.all(np.isfinite(slopes)):
        return nothing._replace(n_fitted=slopes.shape[1])
    spread = float(np.sqrt(np.mean(deviations**2)))
    sizes = np.maximum(_root_mean_square(slopes), np.finfo(float).tiny)
    left, strength, _ = np.linalg.svd(slopes / sizes / np.sqrt(len(errors)), full_matrices=False)
    known = strength > _SINGULAR * strength[0]
    # by how many spreads of the target a constant's own size moves the values
    reach = np.maximum(np.abs(model.values[fitted]) * (sizes / spread), 1.0)
    stiffness = float(np.sum(np.log(reach)) + np.sum(np.log(strength[known])))
    return _Facts(
        errors, deviations, np.sum(left[:, known] ** 2, axis=1), slopes.shape[1], max(stiffness, 0.0)
    )


def _root_mean_square(columns: Array) -> Array:
    largest = np.max(np.abs(columns), axis=0)
    scaled = columns / np.where(largest > 0, largest, 1.0)
    return np.asarray(largest * np.sqrt(np.mean(scaled**2, axis=0)))


def _least_gain(facts: _Facts, floor: float) -> float:
    """Nats by which a formula describes the rows better than a constant, none of them deciding alone."""
    n, k = len(facts.errors), facts.n_fitted
    squares, spread = float(np.sum(facts.errors**2)), float(np.sum(facts.deviations**2))
    least = max(floor, EXACT_LOSS) * spread / n
    everything = float(_gain(n, k, max(squares, least * n) / spread)) - facts.stiffness
    if n - 1 - k < 1:
        return everything
    # of the rest, without each row: errors as they would be (Cook and Weisberg 1982), and the spread
    free = np.maximum(1.0 - facts.leverage, 1e-9)
    rest = np.maximum(squares - facts.errors**2 / free, least * (n - 1))
    spreads = np.maximum(spread - facts.deviations**2 * n / (n - 1), 1e-12 * spread)
    worst = float(np.min(_gain(n - 1, k, rest / spreads))) - facts.stiffness
    bound = worst * (n - k) / (n - 1 - k) if worst > 0 else worst
    return min(everything, bound + _ONE_ROW)


def _gain(n_rows: int, n_fitted: int, loss: float | Array) -> float | Array:
    """Nats by which errors of a loss are likelier than those of a constant."""
    said = -0.5 * (n_rows - n_fitted) * np.log(loss)
    return said - _of_constants(n_rows, n_fitted) + _of_constants(n_rows, 1)


def _of_constants(n_rows: int, n_fitted: int) -> float:
    """Nats for the constants to the precision that the rows leave, beyond those of none."""
    if n_rows - n_fitted < 1:
        return math.inf
    half = 0.5 * math.log(2.0)
    return float(gammaln(n_rows / 2) - gammaln((n_rows - n_fitted) / 2)) + n_fitted * half
