"""Macros as arrays, and how their bodies are put into genomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import call_separate, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import VARIABLE, to_tape
from symlaw.language.macros import ARGUMENTS, MAX_SIZE
from symlaw.search.evolution.epoch import OVERHEAD, goes_on
from symlaw.search.evolution.population import choose_parent, load
from symlaw.search.evolution.workspace import WORK
from symlaw.search.genome.genome import append, append_span, begin_of, replace_span
from symlaw.search.genome.mutate import append_leaf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.grammar import Language

# How often a macro goes above a part, and beside one; else it takes the part's place.
_ABOVE, _BESIDE = 0.45, 0.35


@record
class Macros(NamedTuple):
    """Bodies in postfix order; a variable's column is the number of the argument that goes there.

    Attributes
    ----------
    codes, columns, values
        As in `Program`, (n_macros, MAX_SIZE).
    size
        Nodes of each, int64 (n_macros,).
    arity
        Arguments of each, int64 (n_macros,).
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    values: NDArray[np.float64]
    size: NDArray[np.int64]
    arity: NDArray[np.int64]


def macros_of(language: Language) -> Macros:
    """The macros of a language as arrays."""
    count = len(language.macros)
    found = Macros(
        np.zeros((count, MAX_SIZE), np.int16),
        np.zeros((count, MAX_SIZE), np.int16),
        np.zeros((count, MAX_SIZE)),
        np.zeros(count, np.int64),
        np.array([macro.arity for macro in language.macros], np.int64),
    )
    for place, macro in enumerate(language.macros):
        tape = to_tape([macro.body], language.operators, ARGUMENTS)
        size = found.size[place] = len(tape.codes)
        found.codes[place, :size], found.columns[place, :size] = tape.codes, tape.columns
        found.values[place, :size] = tape.values
    return found


@inner
def put_body(macros, number, source, begin, middle, end, out):  # type: ignore[no-untyped-def]
    """Add a macro's body to ``out``, its arguments nodes begin to middle and middle to end of ``source``.

    Returns 0, and adds nothing, where there is no room.
    """
    room = MAX_NODES - out.size[0]
    for place in range(macros.size[number]):
        is_first = macros.columns[number, place] == 0
        argument = middle - begin if is_first else end - middle
        room -= argument if macros.codes[number, place] == VARIABLE else 1
    if room < 0:
        return 0
    for place in range(macros.size[number]):
        if macros.codes[number, place] != VARIABLE:
            append(out, macros.codes[number, place], 0, macros.values[number, place])
        elif macros.columns[number, place] == 0:
            append_span(out, source, begin, middle)
        else:
            append_span(out, source, middle, end)
    return 1


@kernel
def put_in_macros(epoch, island, workspace, macros):  # type: ignore[no-untyped-def]
    """Vary an island by macros after `run_epoch`, which left something of the budget.

    An epoch of its own, so that a search without macros runs the same code as if there were none. Arguments
    are those of `run_epoch`. Returns 0, or 1 when the epoch's parts were made for arguments of other types.
    """
    grammar, rates = epoch.grammar, epoch.rates
    while goes_on(workspace, rates):
        slot = choose_parent(island, rates.tournament, rates.patience)
        if slot < 0:
            return 0
        load(island, slot, workspace.parent)
        loss = island.loss[slot]
        spare, child = workspace.spare, workspace.child
        if insert_macro(workspace.parent, macros, island.state, grammar, spare, child) == 0:
            workspace.counters[WORK] += OVERHEAD
            continue
        if call_separate(epoch.parts.try_child, (epoch, island, workspace, loss)) != 0:
            return 1
    return 0


@kernel
def insert_macro(g, macros, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    """out = g with a macro above, beside or instead of a random part; 0 when that is too long.

    Above a part, the part is one of the macro's arguments; beside it, an operator joins the two. Other
    arguments are leaves or parts of g.
    """
    number = below(state, len(macros.size))
    end = below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    piece, body = spare.piece, spare.other
    piece.size[0], body.size[0] = 0, 0
    draw = uniform(state)
    own = below(state, macros.arity[number]) if draw < _ABOVE else -1
    middle = 0
    for argument in range(macros.arity[number]):
        if argument == own:
            append_span(piece, g, begin, end + 1)
        else:
            _append_other(piece, g, state, grammar)
        if argument == 0:
            middle = piece.size[0]
    if put_body(macros, number, piece, 0, middle, piece.size[0], body) == 0:
        return 0
    if draw < _ABOVE + _BESIDE and own < 0 and len(grammar.binary) > 0:
        if body.size[0] + end + 1 - begin + 1 > MAX_NODES:
            return 0
        _join(g, begin, end + 1, body, grammar.binary[below(state, len(grammar.binary))], state, piece)
        return replace_span(g, begin, end + 1, piece, out)
    return replace_span(g, begin, end + 1, body, out)


@inner
def _join(g, begin, end, body, code, state, out):  # type: ignore[no-untyped-def]
    """out = an operator over a part of g and the body, in either order."""
    out.size[0] = 0
    body_first = uniform(state) < 0.5
    if body_first:
        append_span(out, body, 0, body.size[0])
    append_span(out, g, begin, end)
    if not body_first:
        append_span(out, body, 0, body.size[0])
    append(out, code, 0, 0.0)


@inner
def _append_other(piece, g, state, grammar):  # type: ignore[no-untyped-def]
    """Add a new leaf, or a random part of g."""
    if uniform(state) < 0.7:
        append_leaf(piece, state, grammar, 0.0)
        return
    end = below(state, g.size[0])
    append_span(piece, g, begin_of(g, end, grammar.arity), end + 1)
