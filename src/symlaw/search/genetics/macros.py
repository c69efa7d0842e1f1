"""Macros as arrays, and how their bodies are put into genomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine._jit import inlined, kernel
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, uniform
from symlaw.engine.tape import VARIABLE, to_tape
from symlaw.language.macros import ARGUMENTS, MAX_SIZE
from symlaw.search.genetics.genome import append, append_span, begin_of, replace_span
from symlaw.search.genetics.mutate import append_leaf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.grammar import Language


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


@inlined
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
def insert_macro(g, macros, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    """out = g with a random part as an argument of a random macro that takes its place; 0 when too long.

    A second argument is another part or a new leaf, and so is the first one now and then.
    """
    number = below(state, len(macros.size))
    end = below(state, g.size[0])
    begin = begin_of(g, end, grammar.arity)
    piece, body = spare.piece, spare.other
    piece.size[0], body.size[0] = 0, 0
    own = below(state, macros.arity[number])
    middle = 0
    for argument in range(macros.arity[number]):
        if argument == own and uniform(state) < 0.7:
            append_span(piece, g, begin, end + 1)
        else:
            _append_other(piece, g, state, grammar)
        if argument == 0:
            middle = piece.size[0]
    if put_body(macros, number, piece, 0, middle, piece.size[0], body) == 0:
        return 0
    return replace_span(g, begin, end + 1, body, out)


@inlined
def _append_other(piece, g, state, grammar):  # type: ignore[no-untyped-def]
    """Add a random part of g, or a new leaf."""
    if uniform(state) < 0.5:
        append_leaf(piece, state, grammar, 0.0)
        return
    end = below(state, g.size[0])
    append_span(piece, g, begin_of(g, end, grammar.arity), end + 1)
