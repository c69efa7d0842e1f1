"""Random formulas and random changes of formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.compiling.jit import call_separate, inner, kernel, separately
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.search.genome.drawing import (
    draw_beside,
    draw_number,
    drawn_by_odds,
    magnitude_of,
    perturbed,
    random_place,
)
from symlaw.search.genome.genome import (
    append,
    append_span,
    begin_of,
    copy,
    parent_of,
    replace_span,
)
from symlaw.search.genome.required_parts import grafted
from symlaw.search.genome.typed import (
    change_typed_constant,
    change_typed_leaf,
    change_typed_operator,
    cross_typed,
    delete_typed,
    grow_typed_leaf,
    hoist_typed,
    insert_typed,
    replace_typed,
    typed_formula,
)
from symlaw.search.genome.types import well_typed

if TYPE_CHECKING:
    from symlaw.engine.blocks import KernelTable
    from symlaw.engine.fit import Rows
    from symlaw.search.genome.drawing import Bench
    from symlaw.search.genome.genome import Grammar

# Kinds of change, in the order of `MUTATION_WEIGHTS`.
CHANGE_CONSTANT = 0
CHANGE_OPERATOR = 1
CHANGE_LEAF = 2
INSERT_OPERATOR = 3
DELETE_NODE = 4
REPLACE_PART = 5
SWAP_ARGUMENTS = 6
ROTATE = 7
HOIST = 8
COPY_PART = 9
NEW_FORMULA = 10
GROW_LEAF = 11
# Not drawn by weight, but where something has to occur.
GRAFT = 12

# How often an operator of three arguments is drawn where there are some.
_TERNARY = 0.25

MUTATION_WEIGHTS = (0.06, 0.14, 0.14, 0.20, 0.12, 0.12, 0.03, 0.06, 0.02, 0.04, 0.02, 0.05)


@inner
def append_leaf(g, state, grammar, share):  # type: ignore[no-untyped-def]
    """Add a variable, or with probability ``share`` a constant."""
    if grammar.n_variables == 0 or (grammar.constants != 0 and uniform(state) < share):
        append(g, CONSTANT, 0, draw_number(state))
    else:
        append(g, VARIABLE, below(state, grammar.n_variables), 0.0)


@inner
def draw_operator(state, grammar, parent):  # type: ignore[no-untyped-def]
    """Code of a random operator as an argument of another; unless steered, two arguments are preferred."""
    if grammar.steered != 0:
        return drawn_by_odds(state, grammar, parent, 0)
    n_unary, n_binary, n_ternary = len(grammar.unary), len(grammar.binary), len(grammar.ternary)
    if n_ternary > 0 and (n_unary + n_binary == 0 or uniform(state) < _TERNARY):
        return grammar.ternary[below(state, n_ternary)]
    if n_binary > 0 and (n_unary == 0 or uniform(state) < 0.6):
        return grammar.binary[below(state, n_binary)]
    return grammar.unary[below(state, n_unary)]


@kernel
def random_formula(g, state, grammar, nodes, spare):  # type: ignore[no-untyped-def]
    """Make g a random formula of about ``nodes`` nodes by growing random leaves."""
    g.size[0] = 0
    if grammar.typed != 0:
        arguments = (g, state, grammar, grammar.result, np.int64(nodes), spare)
        call_separate(spare.typed[0:2], arguments)
        return
    append_leaf(g, state, grammar, 0.1)
    while g.size[0] < nodes:
        size = g.size[0]
        _grow_leaf(g, state, grammar, spare.piece, spare.other)
        copy(g, spare.other)
        if g.size[0] == size and len(grammar.unary) == 0:
            break


@inner
def _grow_leaf(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """out = g with one leaf replaced by an operator over new or old leaves."""
    place = random_place(g, state, True)
    code = draw_operator(state, grammar, parent_of(g, place, grammar.arity))
    piece.size[0] = 0
    if grammar.arity[code] == 1:
        append_span(piece, g, place, place + 1)
    elif grammar.arity[code] == 2:
        first = uniform(state) < 0.5
        if first:
            append_span(piece, g, place, place + 1)
        append_leaf(piece, state, grammar, 0.25)
        if not first:
            append_span(piece, g, place, place + 1)
    else:
        _append_among_leaves(piece, g, place, place + 1, state, grammar)
    append(piece, code, 0, 0.0)
    if replace_span(g, place, place + 1, piece, out) == 0:
        copy(out, g)


@inner
def _append_among_leaves(piece, g, begin, end, state, grammar):  # type: ignore[no-untyped-def]
    """Add a part of g as one of three arguments, the others being leaves."""
    own = below(state, 3)
    for argument in range(3):
        if argument == own:
            append_span(piece, g, begin, end)
        else:
            append_leaf(piece, state, grammar, 0.4)


@inner
def mutate(g, kind, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """out = g after one change of the given kind; 0 when that kind does not apply."""
    if grammar.typed != 0:
        out.size[0] = 0
        call_separate(spare.typed[2:4], (g, np.int64(kind), state, grammar, table, rows, spare, out))
        return int(out.size[0] > 0)
    if kind == CHANGE_CONSTANT:
        return _change_constant(g, state, out)
    if kind == CHANGE_OPERATOR:
        return _change_operator(g, state, grammar, out)
    if kind == CHANGE_LEAF:
        copy(out, g)
        place = random_place(g, state, True)
        spare.piece.size[0] = 0
        append_leaf(spare.piece, state, grammar, 0.15)
        return replace_span(g, place, place + 1, spare.piece, out)
    if kind == INSERT_OPERATOR:
        return _insert_operator(g, state, grammar, table, rows, spare, out)
    if kind == DELETE_NODE:
        return _delete_node(g, state, grammar, spare.piece, out)
    if kind == REPLACE_PART:
        return _replace_part(g, state, grammar, spare, out)
    if kind == SWAP_ARGUMENTS:
        return _swap_arguments(g, state, grammar, out)
    if kind == ROTATE:
        return _rotate(g, state, grammar, out)
    if kind == HOIST:
        place = below(state, g.size[0])
        out.size[0] = 0
        append_span(out, g, begin_of(g, place, grammar.arity), place + 1)
        return 1
    if kind == COPY_PART:
        return cross(g, g, state, grammar, spare, out)
    if kind == GROW_LEAF:
        _grow_leaf(g, state, grammar, spare.piece, out)
        return 1
    if kind == GRAFT:
        return grafted(g, state, grammar, spare.piece, out)
    random_formula(out, state, grammar, 3 + below(state, 8), spare)
    return 1


def typed_bench(spare: Bench, grammar: Grammar, table: KernelTable, rows: Rows) -> Bench:
    """Scratch for formulas of this grammar: what varies parts with types is compiled where there are such."""
    if not grammar.typed:
        return spare
    g, state, one = spare.piece, np.zeros(1, np.uint64), np.int64(1)
    changed = (g, one, state, grammar, table, rows, spare, g)
    parts = (
        separately(typed_formula, (g, state, grammar, int(one), one, spare)),
        separately(_change_typed, changed),
        separately(_cross_typed, (g, g, state, grammar, g, g)),
    )
    return spare._replace(typed=np.concatenate(parts))


@inner
def _change_typed(g, kind, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """`_mutate_typed`, of which nothing comes where that kind does not apply."""
    if _mutate_typed(g, kind, state, grammar, table, rows, spare, out) == 0:
        out.size[0] = 0


@inner
def _cross_typed(g, donor, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """`cross_typed`, of which nothing comes where there is no such part."""
    if cross_typed(g, donor, state, grammar, piece, out) == 0:
        out.size[0] = 0


@inner
def _mutate_typed(g, kind, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """`mutate` where parts have types: each is replaced by one of its own."""
    if kind == SWAP_ARGUMENTS or kind == ROTATE or kind == GRAFT:
        # few of these break types, and those that do are dropped
        if kind == SWAP_ARGUMENTS:
            done = _swap_arguments(g, state, grammar, out)
        elif kind == ROTATE:
            done = _rotate(g, state, grammar, out)
        else:
            done = grafted(g, state, grammar, spare.piece, out)
        return int(done != 0 and well_typed(out, grammar, spare.work.stack))
    if kind == CHANGE_CONSTANT:
        return change_typed_constant(g, state, grammar, out)
    if kind == CHANGE_OPERATOR:
        return change_typed_operator(g, state, grammar, out)
    if kind == CHANGE_LEAF:
        return change_typed_leaf(g, state, grammar, spare.piece, out)
    if kind == INSERT_OPERATOR:
        return insert_typed(g, state, grammar, table, rows, spare, out)
    if kind == DELETE_NODE:
        return delete_typed(g, state, grammar, spare.piece, out)
    if kind == HOIST:
        return hoist_typed(g, state, grammar, out)
    if kind == COPY_PART:
        return cross_typed(g, g, state, grammar, spare.piece, out)
    if kind == GROW_LEAF:
        grow_typed_leaf(g, state, grammar, spare.piece, out)
        return 1
    if kind == REPLACE_PART:
        return replace_typed(g, state, grammar, spare, out)
    typed_formula(out, state, grammar, grammar.result, 3 + below(state, 8), spare)
    return 1


@inner
def cross(g, donor, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    """out = g with a random part replaced by a random part of the donor."""
    piece = spare.piece
    if grammar.typed != 0:
        out.size[0] = 0
        call_separate(spare.typed[4:6], (g, donor, state, grammar, piece, out))
        return int(out.size[0] > 0)
    end = below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    donor_end = below(state, donor.size[0])
    piece.size[0] = 0
    append_span(piece, donor, begin_of(donor, donor_end, grammar.arity), donor_end + 1)
    return replace_span(g, begin, end + 1, piece, out)


@inner
def _change_constant(g, state, out):  # type: ignore[no-untyped-def]
    copy(out, g)
    count = 0
    for place in range(g.size[0]):
        count += g.codes[place] == CONSTANT
    if count == 0:
        return 0
    chosen = below(state, count)
    for place in range(g.size[0]):
        if g.codes[place] == CONSTANT:
            if chosen == 0:
                out.values[place] = perturbed(g.values[place], state)
            chosen -= 1
    return 1


@inner
def _change_operator(g, state, grammar, out):  # type: ignore[no-untyped-def]
    copy(out, g)
    place = random_place(g, state, False)
    if place < 0:
        return 0
    count = grammar.arity[g.codes[place]]
    if grammar.steered != 0:
        code = drawn_by_odds(state, grammar, parent_of(g, place, grammar.arity), count)
    else:
        choices = grammar.unary if count == 1 else (grammar.binary if count == 2 else grammar.ternary)
        code = choices[below(state, len(choices))]
    out.codes[place] = code
    return int(code != g.codes[place])


@inner
def _insert_operator(g, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """Put a new operator above a random part, a new leaf as its other argument."""
    piece = spare.piece
    end = g.size[0] - 1 if uniform(state) < 0.25 else below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    code = draw_operator(state, grammar, parent_of(g, end, grammar.arity))
    piece.size[0] = 0
    leaf_first = uniform(state) < 0.5
    if grammar.arity[code] == 1:
        append_span(piece, g, begin, end + 1)
    elif grammar.arity[code] == 3:
        _append_among_leaves(piece, g, begin, end + 1, state, grammar)
    else:
        constant = grammar.constants != 0 and uniform(state) < 0.2
        value = 0.0
        if constant:
            value = draw_beside(state, code, magnitude_of(g, end, table, rows.X, spare.work), grammar)
        if not leaf_first:
            append_span(piece, g, begin, end + 1)
        if constant:
            append(piece, CONSTANT, 0, value)
        else:
            append_leaf(piece, state, grammar, 0.0)
        if leaf_first:
            append_span(piece, g, begin, end + 1)
    append(piece, code, 0, 0.0)
    return replace_span(g, begin, end + 1, piece, out)


@inner
def _delete_node(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    """Replace a random operator by one of its arguments."""
    place = random_place(g, state, False)
    if place < 0:
        return 0
    begin = begin_of(g, place, grammar.arity)
    middle = begin_of(g, place - 1, grammar.arity)
    piece.size[0] = 0
    count = grammar.arity[g.codes[place]]
    if count == 3:
        end = place
        for _ in range(below(state, 3)):
            end = begin_of(g, end - 1, grammar.arity)
        append_span(piece, g, begin_of(g, end - 1, grammar.arity), end)
    elif count == 2 and uniform(state) < 0.5:
        append_span(piece, g, begin, middle)
    else:
        append_span(piece, g, middle, place)
    return replace_span(g, begin, place + 1, piece, out)


@inner
def _replace_part(g, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    end = below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    random_formula(out, state, grammar, 1 + below(state, 6), spare)
    copy(spare.piece, out)
    return replace_span(g, begin, end + 1, spare.piece, out)


@inner
def _swap_arguments(g, state, grammar, out):  # type: ignore[no-untyped-def]
    place = random_place(g, state, False)
    if place < 0 or grammar.arity[g.codes[place]] < 2 or grammar.commutative[g.codes[place]] != 0:
        return 0
    end = place
    if grammar.arity[g.codes[place]] == 3 and uniform(state) < 0.5:
        # the first two of three, the last one stays
        end = begin_of(g, place - 1, grammar.arity)
    middle = begin_of(g, end - 1, grammar.arity)
    begin = begin_of(g, middle - 1, grammar.arity)
    out.size[0] = 0
    append_span(out, g, 0, begin)
    append_span(out, g, middle, end)
    append_span(out, g, begin, middle)
    append_span(out, g, end, g.size[0])
    return 1


@inner
def _rotate(g, state, grammar, out):  # type: ignore[no-untyped-def]
    """Turn p(q(a, b), c) into q(a, p(b, c)), or the mirror image."""
    place = random_place(g, state, False)
    if place < 0 or grammar.arity[g.codes[place]] != 2:
        return 0
    arity = grammar.arity
    begin = begin_of(g, place, arity)
    middle = begin_of(g, place - 1, arity)
    left_root, right_root = middle - 1, place - 1
    out.size[0] = 0
    append_span(out, g, 0, begin)
    if arity[g.codes[left_root]] == 2:
        # postfix a b q c p  ->  a b c p q
        append_span(out, g, begin, left_root)
        append_span(out, g, middle, place + 1)
        append_span(out, g, left_root, left_root + 1)
    elif arity[g.codes[right_root]] == 2:
        # postfix c a b q p  ->  c a p b q
        inner = begin_of(g, right_root - 1, arity)
        append_span(out, g, begin, inner)
        append_span(out, g, place, place + 1)
        append_span(out, g, inner, right_root + 1)
    else:
        return 0
    append_span(out, g, place + 1, g.size[0])
    return 1
