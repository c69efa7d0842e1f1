"""Templates as arrays, and programs made of them by putting formulas in for their unknowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES, Program
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.language.expression import Constant, Variable
from symlaw.language.template import SLOPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator
    from symlaw.language.template import Template

# Kinds of item.
NODE, CALL, SLOPE_OF = range(3)
# Ties of nodes that no fit changes.
FIXED = -1
# Constants behind each function's formula: its scale and its offset.
LINE = 2
# Steps of a difference quotient, in standard deviations of the column.
_STEP = 1e-4


@record
class Form(NamedTuple):
    """A template in postfix order.

    Attributes
    ----------
    kind
        `NODE`, `CALL` of an unknown, or `SLOPE_OF` what stands before it, int64 (n_items,).
    code
        Node code, or the unknown's number, int64 (n_items,).
    column
        Column of a variable, or that by which a slope is taken, int64 (n_items,).
    value
        A constant's value, or the step of a slope, float64 (n_items,).
    arity
        Arguments of each unknown, 0 for a parameter, int64 (n_unknowns,).
    plus, minus, times
        Node codes.
    """

    kind: NDArray[np.int64]
    code: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]
    arity: NDArray[np.int64]
    plus: int
    minus: int
    times: int


@record
class Draft(NamedTuple):
    """A program under construction.

    Attributes
    ----------
    program
        Its nodes.
    ties
        For each node the number of the constant that it repeats, or `FIXED`, int64 (MAX_NODES,).
    spare, spare_ties
        Scratch of the same shapes.
    starts
        Where the parts on the stack begin, int64 (MAX_NODES,).
    numbers
        For each node of the filling its constant's number, int64 (MAX_NODES,).
    """

    program: Program
    ties: NDArray[np.int64]
    spare: Program
    spare_ties: NDArray[np.int64]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]


def draft() -> Draft:
    """Fresh scratch."""
    return Draft(_program(), _places(), _program(), _places(), _places(), _places())


def _program() -> Program:
    return Program(np.zeros(MAX_NODES, np.int16), np.zeros(MAX_NODES, np.int16), np.zeros(MAX_NODES))


def _places() -> NDArray[np.int64]:
    return np.zeros(MAX_NODES, np.int64)


def form_of(
    template: Template, operators: Sequence[Operator], variables: Sequence[str], X: NDArray[np.float64]
) -> Form:
    """A template as arrays.

    Parameters
    ----------
    template
        Its columns are among ``variables``.
    operators
        Operators by code; + - * are among them.
    variables
        Names of the columns.
    X
        Their values, float64 (n_features, n_rows), which say how small a step is.
    """
    codes = {row.name: FIRST_OPERATOR + place for place, row in enumerate(operators)}
    columns = {name: place for place, name in enumerate(variables)}
    numbers = {unknown.name: place for place, unknown in enumerate(template.unknowns)}
    items: list[tuple[int, int, int, float]] = []
    for node in template.expression.nodes:
        if isinstance(node, Constant):
            items.append((NODE, CONSTANT, 0, node.value))
        elif isinstance(node, Variable) and node.name in columns:
            items.append((NODE, VARIABLE, columns[node.name], 0.0))
        elif node.name in numbers:
            items.append((CALL, numbers[node.name], 0, 0.0))
        elif node.name == SLOPE:
            # the column stands before it as an argument
            column = items.pop()[2]
            items.append((SLOPE_OF, 0, column, _STEP * (float(np.std(X[column])) or 1.0)))
        else:
            items.append((NODE, codes[node.name], 0, 0.0))
    kind, code, column_of, value = zip(*items, strict=True)
    arity = np.array([unknown.arity for unknown in template.unknowns], np.int64)
    kinds, codes_of, places = (np.array(numbers_, np.int64) for numbers_ in (kind, code, column_of))
    steps = np.array(value, float)
    return Form(kinds, codes_of, places, steps, arity, codes["+"], codes["-"], codes["*"])


@kernel
def expand(g, bounds, form, arity, draft):  # type: ignore[no-untyped-def]
    """Put a filling into a template.

    Parameters
    ----------
    g
        Genome of the filling: for each function its formula and two constants for scale and offset, for each
        parameter a constant.
    bounds
        Where each unknown's nodes begin, and the end of the last, int64 (n_unknowns + 1,).
    arity
        Arguments of each node code, int64.
    draft
        The program and its ties are written there.

    Returns
    -------
    int, int
        Nodes of the program and constants of the filling; 0 nodes where either is too many.
    """
    count = 0
    for place in range(bounds[len(bounds) - 1]):
        draft.numbers[place] = FIXED
        if g.codes[place] == CONSTANT:
            draft.numbers[place] = count
            count += 1
    if count > MAX_CONSTANTS:
        return 0, count
    # a plain 0 would be a type of its own, for which everything is compiled again
    size, depth = np.int64(0), 0
    for item in range(len(form.kind)):
        kind, code = form.kind[item], form.code[item]
        if kind == NODE:
            taken = arity[code]
            begin = size if taken == 0 else draft.starts[depth - taken]
            size = _append(draft, size, code, form.column[item], form.value[item], FIXED)
        elif kind == CALL:
            taken = form.arity[code]
            begin = size if taken == 0 else draft.starts[depth - taken]
            size = _call(g, bounds[code], bounds[code + 1], form, draft, size, depth - taken, taken)
        else:
            taken = 1
            begin = draft.starts[depth - 1]
            size = _slope(form, form.column[item], form.value[item], draft, size, begin)
        if size < 0:
            return 0, count
        depth += 1 - taken
        draft.starts[depth - 1] = begin
    return size, count


@inner
def _append(draft, size, code, column, value, tie):  # type: ignore[no-untyped-def]
    """Add a node; the new size, or -1 where there is no room."""
    if size < 0 or size >= MAX_NODES:
        return -1
    draft.program.codes[size] = code
    draft.program.columns[size] = column
    draft.program.values[size] = value
    draft.ties[size] = tie
    return size + 1


@inner
def _put_aside(draft, begin, size):  # type: ignore[no-untyped-def]
    """Copy nodes begin to size of the program into the spare one, from its start on."""
    for place in range(begin, size):
        draft.spare.codes[place - begin] = draft.program.codes[place]
        draft.spare.columns[place - begin] = draft.program.columns[place]
        draft.spare.values[place - begin] = draft.program.values[place]
        draft.spare_ties[place - begin] = draft.ties[place]


@inner
def _append_spare(draft, size, place):  # type: ignore[no-untyped-def]
    spare = draft.spare
    return _append(
        draft, size, spare.codes[place], spare.columns[place], spare.values[place], draft.spare_ties[place]
    )


@kernel
def _call(g, first, last, form, draft, size, lowest, taken):  # type: ignore[no-untyped-def]
    """Replace the arguments on the program's end by an unknown's formula of them; the new size, or -1."""
    if taken == 0:
        return _append(draft, size, CONSTANT, 0, g.values[first], draft.numbers[first])
    begin = draft.starts[lowest]
    end = size - begin
    _put_aside(draft, begin, size)
    size = begin
    for place in range(first, last - LINE):
        if g.codes[place] == VARIABLE:
            argument = g.columns[place]
            low = draft.starts[lowest + argument] - begin
            high = end if argument == taken - 1 else draft.starts[lowest + argument + 1] - begin
            for inner in range(low, high):
                size = _append_spare(draft, size, inner)
        else:
            size = _append(draft, size, g.codes[place], 0, g.values[place], draft.numbers[place])
    size = _append(draft, size, CONSTANT, 0, g.values[last - 2], draft.numbers[last - 2])
    size = _append(draft, size, form.times, 0, 0.0, FIXED)
    size = _append(draft, size, CONSTANT, 0, g.values[last - 1], draft.numbers[last - 1])
    return _append(draft, size, form.plus, 0, 0.0, FIXED)


@kernel
def _slope(form, column, step, draft, size, begin):  # type: ignore[no-untyped-def]
    """Replace a part on the program's end by its central difference by a column; the new size, or -1."""
    end = size - begin
    _put_aside(draft, begin, size)
    size = begin
    for side in range(2):
        for place in range(end):
            size = _append_spare(draft, size, place)
            if draft.spare.codes[place] == VARIABLE and draft.spare.columns[place] == column:
                size = _append(draft, size, CONSTANT, 0, step if side == 0 else -step, FIXED)
                size = _append(draft, size, form.plus, 0, 0.0, FIXED)
    size = _append(draft, size, form.minus, 0, 0.0, FIXED)
    size = _append(draft, size, CONSTANT, 0, 0.5 / step, FIXED)
    return _append(draft, size, form.times, 0, 0.0, FIXED)
