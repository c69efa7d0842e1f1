"""Several targets whose formulas share parts: what is found for one helps the others, and is told once.

Each target is searched alone first. Then each starts again from its own front and from formulas that hold
parts found for the others. At the end the rows are chosen together, by the description length of all formulas
and data with each shared part counted once, and the numbers of a shared part are fitted on all targets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares

from symlaw.engine.evaluate import evaluate
from symlaw.engine.reference import least_squares as least_squares_of
from symlaw.language.algebra.shared_parts import NEAR, System, parts_of, shared, without_a_factor
from symlaw.language.expression import Constant, Expression, Variable, joined
from symlaw.language.operators import LINEAR_SUM
from symlaw.search.archive import Entry
from symlaw.tasks.inputs.targets import name_of_target
from symlaw.tasks.regression.fit import figures
from symlaw.trust.selection.description import EXACT_LOSS, gaussian_length
from symlaw.trust.selection.recommend import Recommendation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator
    from symlaw.tasks.inputs.intake import Taken
    from symlaw.tasks.regression.fit import Fitted, Row

# Share of a target's time and evaluations for the search by itself.
ALONE = 0.6
# Parts of other targets, terms that hold them, sums of two terms and single terms that are tried, at most.
_MAX_PARTS, _MAX_TERMS, _MAX_SUMS, MAX_GUESSES = 60, 1500, 30, 50
# Rows of a front that are nearly as good as the recommended one, by nats, and how many of them are tried.
_NEARLY, _MOST_ROWS, _MOST_SYSTEMS = 30.0, 4, 256
# Choices of rows whose numbers are fitted together.
_MOST_FITTED = 6
# Steps of the fit of all numbers together.
_MAX_FITS = 50


@dataclass(frozen=True)
class Outputs:
    """Columns and targets of a table.

    Parameters
    ----------
    X
        Columns (n_samples, n_features).
    Y
        Targets (n_samples, n_outputs).
    names
        Of the columns.
    weights
        Of the rows (n_samples,), or None.
    single
        Whether the user gave one target, without a number.
    targets
        What the targets are called; None for those without a name.
    notes
        What was done to the data.
    together
        Numbers of the groups of rows that are held out together.
    y_std
        Standard deviations that the weights are made of (n_samples,), or None.
    """

    X: NDArray[np.float64]
    Y: NDArray[np.float64]
    names: Sequence[str]
    weights: NDArray[np.float64] | None
    single: bool
    targets: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = ()
    together: NDArray[np.int64] | None = None
    y_std: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, data: Taken) -> Outputs:
        """The targets of a fit's data."""
        names = list(data.names)
        own = (data.targets, data.notes, data.together, data.y_std)
        return cls(data.X, data.Y, names, data.weights, data.single, *own)

    def called(self, place: int) -> str:
        """The name of a target, y or y0, y1, ... where it has none."""
        return name_of_target(self.targets, place, single=self.single)

    @property
    def shown(self) -> list[str | int]:
        """What frames call the targets: their names, numbers where they have none."""
        return [(self.targets[k] if k < len(self.targets) else None) or k for k in range(self.Y.shape[1])]

    @property
    def labels(self) -> list[int | None]:
        """Numbers of the targets; None for a single one."""
        return [None] if self.single else list(range(self.Y.shape[1]))

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.Y)

    @property
    def row_weights(self) -> NDArray[np.float64]:
        """Weights of the rows, 1 where none were given (n_samples,)."""
        return np.ones(self.n_rows) if self.weights is None else self.weights


@dataclass(frozen=True)
class Targets:
    """Several targets, and what their formulas are told in.

    Parameters
    ----------
    outputs
        The table.
    n_symbols
        Symbols that a node may be.
    free
        Whether numbers may be fitted anew: not where something is known of them or of the values.
    """

    outputs: Outputs
    n_symbols: int
    free: bool = True

    def losses(self, formulas: Sequence[Expression]) -> NDArray[np.float64]:
        """Squared errors of each target's formula over the target's variance; inf where undefined."""
        known, w = self.outputs, self.outputs.row_weights
        errors = evaluate(formulas, known.X, known.names).T - known.Y
        centred = known.Y - np.average(known.Y, axis=0, weights=w)
        with np.errstate(over="ignore", invalid="ignore"):
            losses = np.average(errors**2, axis=0, weights=w) / np.average(centred**2, axis=0, weights=w)
        return np.where(np.isfinite(losses), losses, math.inf)

    def length(self, system: System, losses: NDArray[np.float64] | None = None) -> float:
        """Nats to write down a system and then the data with its help, as for single formulas.

        Where ``losses`` of its formulas are not given, they are computed.
        """
        losses = self.losses(system.written_out()) if losses is None else losses
        if not np.all(np.isfinite(losses)):
            return math.inf
        n_rows = self.outputs.n_rows
        data = sum(gaussian_length(float(loss), n_rows) for loss in losses)
        numbers = 0.5 * system.n_parameters * math.log(n_rows)
        return system.n_nodes * math.log(self.n_symbols) + numbers + data


def guesses_from(
    others: Sequence[Fitted], language: Language, X: NDArray[np.float64], y: NDArray[np.float64]
) -> list[Expression]:
    """Formulas that hold parts found for other targets: sums of two terms that fit best, and the simplest.

    Parameters
    ----------
    others
        What was found for the other targets.
    language
        Of the target that is searched.
    X, y
        Columns and target.
    """
    parts: dict[Expression, None] = {}
    for fitted in others:
        for formula in _good(fitted):
            parts.update(dict.fromkeys(_pieces(formula)))
    known = sorted(parts, key=language.complexity)[:_MAX_PARTS]
    columns = [_column(name) for name in language.variables]
    terms = [*columns, *known, *_products(known, columns, language), *_products(known, known, language)]
    allowed = list(islice((one for one in terms if _allowed(one, language)), _MAX_TERMS))
    sums = _best_sums(allowed, evaluate(allowed, X, language.variables), y, language)
    simple = [one for one in allowed if one not in columns][:MAX_GUESSES]
    return [*(one for one in sums if _allowed(one, language)), *simple]


def _good(fitted: Fitted) -> list[Expression]:
    """The recommended formula and those right beside it."""
    place = fitted.recommended.place
    return [row.expression for row in fitted.rows[max(0, place - 1) : place + 2]]


def _column(name: str) -> Expression:
    return Expression((Variable(name),))


def _pieces(formula: Expression) -> Iterator[Expression]:
    """Sub-formulas, and products with a factor left out."""
    for part in parts_of(formula):
        yield part
        yield from without_a_factor(part)


def _products(
    parts: Sequence[Expression], others: Sequence[Expression], language: Language
) -> Iterator[Expression]:
    """Products and quotients of two formulas, both ways."""
    by_name = {row.name: row for row in language.operators}
    for part, other in product(parts, others):
        if "*" in by_name:
            yield _joined(part, other, by_name["*"])
        if "/" in by_name:
            yield _joined(part, other, by_name["/"])
            yield _joined(other, part, by_name["/"])


def _joined(part: Expression, other: Expression, row: Operator) -> Expression:
    return Expression(joined(row, (part.nodes, other.nodes)))


def _best_sums(
    terms: Sequence[Expression], values: NDArray[np.float64], y: NDArray[np.float64], language: Language
) -> list[Expression]:
    """Sums of two terms, their coefficients and an offset fitted, the best first."""
    by_name = {row.name: row for row in language.operators}
    if not by_name.keys() >= LINEAR_SUM:
        return []
    kept = np.flatnonzero(np.isfinite(values).all(axis=1))
    centred = values[kept] - values[kept].mean(axis=1, keepdims=True)
    size = np.linalg.norm(centred, axis=1)
    varying = size > 1e-9 * np.abs(values[kept]).max(axis=1, initial=0.0)
    kept, unit = kept[varying], centred[varying] / size[varying, None]
    gram, fit = unit @ unit.T, unit @ (y - y.mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (fit[:, None] ** 2 + fit[None, :] ** 2 - 2 * gram * np.outer(fit, fit)) / (1 - gram**2)
    gain[gram**2 > 1 - 1e-9] = -np.inf
    upper = np.triu_indices(len(kept), 1)
    best = np.argsort(-gain[upper], kind="stable")[:_MAX_SUMS]
    pairs = [(kept[upper[0][k]], kept[upper[1][k]]) for k in best]
    return [_sum(terms, values, y, pair, by_name) for pair in pairs]


def _sum(
    terms: Sequence[Expression],
    values: NDArray[np.float64],
    y: NDArray[np.float64],
    pair: tuple[int, int],
    rows: Mapping[str, Operator],
) -> Expression:
    columns = np.column_stack([values[pair[0]], values[pair[1]], np.ones(len(y))])
    first, second, _ = least_squares_of(columns, y)
    ratio = Constant(float(second / first)) if first else Constant(1.0)
    return Expression((*terms[pair[0]].nodes, ratio, *terms[pair[1]].nodes, rows["*"], rows["+"]))


def _allowed(formula: Expression, language: Language) -> bool:
    small = language.has_room_for(formula)
    return small and language.uses_only_its_own(formula) and language.obeyed_by(formula)


def chosen_together(results: Sequence[Fitted], targets: Targets) -> tuple[list[Fitted], System]:
    """The results with the rows recommended that are shortest together, and these written with shared parts.

    The numbers of shared parts are fitted on all targets where they are told once.
    """
    ranked = sorted(_systems(results, targets), key=lambda one: one[0])[:_MOST_FITTED]
    fitted = [(places, _tied(system, targets) if targets.free else system) for _, places, system in ranked]
    picked, together = min(fitted, key=lambda one: targets.length(one[1]))
    alone = tuple(r.recommended.place for r in results)
    return [
        _picked(result, place, moved=place != own, formula=formula, targets=targets, number=number)
        for number, (result, place, own, formula) in enumerate(
            zip(results, picked, alone, together.written_out(), strict=True)
        )
    ], together


def _systems(results: Sequence[Fitted], targets: Targets) -> Iterator[tuple[float, tuple[int, ...], System]]:
    """Rows of the fronts written with shared parts, and their length before numbers are fitted together."""
    near = NEAR if targets.free else 0.0
    for places in _choices(results, targets):
        formulas = [r.rows[place].expression for r, place in zip(results, places, strict=True)]
        system, data = shared(formulas, targets.outputs.names, near), targets.losses(formulas)
        yield targets.length(system, data if targets.free else None), places, system


def _choices(results: Sequence[Fitted], targets: Targets) -> list[tuple[int, ...]]:
    """Rows of the fronts to be judged together, those recommended alone first."""
    rows = [_nearly_as_good(result, targets.outputs.n_rows) for result in results]
    while math.prod(map(len, rows)) > _MOST_SYSTEMS:
        longest = max(range(len(rows)), key=lambda k: len(rows[k]))
        rows[longest] = rows[longest][:-1]
    return list(product(*rows))


def _nearly_as_good(result: Fitted, n_rows: int) -> list[int]:
    place = result.recommended.place
    least = gaussian_length(result.rows[place].loss, n_rows) + _NEARLY
    lengths = [gaussian_length(row.loss, n_rows) for row in result.rows]
    others = [k for k, length in enumerate(lengths) if k != place and length < least]
    return [place, *sorted(others, key=lambda k: abs(k - place))[: _MOST_ROWS - 1]]


def _tied(system: System, targets: Targets) -> System:
    """A system with its numbers fitted on all targets together; as it is where no parts are shared."""
    start = np.array(system.constants)
    if not system.parts or not len(start):
        return system
    known, w = targets.outputs, targets.outputs.row_weights
    spread = np.std(known.Y, axis=0)
    scale = np.where(start == 0, 1.0, np.abs(start))
    floor = np.sqrt(np.maximum(targets.losses(system.written_out()), EXACT_LOSS))
    floor[~np.isfinite(floor)] = 1.0

    def errors(steps: NDArray[np.float64]) -> NDArray[np.float64]:
        formulas = system.with_constants(start + steps * scale).written_out()
        off = (evaluate(formulas, known.X, known.names).T - known.Y) / (spread * _least(floor))
        finite = np.clip(np.nan_to_num(off, nan=1e9, posinf=1e9, neginf=-1e9), -1e9, 1e9)
        return np.asarray((finite * np.sqrt(w)[:, None]).ravel())

    fitted = least_squares(errors, np.zeros(len(start)), max_nfev=_MAX_FITS, x_scale="jac")
    return system.with_constants(start + fitted.x * scale)


def _least(floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Errors that targets are measured by: of no target as if it were known a million times better."""
    return np.asarray(np.maximum(floor, 1e-6 * floor.max()))


def _picked(
    result: Fitted, place: int, *, moved: bool, formula: Expression, targets: Targets, number: int
) -> Fitted:
    row = result.rows[place]
    rows = list(result.rows)
    if formula.nodes != row.expression.nodes:
        rows[place] = _with_formula(row, formula, targets.outputs, number)
    reason = "shortest description of all targets together, shared parts told once" if moved else None
    recommended = Recommendation(place, reason or result.recommended.reason)
    return replace(result, rows=tuple(rows), recommended=recommended)


def _with_formula(row: Row, formula: Expression, known: Outputs, number: int) -> Row:
    """A row with a formula whose numbers were fitted on all targets, and its figures."""
    entry = Entry(formula, row.complexity, row.loss, formula)
    (fresh,) = figures([entry], known.X, known.Y[:, number], known.names, known.weights)
    return replace(fresh, verdicts=row.verdicts)
