"""Random formulas and changes of formulas whose parts have types: each is replaced by one of its own."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.search.genome.drawing import draw_beside, draw_number, magnitude_of, perturbed, random_place
from symlaw.search.genome.genome import append, append_span, begin_of, copy, parent_of, replace_span
from symlaw.search.genome.types import FIRST_TUPLE, NUMBER, TRUTH, type_of

# How often an operator of one, two and three arguments is drawn, as odds.
_ODDS = (1.0, 1.5, 1.5)
# How often a new truth is a comparison where it may be a column, and of two columns rather than a threshold.
_COMPARED, _OF_TWO = 0.5, 0.2
# Thresholds move by at most so many places at a time, when they do not begin anew.
_STEPS, _ANEW = 4, 0.4


@inner
def _random_column(state, grammar, kind):  # type: ignore[no-untyped-def]
    """A random column of a type; -1 where there is none."""
    found, count = np.int64(-1), 0
    for column in range(len(grammar.column_types)):
        if grammar.column_types[column] == kind:
            count += 1
            if below(state, count) == 0:
                found = np.int64(column)
    return found


@inner
def append_typed_leaf(g, state, grammar, kind, share):  # type: ignore[no-untyped-def]
    """Add a column of a type, with probability ``share`` a constant; for a truth it may be a comparison.

    A tuple is made of such numbers.
    """
    if kind >= FIRST_TUPLE:
        _append_tuple(g, state, grammar, kind, share)
        return
    column = _random_column(state, grammar, kind)
    if kind == TRUTH and len(grammar.comparisons) > 0 and (column < 0 or uniform(state) < _COMPARED):
        _append_comparison(g, state, grammar)
    elif column < 0 or (kind == NUMBER and grammar.constants != 0 and uniform(state) < share):
        append(g, CONSTANT, 0, draw_number(state))
    else:
        append(g, VARIABLE, column, 0.0)


@inner
def _append_tuple(g, state, grammar, kind, share):  # type: ignore[no-untyped-def]
    """Add a tuple of columns and, with probability ``share`` each, constants."""
    _append_number(g, state, grammar, share)
    for length in range(FIRST_TUPLE, kind + 1):
        _append_number(g, state, grammar, share)
        for code in range(FIRST_OPERATOR, len(grammar.arity)):
            if grammar.types[code, 0] == length:
                append(g, code, 0, 0.0)
                break


@inner
def _append_number(g, state, grammar, share):  # type: ignore[no-untyped-def]
    column = _random_column(state, grammar, NUMBER)
    if column < 0 or (grammar.constants != 0 and uniform(state) < share):
        append(g, CONSTANT, 0, draw_number(state))
    else:
        append(g, VARIABLE, column, 0.0)


@inner
def _append_comparison(g, state, grammar):  # type: ignore[no-untyped-def]
    """Add a comparison of a column with a threshold of its own, or with another column."""
    column = _random_column(state, grammar, NUMBER)
    if column < 0:
        append(g, CONSTANT, 0, draw_number(state))
    else:
        append(g, VARIABLE, column, 0.0)
    other = _random_column(state, grammar, NUMBER)
    if column >= 0 and other != column and (grammar.constants == 0 or uniform(state) < _OF_TWO):
        append(g, VARIABLE, other, 0.0)
    else:
        append(g, CONSTANT, 0, _random_threshold(state, grammar, column))
    append(g, grammar.comparisons[below(state, len(grammar.comparisons))], 0, 0.0)


@inner
def _random_threshold(state, grammar, column):  # type: ignore[no-untyped-def]
    """A number to compare a column with."""
    count = grammar.thresholds.shape[1]
    if column < 0 or count == 0:
        return draw_number(state)
    return grammar.thresholds[column, below(state, count)]


@inner
def draw_typed_operator(state, grammar, parent, wanted, held):  # type: ignore[no-untyped-def]
    """Code of a random operator of a type that has an argument of the type ``held``, if any; else -1."""
    chosen, total = np.int64(-1), 0.0
    for code in range(FIRST_OPERATOR, len(grammar.arity)):
        if grammar.types[code, 0] != wanted or (held >= 0 and not _takes(grammar, code, held)):
            continue
        odds = _ODDS[grammar.arity[code] - 1]
        if grammar.steered != 0:
            odds = grammar.odds[parent, code]
        total += odds
        if uniform(state) * total < odds:
            chosen = np.int64(code)
    return chosen


@inner
def _takes(grammar, code, kind):  # type: ignore[no-untyped-def]
    for argument in range(grammar.arity[code]):
        if grammar.types[code, 1 + argument] == kind:
            return True
    return False


@inner
def _append_applied(piece, g, begin, end, code, state, grammar, share):  # type: ignore[no-untyped-def]
    """Add an operator over leaves and, as one of its arguments of that type, nodes begin to end of g."""
    kind = type_of(g, end - 1, grammar)
    own, count = -1, 0
    for argument in range(grammar.arity[code]):
        if grammar.types[code, 1 + argument] == kind:
            count += 1
            if below(state, count) == 0:
                own = argument
    for argument in range(grammar.arity[code]):
        if argument == own:
            append_span(piece, g, begin, end)
        else:
            append_typed_leaf(piece, state, grammar, grammar.types[code, 1 + argument], share)
    append(piece, code, 0, 0.0)


@inner
def typed_formula(g, state, grammar, kind, nodes, spare):  # type: ignore[no-untyped-def]
    """Make g a random formula of a type, of about ``nodes`` nodes, by growing random leaves."""
    g.size[0] = 0
    append_typed_leaf(g, state, grammar, kind, 0.1)
    for _ in range(nodes):
        if g.size[0] >= nodes:
            break
        grow_typed_leaf(g, state, grammar, spare.piece, spare.other)
        copy(g, spare.other)


@inner
def grow_typed_leaf(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with one leaf replaced by an operator of its type, over new or old leaves."""
    place = random_place(g, state, True)
    kind = type_of(g, place, grammar)
    code = draw_typed_operator(state, grammar, parent_of(g, place, grammar.arity), kind, -1)
    copy(out, g)
    if code < 0:
        return
    piece.size[0] = 0
    _append_applied(piece, g, place, place + 1, code, state, grammar, 0.25)
    if replace_span(g, place, place + 1, piece, out) == 0:
        copy(out, g)


@inner
def _random_part(g, state, grammar, kind):  # type: ignore[no-untyped-def]
    """The last node of a random part of a type; -1 where there is none."""
    found, count = np.int64(-1), 0
    for place in range(g.size[0]):
        if type_of(g, place, grammar) == kind:
            count += 1
            if below(state, count) == 0:
                found = np.int64(place)
    return found


@inner
def cross_typed(g, donor, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with a random part replaced by a random part of the donor of the same type."""
    end = below(state, g.size[0])
    donor_end = _random_part(donor, state, grammar, type_of(g, end, grammar))
    if donor_end < 0:
        return 0
    piece.size[0] = 0
    append_span(piece, donor, begin_of(donor, donor_end, grammar.arity), donor_end + 1)
    return replace_span(g, begin_of(g, end, grammar.arity), end + 1, piece, out)


@inner
def hoist_typed(g, state, grammar, out):  # type: ignore[no-untyped-def]
    """out = a random part that may be a whole formula."""
    end = _random_part(g, state, grammar, grammar.result)
    out.size[0] = 0
    append_span(out, g, begin_of(g, end, grammar.arity), end + 1)
    return 1


@inner
def replace_typed(g, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    """out = g with a random part replaced by a new one of its type."""
    end = below(state, g.size[0])
    typed_formula(out, state, grammar, type_of(g, end, grammar), 1 + below(state, 6), spare)
    copy(spare.piece, out)
    return replace_span(g, begin_of(g, end, grammar.arity), end + 1, spare.piece, out)


@inner
def change_typed_leaf(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with a leaf replaced by another of its type."""
    place = random_place(g, state, True)
    piece.size[0] = 0
    append_typed_leaf(piece, state, grammar, type_of(g, place, grammar), 0.15)
    return replace_span(g, place, place + 1, piece, out)


@inner
def insert_typed(g, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """out = g with an operator of the same type put above a random part, over it and new leaves."""
    piece = spare.piece
    end = g.size[0] - 1 if uniform(state) < 0.25 else below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    kind = type_of(g, end, grammar)
    code = draw_typed_operator(state, grammar, parent_of(g, end, grammar.arity), kind, kind)
    if code < 0:
        return 0
    piece.size[0] = 0
    beside = kind == NUMBER and grammar.arity[code] == 2 and grammar.constants != 0
    if beside and uniform(state) < 0.2:
        value = draw_beside(state, code, magnitude_of(g, end, table, rows.X, spare.work), grammar)
        first = uniform(state) < 0.5
        if first:
            append(piece, CONSTANT, 0, value)
        append_span(piece, g, begin, end + 1)
        if not first:
            append(piece, CONSTANT, 0, value)
        append(piece, code, 0, 0.0)
    else:
        _append_applied(piece, g, begin, end + 1, code, state, grammar, 0.1)
    return replace_span(g, begin, end + 1, piece, out)


@inner
def delete_typed(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with a random operator replaced by one of its arguments of its type; 0 where it has none."""
    place = random_place(g, state, False)
    if place < 0:
        return 0
    wanted = grammar.types[g.codes[place], 0]
    kept, count, end = np.int64(-1), 0, place - 1
    for _ in range(grammar.arity[g.codes[place]]):
        if type_of(g, end, grammar) == wanted:
            count += 1
            if below(state, count) == 0:
                kept = end
        end = begin_of(g, end, grammar.arity) - 1
    if kept < 0:
        return 0
    piece.size[0] = 0
    append_span(piece, g, begin_of(g, kept, grammar.arity), kept + 1)
    return replace_span(g, end + 1, place + 1, piece, out)


@inner
def change_typed_operator(g, state, grammar, out):  # type: ignore[no-untyped-def]
    """out = g with a random operator replaced by another of the same types."""
    copy(out, g)
    place = random_place(g, state, False)
    if place < 0:
        return 0
    own = g.codes[place]
    chosen, count = np.int64(-1), 0
    for code in range(FIRST_OPERATOR, len(grammar.arity)):
        if code == own or grammar.arity[code] != grammar.arity[own]:
            continue
        same = True
        for k in range(1 + grammar.arity[own]):
            same &= grammar.types[code, k] == grammar.types[own, k]
        if same:
            count += 1
            if below(state, count) == 0:
                chosen = np.int64(code)
    if chosen < 0:
        return 0
    out.codes[place] = chosen
    return 1


@inner
def change_typed_constant(g, state, grammar, out):  # type: ignore[no-untyped-def]
    """out = g with a random constant changed; one that a column is compared with moves among thresholds."""
    copy(out, g)
    place, count = -1, 0
    for other in range(g.size[0]):
        if g.codes[other] == CONSTANT:
            count += 1
            if below(state, count) == 0:
                place = other
    if place < 0:
        return 0
    column = _compared_column(g, place, grammar)
    if column < 0 or grammar.thresholds.shape[1] == 0:
        out.values[place] = perturbed(g.values[place], state)
    else:
        out.values[place] = _moved_threshold(g.values[place], column, state, grammar)
    return 1


@inner
def _compared_column(g, place, grammar):  # type: ignore[no-untyped-def]
    """The column with which a constant is compared; -1 where there is none."""
    if place > 0 and place + 1 < g.size[0] and g.codes[place - 1] == VARIABLE:
        if grammar.arity[g.codes[place + 1]] == 2 and grammar.types[g.codes[place + 1], 0] == TRUTH:
            return np.int64(g.columns[place - 1])
    if place + 2 < g.size[0] and g.codes[place + 1] == VARIABLE:
        if grammar.arity[g.codes[place + 2]] == 2 and grammar.types[g.codes[place + 2], 0] == TRUTH:
            return np.int64(g.columns[place + 1])
    return np.int64(-1)


@inner
def _moved_threshold(value, column, state, grammar):  # type: ignore[no-untyped-def]
    """Another threshold of a column, near to a value or anywhere."""
    last = grammar.thresholds.shape[1] - 1
    if uniform(state) < _ANEW:
        return _random_threshold(state, grammar, column)
    place = 0
    while place < last and grammar.thresholds[column, place] < value:
        place += 1
    place += below(state, 2 * _STEPS + 1) - _STEPS
    return grammar.thresholds[column, min(max(place, 0), last)]
