"""Formulas without the constants that the rows do not ask for.

A search fits what it proposes with scale, offset and coefficients. On few noisy rows the law comes as one of
many formulas of that size, with numbers near 1 or 0 that cost it the comparison.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError
from symlaw.knowledge.priors.expected import framed
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import PRODUCTS, SUMS, Operator
from symlaw.trust.constants.fit import Model, fitted, model_of
from symlaw.trust.selection.description import description_length, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlaw.language.expression import Nodes
    from symlaw.search.archive import Entry
    from symlaw.search.problem import Problem
    from symlaw.trust.constants.fit import Sample
    from symlaw.trust.selection.description import Criteria

# Formulas this many nats longer than the shortest are looked at, and so many of them.
_NEAR, _MOST = 20.0, 12
_STEPS = 40
# Constants below this that are a whole or half number to within this share may be meant to be it.
_WHOLE, _CLOSE = 10.5, 0.05
# Directions of the constants in which the rows say less than this share of the most are not determined.
_SINGULAR = 1e-7


def thinned(
    entries: Sequence[Entry], problem: Problem, criteria: Criteria, sample: Sample, seconds: float = math.inf
) -> list[Entry]:
    """Shorter forms of the formulas that may be recommended, each shorter to describe than it was.

    Parameters
    ----------
    entries
        Formulas with their constants at the least squares.
    problem
        All rows, and the language.
    criteria, sample
        By what formulas are compared, and the rows.
    seconds
        Time after which no other formula is begun.
    """
    end = time.monotonic() + seconds
    lengths = {id(entry): description_length(entry, criteria, sample) for entry in entries}
    order = sorted(entries, key=lambda entry: lengths[id(entry)])
    near = [one for one in order[:_MOST] if lengths[id(one)] <= lengths[id(order[0])] + _NEAR]
    known = {entry.expression for entry in entries}
    found: list[Entry] = []
    for entry in near:
        if time.monotonic() > end:
            break
        shorter = _thinned(entry, lengths[id(entry)], problem, criteria, sample)
        if shorter is not entry and shorter.expression not in known:
            known.add(shorter.expression)
            found.append(shorter)
    return found


def _thinned(entry: Entry, length: float, problem: Problem, criteria: Criteria, sample: Sample) -> Entry:
    """A formula with constants left out, or whole, one by one, as long as it gets shorter to describe."""
    while True:
        shorter = (*without_a_constant(entry.expression), *with_a_whole(entry.expression))
        others = [_fitted(one, entry, problem, sample) for one in shorter]
        able = [one for one in others if one is not None]
        scored = [description_length(one, criteria, sample) for one in able]
        if not min(scored, default=math.inf) < length:
            return entry
        length = min(scored)
        entry = able[scored.index(length)]


def without_a_constant(formula: Expression) -> Iterator[Expression]:
    """The formula without one of its constants each, those whose value may be one that does nothing.

    A numerator becomes 1.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(shorter) for shorter in without_a_constant(parse("2.5 * x + 1.3 / y"))]
    ['x + 1.3 / y', '2.5 * x + 1.0 / y']
    """
    nodes, starts = formula.nodes, formula.starts
    for place, node in enumerate(nodes):
        if not isinstance(node, Operator) or node.arity != 2:
            continue
        middle = starts[place - 1]
        left, right = nodes[starts[place] : middle], nodes[middle:place]
        for number, (own, other) in enumerate(((left, right), (right, left))):
            if not _is_free(own) or _is_free(other):
                continue
            if node.name in (*SUMS, *PRODUCTS) and (number == 1 or node.commutative):
                yield Expression((*nodes[: starts[place]], *other, *nodes[place + 1 :]))
            elif node.name == "/" and own[0].value != 1.0:  # type: ignore[union-attr]
                yield Expression((*nodes[: starts[place]], Constant(1.0, fixed=True), *other, *nodes[place:]))


def with_a_whole(formula: Expression) -> Iterator[Expression]:
    """The formula with one of its constants each at the whole or half number next to it.

    Not its scale and offset, which are of the units of measurement.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(rounded) for rounded in with_a_whole(parse("3.01 * n / (1 - 4.00001 / n**2)"))]
    ['3.01 * n / (1.0 - 4.0 / n**2)']
    """
    for place, node in enumerate(formula.nodes):
        if not isinstance(node, Constant) or node.fixed or is_whole(node.value):
            continue
        whole = 0.5 * round(2.0 * node.value) if abs(node.value) < _WHOLE else 0.0
        if whole != 0.0 and abs(node.value - whole) <= _CLOSE * abs(whole):
            number = Constant(whole, fixed=True)
            rounded = Expression((*formula.nodes[:place], number, *formula.nodes[place + 1 :]))
            if any(node is number for node in framed(rounded)[2].nodes):
                yield rounded


def with_fixed_wholes(formula: Expression, sample: Sample) -> Expression:
    """The formula with whole numbers that stay as they are, where its constants say the same thing twice.

    In ``a / (1 + b * x)`` the rows determine two of three numbers.
    """
    while True:
        model = model_of(formula)
        alone = set(model.places[: len(formula.constants)].tolist())
        whole = [k for k, value in enumerate(model.values) if k in alone and is_whole(float(value))]
        if not whole or _determines(model, sample):
            return formula
        place = int(np.flatnonzero(model.places == whole[0])[0])
        numbers = [k for k, node in enumerate(formula.nodes) if isinstance(node, Constant)]
        nodes = list(formula.nodes)
        nodes[numbers[place]] = Constant(formula.constants[place], fixed=True)
        formula = Expression(tuple(nodes))


def _determines(model: Model, sample: Sample) -> bool:
    """Whether the rows determine every constant."""
    with np.errstate(all="ignore"):
        slopes = model.values_and_slopes(sample.X, sample.names)[1] / (float(np.std(sample.y)) or 1.0)
        sizes = np.linalg.norm(slopes, axis=0)
    if not np.all(np.isfinite(slopes)) or not np.all(sizes > 0):
        return True
    return bool(np.linalg.matrix_rank(slopes / sizes, tol=_SINGULAR) == slopes.shape[1])


def _is_free(part: Nodes) -> bool:
    return len(part) == 1 and isinstance(part[0], Constant) and not part[0].fixed


def _fitted(formula: Expression, entry: Entry, problem: Problem, sample: Sample) -> Entry | None:
    """A formula with its constants at the least squares; None where it is undefined or not allowed."""
    language = problem.language
    if not formula.variables or not language.admits(formula):
        return None
    model = model_of(formula)
    try:
        # whole numbers that stand by themselves are fitted too; what is fitted anew has no reason to stay
        # whole
        own = fitted(model, sample, max_steps=_STEPS).expression if model.names else formula
    except DataError:
        return None
    with np.errstate(all="ignore"):
        values = model_of(own).values_and_slopes(sample.X, sample.names)[0]
        loss = float(np.average(((sample.y - values) / problem.y_scale) ** 2, weights=sample.weights))
    if not np.isfinite(loss):
        return None
    return replace(entry, expression=own, inner=own, complexity=language.complexity(own), loss=loss)
