"""What has to occur in a formula: what is missing, how it is put in, and whether it makes a difference."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.fit import score
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.search.genome.genome import append, append_span, as_program, begin_of, copy, replace_span
from symlaw.search.genome.rules import occurs

# What holding a column at its mean changes of a loss, as a share and at least, where the column counts.
_NO_DIFFERENCE, _ROUNDING = 1e-3, 1e-12
# How often a missing function goes around a part of a formula, though a column is missing too.
_AROUND = 0.15
# How often a part that is put in is of two leaves, and how often inside the missing function.
_OF_TWO, _INSIDE = 0.3, 0.8


@inner
def grafted(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with some of what has to occur and is missing put in; 0 where nothing is missing.

    A missing function goes around a random part; or a new part that holds a missing column, the function
    around it, goes beside a random part, or in place of a leaf.
    """
    column, function = _missing_column(g, grammar.rules, state), _missing_function(g, grammar, state)
    if column < 0 and function < 0:
        return 0
    end = below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    piece.size[0] = 0
    if function >= 0 and uniform(state) < (0.5 if column < 0 else _AROUND):
        append_span(piece, g, begin, end + 1)
        append(piece, function, 0, 0.0)
        return replace_span(g, begin, end + 1, piece, out)
    is_leaf = g.codes[end] < FIRST_OPERATOR
    if len(grammar.binary) == 0 or (is_leaf and below(state, 4) == 0):
        _append_part(piece, column, function, state, grammar)
        return replace_span(g, begin, end + 1, piece, out)
    first = uniform(state) < 0.5
    if first:
        append_span(piece, g, begin, end + 1)
    _append_part(piece, column, function, state, grammar)
    if not first:
        append_span(piece, g, begin, end + 1)
    append(piece, grammar.binary[below(state, len(grammar.binary))], 0, 0.0)
    return replace_span(g, begin, end + 1, piece, out)


@inner
def _append_part(piece, column, function, state, grammar):  # type: ignore[no-untyped-def]
    """Add a part that holds a column, or any where it is -1, mostly inside a function where there is one."""
    append(piece, VARIABLE, column if column >= 0 else below(state, grammar.n_variables), 0.0)
    if len(grammar.binary) > 0 and uniform(state) < _OF_TWO:
        append(piece, VARIABLE, below(state, grammar.n_variables), 0.0)
        append(piece, grammar.binary[below(state, len(grammar.binary))], 0, 0.0)
    if function >= 0 and uniform(state) < _INSIDE:
        append(piece, function, 0, 0.0)


@inner
def _missing_column(g, rules, state):  # type: ignore[no-untyped-def]
    """A random one of the columns that have to occur and do not; -1 where there is none."""
    found, count = np.int64(-1), 0
    for column in range(len(rules.needed_columns)):
        if rules.needed_columns[column] != 0 and not occurs(g, VARIABLE, column):
            count += 1
            if below(state, count) == 0:
                found = np.int64(column)
    return found


@inner
def _missing_function(g, grammar, state):  # type: ignore[no-untyped-def]
    """The code of a random one of the functions of one argument that have to occur and do not; else -1."""
    rules, found, count = grammar.rules, np.int64(-1), 0
    for code in range(len(rules.needed)):
        if rules.needed[code] != 0 and grammar.arity[code] == 1 and not occurs(g, code, -1):
            count += 1
            if below(state, count) == 0:
                found = np.int64(code)
    return found


@inner
def makes_a_difference(g, loss, least, rules, table, rows, spare, space):  # type: ignore[no-untyped-def]
    """Whether each column that has to occur does something, rather than nothing by its constants.

    What a column changes of the ``loss`` is compared with the ``least`` loss known. Scores what g is with a
    column at its mean: values and line in the scratch space are others afterwards, as is ``spare``.
    """
    n_rows = rows.X.shape[1]
    for column in range(len(rules.needed_columns)):
        if rules.needed_columns[column] == 0:
            continue
        mean = 0.0
        for i in range(n_rows):
            mean += rows.X[column, i] / n_rows
        copy(spare, g)
        for place in range(g.size[0]):
            if g.codes[place] == VARIABLE and g.columns[place] == column:
                spare.codes[place] = CONSTANT
                spare.values[place] = mean
        without = score(as_program(spare), g.size[0], table, rows, space)
        if abs(without - loss) <= _NO_DIFFERENCE * least + _ROUNDING:
            return False
    return True


@inner
def least_of(island, loss):  # type: ignore[no-untyped-def]
    """The smallest of a loss and those of an island's members."""
    width = len(island.size) // len(island.count)
    for level in range(len(island.count)):
        for slot in range(level * width, level * width + island.count[level]):
            loss = min(loss, island.loss[slot])
    return loss
