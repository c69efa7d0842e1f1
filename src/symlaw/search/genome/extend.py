"""A formula under one more operator at its root: the cheapest neighbours, since its values are at hand."""

from __future__ import annotations

from symlaw.engine.compiling.jit import address_of, call_forward, inner
from symlaw.engine.program import MAX_NODES
from symlaw.engine.reduce import dot
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.search.genome.genome import ADD, MULTIPLY, SUBTRACT, append, append_span

# A constant, a product, a variable and a sum.
_MOST_NODES = 4


@inner
def extensions(grammar):  # type: ignore[no-untyped-def]
    """How many extensions there are to number: operators of one argument, and of two with each variable."""
    return len(grammar.unary) + 2 * len(grammar.binary) * grammar.n_variables


@inner
def extended(g, number, grammar, table, rows, space, out):  # type: ignore[no-untyped-def]
    """Make ``out`` the extension of this number of g, and its values ``space.work.values[0]``.

    The values of g are in ``space.f``. Returns the complexity added, or -1 where there is no such extension.
    A sum with a variable gets the constant that makes it fit best.
    """
    if g.size[0] + _MOST_NODES > MAX_NODES:
        return -1.0
    n, n_unary = rows.X.shape[1], len(grammar.unary)
    here, there = address_of(space.f), address_of(space.work.values)
    out.size[0] = 0
    if number < n_unary:
        code = grammar.unary[number]
        if grammar.typed != 0 and not _keeps_type(grammar, code, 1):
            return -1.0
        call_forward(table.forward[code], here, 0, 0, there, n)
        append_span(out, g, 0, g.size[0])
        append(out, code, 0, 0.0)
        return grammar.cost[code]
    column = (number - n_unary) % grammar.n_variables
    kind = (number - n_unary) // grammar.n_variables
    code, swapped = grammar.binary[kind // 2], kind % 2 == 1
    if swapped and grammar.commutative[code] != 0:
        return -1.0
    if grammar.typed != 0:
        beside = grammar.types[code, 1 if swapped else 2]
        if grammar.column_types[column] != beside or not _keeps_type(grammar, code, 2 if swapped else 1):
            return -1.0
    free = grammar.constants != 0 and grammar.algebra[MULTIPLY] >= 0 and grammar.algebra[ADD] >= 0
    if free and code == grammar.algebra[SUBTRACT]:
        return -1.0
    cost = grammar.cost[code] + grammar.cost[VARIABLE]
    variable = address_of(rows.X) + 8 * column * n
    if free and code == grammar.algebra[ADD]:
        factor = _best_factor(space, rows, column)
        if factor == 0.0:
            return -1.0
        _append_multiple(g, factor, column, grammar, rows, space, out)
        cost += grammar.cost[CONSTANT] + grammar.cost[grammar.algebra[MULTIPLY]]
    elif swapped:
        call_forward(table.forward[code], variable, here, 0, there, n)
        append(out, VARIABLE, column, 0.0)
        append_span(out, g, 0, g.size[0])
    else:
        call_forward(table.forward[code], here, variable, 0, there, n)
        append_span(out, g, 0, g.size[0])
        append(out, VARIABLE, column, 0.0)
    append(out, code, 0, 0.0)
    return cost


@inner
def _keeps_type(grammar, code, argument):  # type: ignore[no-untyped-def]
    """Whether an operator on a whole formula as the argument of this number, from 1 on, may be one."""
    return grammar.types[code, 0] == grammar.result and grammar.types[code, argument] == grammar.result


@inner
def _append_multiple(g, factor, column, grammar, rows, space, out):  # type: ignore[no-untyped-def]
    """Write a multiple of g and a variable, and the values of their sum."""
    for i in range(rows.X.shape[1]):
        space.work.values[0, i] = factor * space.f[i] + rows.X[column, i]
    append_span(out, g, 0, g.size[0])
    append(out, CONSTANT, 0, factor)
    append(out, grammar.algebra[MULTIPLY], 0, 0.0)
    append(out, VARIABLE, column, 0.0)


@inner
def _best_factor(space, rows, column):  # type: ignore[no-untyped-def]
    """The c for which c * f + x fits the target best up to scale and offset; 0 where there is none."""
    n = rows.X.shape[1]
    f, x = space.lines[0], space.lines[1]
    weights, total = rows.weights, rows.total
    centre = dot(rows.X[column], weights, n) / total
    centre_f = dot(space.f, weights, n) / total
    for i in range(n):
        f[i] = (space.f[i] - centre_f) * weights[i]
        x[i] = (rows.X[column, i] - centre) * weights[i]
    ff, fx, xx = dot(f, space.f, n), dot(f, rows.X[column], n), dot(x, rows.X[column], n)
    fy, xy = dot(f, rows.target, n), dot(x, rows.target, n)
    for_x = xy * ff - fy * fx
    if for_x == 0.0 or not abs(for_x) < 1e300:
        return 0.0
    factor = (fy * xx - xy * fx) / for_x
    return factor if 1e-12 < abs(factor) < 1e12 else 0.0
