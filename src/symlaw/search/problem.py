"""What is asked of a search: data, target and language, prepared once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.fit import Rows, make_rows
from symlaw.engine.losses.kernels import users_loss_kernel
from symlaw.engine.losses.table import Loss
from symlaw.search.objectives.base import Ability, Objective
from symlaw.search.objectives.table import TableObjective
from symlaw.search.scoring.expected_errors import residual_scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from symlaw.knowledge.statements.shape import Shape
    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.search.bits.truths import TruthTable

    Oracle = Callable[[NDArray[np.float64]], ArrayLike]

PROBE_ROWS = 64
SAMPLE_ROWS = 4096
# Passes over the rows, and relative gain that ends them, in a search for scale and offset under a loss that
# is not least squares: while searching, and for what may come to the front. No call takes more than this
# many rows times passes, which is about 0.2 s; tables on which that is less are content with coarser gains.
_QUICK, _THOROUGH = (8, 1e-3), (200, 1e-10)
_CALL_SUMS, _COARSE = 4e6, 1e-7
# Nats by which a formula may explain the rows better than another by chance.
_CHANCE = 2.0


@dataclass(frozen=True)
class Problem:
    """Data and language of one search.

    The target is held as ``(y - y_centre) / y_scale``, of mean 0 and mean square 1 under the weights, so that
    losses are fractions of the target's variance whatever its unit. Formulas are judged by ``objective``.

    Parameters
    ----------
    language
        Formulas that may be proposed.
    rows
        All rows.
    sample
        At most `SAMPLE_ROWS` of them, for a first opinion on large tables.
    probe
        At most `PROBE_ROWS` of them, for fingerprints and scores inside searchers.
    probe_places
        Which rows the probe rows are, int64.
    y
        The target in the user's unit, float64 (n_rows,).
    y_centre, y_scale
        Weighted mean and standard deviation of the target.
    objective
        How formulas are judged.
    oracle
        The target as a function of points (n_points, n_features), where the user has one.
    sample_mean
        Weighted mean of the target's held form on the sample, where it is centred once more.
    shape
        What the user says about formulas' values, if anything.
    """

    language: Language
    rows: Rows
    sample: Rows
    probe: Rows
    probe_places: NDArray[np.int64]
    y: NDArray[np.float64]
    y_centre: float
    y_scale: float
    objective: Objective = field(default_factory=TableObjective)
    oracle: Oracle | None = None
    sample_mean: float = 0.0
    shape: Shape | None = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        # addresses of kernels are those of the process that pickled it
        users, parts = state["objective"].loss.row.users, {}
        if users is not None:
            address = users_loss_kernel(users)
            for name in ("rows", "sample", "probe"):
                part = state[name]
                if part.loss.users:
                    parts[name] = part._replace(loss=part.loss._replace(users=address))
        self.__dict__.update({**state, **parts})

    @property
    def loss(self) -> Loss:
        """The loss of rows."""
        return self.objective.loss

    @property
    def ordered_by(self) -> Callable[[Expression], float] | None:
        """What the front is ordered by in the loss's stead, if anything."""
        return self.objective.ordered_by

    def offers(self, *abilities: Ability) -> bool:
        """Whether the objective has all of these abilities."""
        return self.objective.abilities.issuperset(abilities)

    def lacks(self, *abilities: Ability) -> str | None:
        """The objection of a searcher that needs these abilities, in one clause; None when all are there."""
        missing = next((one for one in abilities if one not in self.objective.abilities), None)
        return None if missing is None else f"it needs {missing.value}"

    def seen(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the objective sees of a formula's values on all rows (n_rows, ...)."""
        operator = getattr(self.objective, "operator", None)
        return values if operator is None else np.asarray(operator @ values)

    @property
    def bits(self) -> TruthTable:
        """The rows as words; raises `AttributeError` where the objective has none."""
        found: TruthTable = self.objective.bits  # type: ignore[attr-defined]
        return found

    @property
    def predictor(self) -> tuple[float, float]:
        """Unit and origin of what formulas give, before a link: of the target, or of the log-odds."""
        return (1.0, 0.0) if self.loss.gives_log_odds else (self.y_scale, self.y_centre)

    @property
    def best_constant(self) -> float:
        """The constant prediction that every formula has to beat."""
        if self.loss.by_squares or self.loss.gives_log_odds:
            return self.y_centre
        return self.y_centre + self.y_scale * self.rows.loss.middle

    @property
    def n_rows(self) -> int:
        """Number of rows, or of observations where rows are seen through an operator."""
        return len(self.rows.target)

    @property
    def n_independent(self) -> float:
        """Rows, or observations that would say as much if none shared rows with others."""
        return float(getattr(self.objective, "n_independent", self.n_rows))

    @property
    def chance_factor(self) -> float:
        """How many times a loss another one may be with chance as the only reason: 2 nats on these rows."""
        return math.exp(2.0 * _CHANCE / self.n_independent) if self.offers(Ability.VALUES) else 1.0

    @property
    def probe_is_everything(self) -> bool:
        """Whether a loss on the probe rows is the one on all rows."""
        return self.offers(Ability.SQUARES) and len(self.probe.target) == self.n_rows

    @property
    def probe_columns(self) -> dict[str, NDArray[np.float64]]:
        """Values of the variables on the probe rows, by name."""
        return dict(zip(self.language.variables, self.probe.X, strict=True))

    @property
    def loss_floor(self) -> float:
        """Loss that rounding alone leaves: smaller ones are all called exact."""
        if not self.offers(Ability.VALUES):
            return float(getattr(self.objective, "exact", -math.inf))
        return self.loss.floor(self.y_centre / self.y_scale)


def make_problem(
    X: ArrayLike,
    y: ArrayLike,
    language: Language,
    *,
    weights: ArrayLike | None = None,
    seed: int = 0,
    loss: Loss | None = None,
    oracle: Oracle | None = None,
    shape: Shape | None = None,
) -> Problem:
    """Prepare data for a search.

    Parameters
    ----------
    X
        (n_samples, n_features), finite.
    y
        (n_samples,), finite and not constant.
    language
        Its variables are the columns of ``X``, in order.
    weights
        (n_samples,), not negative.
    seed
        Chooses the probe rows.
    loss
        What is made small, and accepts ``y``; squared errors by default.
    oracle
        The target as a function of points, if there is one.
    shape
        What is said about formulas' values, if anything.
    """
    loss = Loss() if loss is None else loss
    columns = np.ascontiguousarray(np.asarray(X, dtype=float).T)
    target = np.asarray(y, dtype=float)
    w = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float)
    w = loss.weighted(target, w)
    largest = float(np.max(np.abs(target))) or 1.0
    small = target / largest
    centre = float(np.average(small, weights=w))
    spread = float(np.sqrt(np.average((small - centre) ** 2, weights=w)))
    normal = (small - centre) / spread
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(target))
    order = order[w[order] > 0]
    sampled, probed = (_spread_evenly(normal, order, count) for count in (SAMPLE_ROWS, PROBE_ROWS))
    rows = make_rows(columns, normal, w)
    sample = make_rows(columns[:, sampled], normal[sampled], w[sampled])
    probe = make_rows(columns[:, probed], normal[probed], w[probed])
    if not loss.by_squares:
        noise = residual_scale(columns, normal)
        parameter = loss.parameter(noise, centre / spread, spread * largest)
        judge = _Judge(loss, parameter, centre / spread)
        passes = max(4, int(_CALL_SUMS / len(target)))
        rows = judge.on(rows, normal, _THOROUGH if passes >= _THOROUGH[0] else (passes, _COARSE))
        sample = judge.on(sample, normal[sampled], _THOROUGH)
        if loss.guide is not None:
            # a loss without slopes says too little on few rows: absolute errors lead the way
            judge = _Judge(loss.guide, loss.guide.given, centre / spread)
        probe = judge.on(probe, normal[probed], _QUICK)
    sample_mean = float(np.average(normal[sampled], weights=w[sampled]))
    return Problem(
        language, rows, sample, probe, probed, target, centre * largest, spread * largest,
        TableObjective(loss), oracle, sample_mean, shape,
    )  # fmt: skip


def of_numbers(problem: Problem) -> Problem | None:
    """A problem without its truths, for who knows numbers only; None where nothing is left."""
    if not problem.language.is_typed:
        return problem
    language = problem.language.of_numbers()
    if language is None:
        return None
    kept = [place for place, name in enumerate(problem.language.variables) if name in language.variables]
    rows, sample, probe = (
        part._replace(X=np.ascontiguousarray(part.X[kept]))
        for part in (problem.rows, problem.sample, problem.probe)
    )
    return replace(problem, language=language, rows=rows, sample=sample, probe=probe)


def residual_for(X: NDArray[np.float64], y: NDArray[np.float64], loss: Loss) -> float:
    """Scale of the noise in a table (n_samples, n_features) and target; 1 where a loss does not need it."""
    return residual_scale(X.T, y) if loss.row.unit == "residual" else 1.0


def null_deviance(
    X: NDArray[np.float64], y: NDArray[np.float64], loss: Loss, weights: NDArray[np.float64] | None = None
) -> float:
    """`Loss.null_deviance` for a table: columns (n_samples, n_features) and target (n_samples,)."""
    return loss.null_deviance(y, weights, residual_for(X, y, loss))


@dataclass(frozen=True)
class _Judge:
    """A loss on a normalised target: its parameter there, and where the user's 0 lies."""

    loss: Loss
    parameter: float
    origin: float

    def on(self, rows: Rows, normal: NDArray[np.float64], effort: tuple[int, float]) -> Rows:
        """Rows that are judged by the loss; ``normal`` is their target before it was centred."""
        removed = float(np.average(normal, weights=rows.weights))
        loss = self.loss.on_rows(rows.target, rows.weights, self.parameter, self.origin + removed, effort)
        return rows._replace(loss=loss)


def _spread_evenly(target: NDArray[np.float64], order: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows spread evenly over the target's order, the smallest and largest among them."""
    if len(order) <= count:
        return np.sort(order)
    ranked = order[np.argsort(target[order], kind="stable")]
    return np.sort(ranked[np.linspace(0, len(ranked) - 1, count).round().astype(int)])


def rows_for(problem: Problem, values: NDArray[np.float64]) -> Rows:
    """The probe rows with another target, given on all rows."""
    chosen = values[problem.probe_places]
    chosen = chosen / float(np.max(np.abs(chosen)))
    rows = make_rows(problem.probe.X, chosen, problem.probe.weights)
    unit = float(np.sqrt(rows.variance)) or 1.0
    return make_rows(problem.probe.X, chosen / unit, problem.probe.weights)


def for_workers(problem: Problem) -> Problem:
    """A problem without what workers do not ask and what may not pickle."""
    objective = problem.objective
    if isinstance(objective, TableObjective) and objective.ordered_by is not None:
        objective = replace(objective, ordered_by=None)
    return replace(problem, oracle=None, objective=objective)
