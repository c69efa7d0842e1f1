"""Models that one least-squares fit answers: the target, or a function of it, as a sum of few terms."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Expression, Nodes
from symlaw.search.scoring.transforms import Transform, identity, useful_transforms
from symlaw.search.sparse.selection import Subset, best_subsets
from symlaw.search.sparse.terms import (
    Library,
    Table,
    column_bases,
    columns_alone,
    functions,
    monomials,
)
from symlaw.search.sparse.writing import TOLERANCES, Factors, Summands, Writer, common_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MAX_SUMMANDS = 12
# Multiply-adds of a matrix product in the time of one node value.
_PRODUCTS_PER_VALUE = 8
_DENOMINATORS = ((1,), (1, 2), (1, 2, 3, 4))
_MAX_EXPONENT = 8


@dataclass
class Answer:
    """What a model brings.

    Attributes
    ----------
    formulas
        Formulas of the target, complete but for scale and offset.
    work
        Node values that fitting them was worth.
    """

    formulas: list[Expression]
    work: int = 0


@dataclass(frozen=True)
class View:
    """The target seen through a transform, and what of a sum its outer formula takes over.

    Parameters
    ----------
    transform
        The outer formula and the target's values.
    free_scale
        Whether a factor of the sum only scales the target.
    free_offset
        Whether an offset of the sum only scales or shifts the target.
    """

    transform: Transform
    free_scale: bool
    free_offset: bool


def exact_loss(values: Array) -> float:
    """Loss that counts as exact: what rounding of values far from 0 may leave."""
    largest = float(np.max(np.abs(values)))
    unit = values / largest if largest > 0 else values
    spread = float(np.std(unit))
    return 1e-23 + 1e-29 * (float(np.mean(unit)) / spread) ** 2 if spread > 0 else 0.0


def selection_work(n_columns: int, n_rows: int) -> int:
    """Work of one selection: the library, its Gram matrix, and a refit for each size."""
    return n_rows * (n_columns + n_columns * n_columns // _PRODUCTS_PER_VALUE)


def views_of(table: Table) -> list[View]:
    """The target itself, then every useful transform of it."""
    if table.sight is not None:
        return [View(identity(table.y), True, True)]
    return [
        View(identity(table.y), True, True),
        *(_view(transform) for transform in useful_transforms(table.y, table.language)),
    ]


def _view(transform: Transform) -> View:
    def outer(u: Array) -> Array:
        return reference.values(transform.outer, {"u": u})

    probe = np.array([0.31, 0.47, 0.83])
    with np.errstate(all="ignore"):
        scaled = outer(1.7 * probe) / outer(probe)
        shifted = outer(probe + 0.6) / outer(probe)
    return View(transform, _constant(scaled), _constant(shifted))


def _constant(values: Array) -> bool:
    return bool(np.all(np.isfinite(values)) and np.ptp(values) <= 1e-9 * abs(values[0]))


def sums_of(library: Library, view: View, table: Table) -> Answer:
    """The best sums of one, two, ... terms for a view of the target."""
    writer, found = Writer(table.language), list[Expression]()
    values, sight = view.transform.values, table.sight
    columns = library.values if sight is None else sight.of(library.values)
    for weights in view_weights(view, table):
        subsets = best_subsets(
            columns, values, weights, most_summands(table), intercept=sight is None, floor=exact_loss(values)
        )
        for subset in subsets:
            found += [view.transform.applied(inner) for inner in _written(subset, library, view, writer)]
    work = selection_work(len(library.terms), len(values))
    legal = [formula for formula in found if writer.legal(formula.nodes)]
    return Answer(distinct(legal), work)


def most_summands(table: Table) -> int:
    """The largest number of summands that the language's complexity leaves room for."""
    return int(min(MAX_SUMMANDS, (table.language.max_complexity + 3) // 3))


def view_weights(view: View, table: Table) -> list[Array]:
    """Weights that make errors of the view those of the target (to first order)."""
    if view.transform.is_identity:
        return [table.weights]
    u = view.transform.values
    step = 1e-5 * np.where(u != 0, np.abs(u), 1.0)
    ends = [reference.values(view.transform.outer, {"u": u + side * step}) for side in (1.0, -1.0)]
    with np.errstate(all="ignore"):
        slope = (ends[0] - ends[1]) / step
        slope /= np.max(np.abs(slope[np.isfinite(slope)]), initial=0.0)
    if not np.all(np.isfinite(slope)) or not np.sum(slope**2 > 1e-12) > 0.5 * len(u):
        return [table.weights]
    return [table.weights, table.weights * slope**2]


def _written(subset: Subset, library: Library, view: View, writer: Writer) -> list[Expression]:
    """A sum of terms as formulas: with equal coefficients written once, and those nearly equal."""
    summands = summands_of(subset.places, subset.coefficients, library)
    if not np.all(np.isfinite(subset.coefficients)) or not np.all(subset.coefficients):
        return []
    constant = 0.0 if view.free_offset else subset.intercept
    largest = np.max(np.abs(subset.coefficients[:, None] * library.values[list(subset.places)]))
    if abs(constant) <= 1e-9 * largest:
        constant = 0.0
    options = [
        nodes
        for tolerance in TOLERANCES
        for nodes in forms_of_sum(summands, constant, view.free_scale, writer, tolerance)
    ]
    return [Expression(nodes) for nodes in options if nodes is not None]


def forms_of_sum(
    summands: Summands, constant: float, free_scale: bool, writer: Writer, tolerance: float
) -> list[Nodes | None]:
    """Ways to write a sum; where its scale is fitted anyway, one coefficient need not be written."""
    whole = writer.total(summands, constant, tolerance)
    if not free_scale:
        return [whole]
    unit = common_size(summands, tolerance)
    scaled = [(coefficient / unit, factors) for coefficient, factors in summands]
    bare = None if constant else writer.bare(summands, tolerance)
    shorter = bare or writer.total(scaled, constant / unit, tolerance)
    if bare or constant or whole is None or shorter is None:
        return [shorter]
    # the shorter one leaves no coefficient that another could make up for, so it is fitted more exactly
    saves = writer.cost(shorter) + writer.factor_cost < writer.cost(whole)
    return [shorter, whole] if saves else [whole, shorter]


def summands_of(places: tuple[int, ...], coefficients: Array, library: Library) -> Summands:
    """Terms of a library with their coefficients."""
    summands: Summands = []
    for coefficient, place in zip(coefficients.tolist(), places, strict=True):
        factors = tuple((library.bases[b], Fraction(e)) for b, e in library.terms[place])
        summands.append((coefficient, factors))
    return summands


def distinct(formulas: list[Expression]) -> list[Expression]:
    """Formulas without repetitions, in their order."""
    return list({formula.nodes: formula for formula in formulas}.values())


def power_laws(table: Table) -> Answer:
    """``y = c x1^a x2^b ...`` by a linear model of the logarithms."""
    return _log_models(table, with_columns=False)


def exponentials(table: Table) -> Answer:
    """``y = c x1^a exp(b x2) ...``, powers and exponentials mixed."""
    return _log_models(table, with_columns=True)


def _log_models(table: Table, with_columns: bool) -> Answer:
    y = table.y
    if not (np.all(y > 0) or np.all(y < 0)):
        return Answer([])
    writer = Writer(table.language)
    signed = [j for j in range(len(table.X)) if np.all(table.X[j] > 0) or np.all(table.X[j] < 0)]
    logs = [np.log(np.abs(table.X[j])) for j in signed]
    exponents = [(j, True) for j in signed]
    if with_columns:
        if not writer.has("exp"):
            return Answer([])
        logs += list(table.X)
        exponents += [(j, False) for j in range(len(table.X))]
    if not logs:
        return Answer([])
    columns, target = np.array(logs), np.log(np.abs(y))
    found: list[Expression] = []
    for weights in (table.weights, table.weights * (y / np.max(np.abs(y))) ** 2):
        subsets = best_subsets(columns, target, weights, most_summands(table), floor=exact_loss(target))
        for subset in subsets:
            chosen = [exponents[place] for place in subset.places]
            for nodes in _log_formulas(subset.coefficients, chosen, table, writer):
                if writer.legal(nodes):
                    found.append(Expression(nodes))
    return Answer(distinct(found), 2 * selection_work(len(columns), len(target)))


def _log_formulas(
    coefficients: Array, chosen: list[tuple[int, bool]], table: Table, writer: Writer
) -> list[Nodes]:
    """Formulas of one model of the logarithm: with exponents rounded more and less, and as they are."""
    powers = [(j, c) for (j, is_log), c in zip(chosen, coefficients.tolist(), strict=True) if is_log]
    rates = [(j, c) for (j, is_log), c in zip(chosen, coefficients.tolist(), strict=True) if not is_log]
    bases = column_bases(table)
    growth = writer.apply("exp", _sum_of(rates, bases, writer)) if rates else None
    if rates and growth is None:
        return []
    written: list[Nodes | None] = []
    for denominators in _DENOMINATORS:
        rounded = [(j, _nearest(c, denominators)) for j, c in powers]
        written.append(_power_product([(j, e) for j, e in rounded if e], growth, table, writer))
    if writer.has("pow"):
        exact = [(j, Fraction(c).limit_denominator(10**6)) for j, c in powers]
        written.append(_power_product([(j, e) for j, e in exact if e], growth, table, writer))
    written.append(_inside_exp(powers, rates, table, writer))
    return [nodes for nodes in written if nodes is not None]


def _nearest(value: float, denominators: tuple[int, ...]) -> Fraction:
    options = [Fraction(round(value * q), q) for q in denominators if abs(value) < 1e6]
    return min(options, key=lambda p: (abs(float(p) - value), p.denominator), default=Fraction(0))


def _sum_of(rates: list[tuple[int, float]], bases: tuple[Nodes, ...], writer: Writer) -> Nodes | None:
    return writer.total([(c, ((bases[j], Fraction(1)),)) for j, c in rates], 0.0)


def _power_product(
    powers: list[tuple[int, Fraction]], growth: Nodes | None, table: Table, writer: Writer
) -> Nodes | None:
    if any(abs(e) > _MAX_EXPONENT for _, e in powers) or not (powers or growth):
        return None
    factors: Factors = ()
    bases = column_bases(table)
    for j, exponent in powers:
        base: Nodes | None = bases[j]
        if table.X[j, 0] < 0 and exponent.denominator > 1:
            base = writer.apply("neg", base)
        if base is None:
            return None
        factors = (*factors, (base, exponent))
    if growth is not None:
        factors = (*factors, (growth, Fraction(1)))
    return writer.product(factors)


def _inside_exp(
    powers: list[tuple[int, float]], rates: list[tuple[int, float]], table: Table, writer: Writer
) -> Nodes | None:
    """``exp(a log(x) + b z)``, for exponents that no operator can write."""
    bases = column_bases(table)
    summands: Summands = [(c, ((bases[j], Fraction(1)),)) for j, c in rates]
    for j, c in powers:
        log = writer.apply("log", bases[j]) if np.all(table.X[j] > 0) else None
        if log is None:
            return None
        summands.append((c, ((log, Fraction(1)),)))
    return writer.apply("exp", writer.total(summands, 0.0))


def linear(table: Table, view: View) -> Answer:
    """``y = c0 + c1 x1 + ...`` with few of the columns."""
    return sums_of(columns_alone(table), view, table)


# Total degree and how many columns at most; libraries stay below `terms.MAX_TERMS`.
_POLYNOMIALS = ((2, 26), (3, 10), (5, 5))


def polynomial(table: Table, view: View, size: int) -> Answer:
    """Sums of monomials, of low degree in many columns (size 0) to higher degree in few (size 2)."""
    return sums_of(monomials(table, *_POLYNOMIALS[size]), view, table)


def of_functions(table: Table, view: View) -> Answer:
    """Sums of functions of single columns and their products with columns."""
    return sums_of(functions(table), view, table)
