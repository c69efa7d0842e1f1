"""Parts: smaller problems made from a problem, and the way back to formulas of its target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.search.decomposition.oracle import Scaled
from symlaw.search.problem import make_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.language.grammar import Language
    from symlaw.search.decomposition.oracle import Ask
    from symlaw.search.decomposition.reductions import Powers, Reduction
    from symlaw.search.problem import Problem
    from symlaw.search.sparse.writing import Writer

    Array = NDArray[np.float64]

# Rows of a part; formulas that it leads to are fitted on all rows of the problem later.
MAX_ROWS = 1000
_SMALLEST_UNIT = 1e-60
# Fraction of the variance below which errors are a model's own, and the largest weight over the median's.
_NO_NOISE, _UNEVEN = 1e-5, 100.0
# A target that varies by less than this fraction of its size is a constant.
_CONSTANT = 1e-12


@dataclass(frozen=True)
class Part:
    """A smaller problem.

    Parameters
    ----------
    X
        float64 (n_rows, n_columns).
    y, weights
        float64 (n_rows,); the weights are above 0.
    columns
        What each column is, as nodes in the problem's variables.
    before, after
        Nodes around a formula of ``y`` that make it a formula of the problem's target.
    depth
        How often the target was split on the way here.
    """

    X: Array
    y: Array
    weights: Array
    columns: tuple[Nodes, ...]
    before: Nodes = ()
    after: Nodes = ()
    depth: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in formulas of ``y``."""
        return tuple(f"u{number}" for number in range(len(self.columns)))

    @property
    def is_constant(self) -> bool:
        """Whether the target does not vary."""
        return bool(np.ptp(self.y) <= _CONSTANT * np.max(np.abs(self.y)))

    def variables(self, columns: Sequence[int]) -> tuple[str, ...]:
        """The problem's variables in some columns."""
        nodes = [node for column in columns for node in self.columns[column]]
        return tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Variable)))

    def in_variables(self, formula: Expression) -> Nodes:
        """A formula of the columns in the problem's variables."""
        meaning = dict(zip(self.names, self.columns, strict=True))
        nodes: list[object] = []
        for node in formula.nodes:
            nodes.extend(meaning[node.name] if isinstance(node, Variable) else (node,))
        return tuple(nodes)  # type: ignore[arg-type]

    def whole(self, formula: Expression) -> Expression:
        """A formula of ``y`` as one of the problem's target."""
        return Expression((*self.before, *self.in_variables(formula), *self.after))


def first_part(problem: Problem, seed: int) -> Part:
    """The problem itself on at most `MAX_ROWS` rows in random order, those of weight 0 left out."""
    rows = problem.rows
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(problem.n_rows)
    order = order[rows.weights[order] > 0][:MAX_ROWS]
    columns = tuple((Variable(name),) for name in problem.language.variables)
    X = np.ascontiguousarray(rows.X[:, order].T)
    return Part(X, problem.y[order] / _unit(problem), rows.weights[order], columns)


def _unit(problem: Problem) -> float:
    """Unit of a part's target: the user's, for inverses to be found, unless squares would overflow."""
    return 1.0 if _SMALLEST_UNIT < problem.y_scale < 1.0 / _SMALLEST_UNIT else problem.y_scale


def answered(part: Part, problem: Problem) -> tuple[Part, Ask | None]:
    """The first part with the user's function, and what that says as its target.

    Where there is none, or it is undefined on some row, the part stays as it is.
    """
    if problem.oracle is None:
        return part, None
    ask = Scaled(problem.oracle, _unit(problem))
    answers = ask(part.X)
    usable = bool(np.all(np.isfinite(answers))) and np.ptp(answers) > 0
    return (replace(part, y=answers), ask) if usable else (part, None)


def reduced(part: Part, reduction: Reduction, writer: Writer) -> Part | None:
    """A part with columns replaced; None where the language cannot write it or a value is not finite."""
    kept = reduction.kept(len(part.columns))
    written = [item.nodes(writer, part.columns) for item in reduction.new]
    X = np.column_stack([part.X[:, kept], *(item.values(part.X) for item in reduction.new)])
    if any(nodes is None for nodes in written) or not np.all(np.isfinite(X)):
        return None
    columns = (*(part.columns[column] for column in kept), *(nodes for nodes in written if nodes))
    smaller = replace(part, X=X, columns=columns)
    return smaller if reduction.divisor is None else _divided(part, smaller, reduction.divisor, writer)


def _divided(part: Part, smaller: Part, divisor: Powers, writer: Writer) -> Part | None:
    values = divisor.values(part.X)
    scale = float(np.sqrt(np.mean(values**2)))
    around = _around(part, divisor, writer)
    if around is None or not np.all(np.isfinite(values)) or not np.all(values != 0) or not scale > 0:
        return None
    # errors of the quotient count as much as the target's that they come from
    y, weights = part.y / values, part.weights * (values / scale) ** 2
    return replace(smaller, y=y, weights=weights, before=around[0], after=around[1])


def _around(part: Part, divisor: Powers, writer: Writer) -> tuple[Nodes, Nodes] | None:
    """Nodes around a formula of the quotient."""
    if divisor.is_below and writer.has("/"):
        below = divisor.inverse.nodes(writer, part.columns)
        return None if below is None else (part.before, (*below, operator("/"), *part.after))
    factor = divisor.nodes(writer, part.columns)
    if factor is None or not writer.has("*"):
        return None
    return (*part.before, *factor), (operator("*"), *part.after)


def without(part: Part, nodes: Nodes, values: Array, columns: Sequence[int], multiplied: bool) -> Part | None:
    """What is left of a part after a summand or factor is taken off; None where that is not possible.

    Parameters
    ----------
    part
        The whole.
    nodes, values
        The summand or factor, in the problem's variables, and its values on the part's rows.
    columns
        Those that what is left depends on.
    multiplied
        Whether it is a factor.
    """
    scale = float(np.sqrt(np.mean(values**2)))
    if not np.isfinite(scale) or (multiplied and not np.min(np.abs(values)) > 1e-9 * scale):
        return None
    before, after = (*part.before, *nodes), (operator("*" if multiplied else "+"), *part.after)
    y, weights = part.y - values, part.weights
    if multiplied:
        y, weights = part.y / values, part.weights * (values / scale) ** 2
    return replace(
        part, X=part.X[:, list(columns)], y=y, weights=weights, before=before, after=after,
        columns=tuple(part.columns[column] for column in columns), depth=part.depth + 1,
    )  # fmt: skip


def piece(part: Part, target: Array, columns: Sequence[int]) -> Part:
    """A summand or factor of a part, as a model gives it, as a problem of its own columns."""
    return Part(
        part.X[:, list(columns)], target, np.ones(len(target)),
        tuple(part.columns[column] for column in columns), depth=part.depth + 1,
    )  # fmt: skip


def problem_of(part: Part, language: Language, seed: int) -> Problem:
    """A part as a problem for searchers, in the operators of a language."""
    room = len(part.before) + len(part.after)
    limit = max(5, language.max_complexity - room)
    inner = replace(
        language, variables=part.names, max_complexity=limit, rules=(), demands=(), named={}
    )  # fmt: skip
    return make_problem(part.X, part.y, inner, weights=part.weights, seed=seed)


def evenly_weighted(part: Part, noise: float) -> Part:
    """A part with weights less uneven, as few rows would count otherwise; even ones where there is no noise.

    Parameters
    ----------
    part
        The part.
    noise
        Fraction of the target's variance that may be noise.
    """
    if noise < _NO_NOISE:
        return replace(part, weights=np.ones_like(part.weights))
    middle = float(np.median(part.weights))
    return replace(part, weights=np.clip(part.weights, middle / _UNEVEN, middle * _UNEVEN))


def constant_formula(part: Part) -> Expression:
    """The mean of a part's target as a formula of it."""
    return Expression((Constant(float(np.average(part.y, weights=part.weights))),))
