"""Changes of sums that keep terms whole: a term is dropped, or one of another formula is put in or added."""

from __future__ import annotations

from symlaw.engine.compiling.jit import inner
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import CONSTANT
from symlaw.search.genome.drawing import draw_number
from symlaw.search.genome.genome import ADD, MULTIPLY, SUBTRACT, append, append_span, begin_of, replace_span

# How often a term is dropped, and put in the place of another; otherwise one is added.
_DROP, _SWAP = 0.25, 0.65


@inner
def is_sum(g, place, grammar):  # type: ignore[no-untyped-def]
    """Whether a node adds or subtracts its arguments."""
    code = g.codes[place]
    return code == grammar.algebra[ADD] or code == grammar.algebra[SUBTRACT]


@inner
def count_terms(g, grammar):  # type: ignore[no-untyped-def]
    """Number of terms that a formula is a sum of."""
    place, count = g.size[0] - 1, 0
    while place >= 0:
        if is_sum(g, place, grammar):
            place -= 1
        else:
            count += 1
            place = begin_of(g, place, grammar.arity) - 1
    return count


@inner
def end_of_term(g, number, grammar):  # type: ignore[no-untyped-def]
    """Last node of a term, counted from the last one, of a formula that has so many."""
    place, left = g.size[0] - 1, number
    while is_sum(g, place, grammar) or left > 0:
        if is_sum(g, place, grammar):
            place -= 1
        else:
            left -= 1
            place = begin_of(g, place, grammar.arity) - 1
    return place


@inner
def vary_terms(g, donor, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    """out = g with a term less, another or more, whole ones of the donor; 0 when that does not apply."""
    if grammar.typed != 0 or grammar.algebra[ADD] < 0 or grammar.rules.demanding != 0:
        return 0
    count, draw = count_terms(g, grammar), uniform(state)
    end = end_of_term(g, below(state, count), grammar)
    if draw < _DROP:
        return _dropped(g, end, count, grammar, out)
    other = end_of_term(donor, below(state, count_terms(donor, grammar)), grammar)
    piece = spare.piece
    piece.size[0] = 0
    append_span(piece, donor, begin_of(donor, other, grammar.arity), other + 1)
    if draw < _DROP + _SWAP:
        return replace_span(g, begin_of(g, end, grammar.arity), end + 1, piece, out)
    if grammar.constants != 0 and grammar.algebra[MULTIPLY] >= 0:
        append(piece, CONSTANT, 0, draw_number(state))
        append(piece, grammar.algebra[MULTIPLY], 0, 0.0)
    append(piece, grammar.algebra[ADD], 0, 0.0)
    return replace_span(g, g.size[0], g.size[0], piece, out)


@inner
def _dropped(g, end, count, grammar, out):  # type: ignore[no-untyped-def]
    """out = g without the term of which a node is the last one."""
    if count < 2:
        return 0
    begin, above = begin_of(g, end, grammar.arity), end + 1
    # the sum that it is the second argument of follows it; of which it is the first, begins where it does
    if not is_sum(g, above, grammar):
        while begin_of(g, above, grammar.arity) != begin:
            above += 1
    out.size[0] = 0
    append_span(out, g, 0, begin)
    append_span(out, g, end + 1, above)
    append_span(out, g, above + 1, g.size[0])
    return 1
