"""Fillings of a template as formulas, and their constants fitted on all rows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES, Program
from symlaw.engine.step_control import FIRST_DAMPING
from symlaw.engine.tape import CONSTANT, VARIABLE, from_nodes, to_tape
from symlaw.language.algebra.arranging import arranged
from symlaw.language.algebra.canonical import folded, tidy_signs
from symlaw.language.algebra.derivative import substituted
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import Operator, operator
from symlaw.language.user_operators.lookup import lookup
from symlaw.search.archive import Entry
from symlaw.search.scoring.affine import with_line
from symlaw.search.templates.epoch import SCALE
from symlaw.search.templates.form import FIXED, LINE
from symlaw.search.templates.joint import GroupedRows, fit_jointly, joint_space

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from symlaw.language.template import Template
    from symlaw.search.evolution.population import Population
    from symlaw.search.problem import Problem

# Steps of a fit on all rows, node values computed in one at most, and how much worse a fit may be without a
# constant that is as good as nothing.
_STEPS, _WORK = 40, 1e8
_NAME = "\0c"


@dataclass(frozen=True)
class Filling:
    """Formulas for the unknowns of a template.

    Parameters
    ----------
    skeletons
        For each unknown its formula, of the unknown's arguments and of variables that stand for constants.
    lines
        For each unknown that is a function, the numbers of its scale and offset among the constants.
    values
        Of the constants, float64 (n_groups, n_constants).
    fixed
        Which constants are not fitted any more, bool (n_constants,).
    own
        Which are a group's own, bool (n_constants,).
    levels
        What the groups are called in the data, float64 (n_groups,).
    """

    skeletons: tuple[Expression, ...]
    lines: tuple[tuple[int, int], ...]
    values: NDArray[np.float64]
    fixed: NDArray[np.bool_]
    own: NDArray[np.bool_]
    levels: NDArray[np.float64]

    def on_levels(self, levels: NDArray[np.float64]) -> Filling:
        """The filling with constants for other groups; those of new ones begin at the mean."""
        places = {float(level): number for number, level in enumerate(self.levels)}
        middle = self.values.mean(axis=0)
        rows = [self.values[places[one]] if one in places else middle for one in levels.tolist()]
        return replace(self, values=np.array(rows), levels=levels)

    def with_fixed(self, k: int, value: float) -> Filling:
        """The filling with a constant set for good."""
        values, fixed = self.values.copy(), self.fixed.copy()
        values[:, k], fixed[k] = value, True
        return replace(self, values=values, fixed=fixed)


def name_of(k: int) -> str:
    """The variable that stands for a constant."""
    return f"{_NAME}{k}"


def _number_of(node: Node) -> int:
    """Number of the constant that a variable stands for; -1 where it is no such variable."""
    standing = isinstance(node, Variable) and node.name.startswith(_NAME)
    return int(node.name[len(_NAME) :]) if standing else -1  # type: ignore[union-attr]


def filling_of(
    genomes: Population,
    slot: int,
    template: Template,
    operators: Sequence[Operator],
    levels: NDArray[np.float64],
) -> Filling:
    """A filling from its genome, for groups of these levels."""
    size = int(genomes.size[slot])
    codes, columns = genomes.codes[slot, :size], genomes.columns[slot, :size]
    numbers = np.cumsum(codes == CONSTANT) - 1
    skeletons: list[Expression] = []
    lines: list[tuple[int, int]] = []
    own: list[bool] = []
    place = 0
    for unknown in template.unknowns:
        end = place + 1
        if unknown.arity > 0:
            scales = (codes[place:] == CONSTANT) & (columns[place:] == SCALE)
            end = place + int(np.argmax(scales))
        span = slice(place, end)
        named = from_nodes(
            codes[span], columns[span], numbers[span].astype(float), operators, unknown.arguments
        )
        skeletons.append(named.map_nodes(_standing))
        if unknown.arity > 0:
            lines.append((int(numbers[end]), int(numbers[end + 1])))
            end += LINE
        is_own = template.groups is not None and (template.all_own or unknown.arity == 0)
        own += [is_own] * int(np.sum(codes[place:end] == CONSTANT))
        place = end
    start = genomes.values[slot, :size][codes == CONSTANT]
    values, fixed = np.tile(start, (len(levels), 1)), np.zeros(len(start), bool)
    return Filling(tuple(skeletons), tuple(lines), values, fixed, np.array(own, bool), levels)


def _standing(node: Node) -> Node:
    return Variable(name_of(int(node.value))) if isinstance(node, Constant) else node


class Filler:
    """Fits fillings on all rows of a problem and writes them as entries."""

    def __init__(self, problem: Problem, template: Template) -> None:
        self.problem, self.template = problem, template
        self.operators = template.operators(problem.language.operators)
        self.rows, self.levels = grouped_rows(problem)
        self._space = joint_space(len(self.rows.spans) - 1, np.zeros(MAX_NODES, np.int64))

    def entries(self, filling: Filling, source: str) -> list[Entry]:
        """A filling with all constants of its lines, and with fewer of them one by one.

        Each time the constant is left out that is missed least.
        """
        found: list[Entry] = []
        current = self.fitted(filling)
        while current is not None:
            best, loss = current
            entry = self._entry(best, loss, source)
            found += [entry] if entry is not None else []
            shorter = [self.fitted(one) for one in self._without_one(best)]
            tried = [one for one in shorter if one is not None]
            current = min(tried, key=lambda one: one[1]) if tried else None
        return found

    def refitted(self, entry: Entry) -> Entry:
        """An entry fitted on the rows of this filler's problem."""
        if not isinstance(entry.filling, Filling):
            return entry
        done = self.fitted(entry.filling.on_levels(self.levels))
        again = None if done is None else self._entry(*done, entry.source)
        return entry if again is None else again

    def _without_one(self, filling: Filling) -> list[Filling]:
        found = []
        for scale, offset in filling.lines:
            if not filling.fixed[offset]:
                found.append(filling.with_fixed(offset, 0.0))
            if not filling.fixed[scale]:
                found.append(filling.with_fixed(scale, float(np.sign(filling.values[0, scale])) or 1.0))
        return found

    def fitted(self, filling: Filling) -> tuple[Filling, float] | None:
        """The filling with its constants fitted, and its loss; None where that is not finite or too long."""
        program, ties, kept = self._program(filling)
        if len(program.codes) > MAX_NODES or len(kept) > MAX_CONSTANTS:
            return None
        space, table = self._space, kernel_table(self.operators)
        space.own[: len(kept)] = filling.own[kept]
        space.values[:, : len(kept)] = filling.values[:, kept]
        space.damping[:] = FIRST_DAMPING
        n_rows, size = len(self.rows.target), len(program.codes)
        steps = int(np.clip(_WORK * 10 / (size * (4 + len(kept)) * n_rows), 2, _STEPS))
        space.ties[:size] = ties
        loss, _, _ = fit_jointly(program, size, len(kept), table, self.rows, space, steps, 1e-10)
        if not np.isfinite(loss):
            return None
        values = filling.values.copy()
        values[:, kept] = space.values[:, : len(kept)]
        return replace(filling, values=values), float(loss)

    def _program(self, filling: Filling) -> tuple[Program, NDArray[np.int64], list[int]]:
        """The whole formula as a program, the numbers of its nodes' constants, and what these are."""
        formula = self._symbolic(filling)
        kept = [k for k in range(filling.values.shape[1]) if not filling.fixed[k]]
        order = {k: number for number, k in enumerate(kept)}
        names = [*self.problem.language.variables, *(name_of(k) for k in range(filling.values.shape[1]))]
        tape = to_tape([formula], self.operators, names)
        n_columns = len(self.problem.language.variables)
        ties = np.full(len(tape.codes), FIXED, np.int64)
        codes, values = tape.codes.copy(), tape.values.copy()
        for place in np.flatnonzero((codes == VARIABLE) & (tape.columns >= n_columns)):
            k = int(tape.columns[place]) - n_columns
            codes[place] = CONSTANT
            values[place] = filling.values[0, k]
            ties[place] = order.get(k, FIXED)
        return Program(codes, tape.columns.copy(), values), ties, kept

    def _symbolic(self, filling: Filling) -> Expression:
        """The template's formula with variables that stand for constants."""
        parts = {}
        for number, unknown in enumerate(self.template.unknowns):
            nodes = filling.skeletons[number].nodes
            if number < len(filling.lines):
                nodes = _on_line(nodes, filling, *filling.lines[number])
            parts[unknown.name] = Expression(nodes)
        return self.template.filled(parts)

    def _entry(self, filling: Filling, loss: float, source: str) -> Entry | None:
        language = self.problem.language
        parts = {
            name: arranged(folded(part), language.operators, language.variables)
            for name, part in written(filling, self.template, language.variables).items()
        }
        whole = tidy_signs(folded(self.template.filled(parts)), language.operators)
        if not whole.variables or not language.admits(whole):
            return None
        return Entry(whole, language.complexity(whole), loss, whole, source, filling)


def written(filling: Filling, template: Template, columns: Sequence[str]) -> dict[str, Expression]:
    """The formula of each unknown with numbers in it, and lookups for what is a group's own."""
    taken, parts = {*columns, *(unknown.name for unknown in template.unknowns)}, {}
    free = (f"c{number}" for number in itertools.count(1) if f"c{number}" not in taken)

    def meaning(k: int, name: str | None) -> tuple[Node, ...]:
        if not filling.own[k] or filling.fixed[k]:
            return (Constant(float(filling.values[0, k])),)
        row = lookup(name or next(free), filling.levels.tolist(), filling.values[:, k].tolist())
        return Variable(str(template.groups)), row

    for number, unknown in enumerate(template.unknowns):
        skeleton = filling.skeletons[number]
        names = {node for node in skeleton.nodes if _number_of(node) >= 0}
        own_name = None if unknown.arity else unknown.name
        places = {node.name: meaning(_number_of(node), own_name) for node in _in_order(skeleton, names)}
        formula = Expression(substituted(skeleton.nodes, places))
        if unknown.arity > 0:
            scale, offset = (meaning(k, None) for k in filling.lines[number])
            formula = _with_line(formula, scale, offset)
        parts[unknown.name] = formula
    return parts


def _in_order(formula: Expression, wanted: Collection[Node]) -> list[Variable]:
    return [node for node in dict.fromkeys(formula.nodes) if isinstance(node, Variable) and node in wanted]


def _with_line(formula: Expression, scale: tuple[Node, ...], offset: tuple[Node, ...]) -> Expression:
    """``scale * formula + offset``, which numbers inside the formula take up where they can."""
    numbers = [
        nodes[0].value if len(nodes) == 1 and isinstance(nodes[0], Constant) else None
        for nodes in (scale, offset)
    ]
    by, shift = numbers
    if by == 0.0:
        return Expression(offset)
    if by is not None and shift is not None:
        return folded(with_line(formula, by, shift))
    inner = formula.nodes if by == 1.0 else (*scale, *formula.nodes, operator("*"))
    return Expression(inner if shift == 0.0 else (*inner, *offset, operator("+")))


def _on_line(nodes: tuple[Node, ...], filling: Filling, scale: int, offset: int) -> tuple[Node, ...]:
    """A function's formula with scale and offset, those that are set for good left out where they may be."""
    sign = float(filling.values[0, scale])
    if not filling.fixed[scale]:
        nodes = (*nodes, Variable(name_of(scale)), operator("*"))
    elif sign < 0:
        nodes = (*nodes, operator("neg"))
    return nodes if filling.fixed[offset] else (*nodes, Variable(name_of(offset)), operator("+"))


def grouped_rows(
    problem: Problem, places: NDArray[np.int64] | None = None
) -> tuple[GroupedRows, NDArray[np.float64]]:
    """Rows of a problem, all or some of them, as fits of fillings want them, and the groups' levels."""
    rows, unit, template = problem.rows, problem.y_scale, problem.language.template
    chosen = np.arange(problem.n_rows) if places is None else places
    column = template.groups if template is not None else None
    levels, spans = np.zeros(1), np.array([0, len(chosen)], np.int64)
    if column is not None:
        labels = rows.X[problem.language.variables.index(column)]
        chosen = chosen[np.argsort(labels[chosen], kind="stable")]
        levels, starts = np.unique(labels[chosen], return_index=True)
        spans = np.array([*starts, len(chosen)], np.int64)
    target, weights = problem.y[chosen] / unit, rows.weights[chosen]
    centre = float(np.average(target, weights=weights))
    total = float(np.sum(weights * (target - centre) ** 2))
    X = np.ascontiguousarray(rows.X[:, chosen])
    return GroupedRows(X, target, weights, unit, total, spans), levels
