"""Types of a genome's parts. A grammar of nothing but numbers is not `typed`, and calls none of this."""

from __future__ import annotations

from symlaw.engine.compiling.jit import inner
from symlaw.engine.tape import VARIABLE
from symlaw.language.types import TUPLES, Type

# How types are numbered in a grammar's arrays.
NUMBER, TRUTH, WHOLE_NUMBER, FIRST_TUPLE = range(4)
NUMBERED = {
    Type.REAL: NUMBER, Type.BOOLEAN: TRUTH, Type.INTEGER: WHOLE_NUMBER,
    **{kind: FIRST_TUPLE + place for place, kind in enumerate(TUPLES)},
}  # fmt: skip


@inner
def type_of(g, place, grammar):  # type: ignore[no-untyped-def]
    """Type of a part by its last node."""
    code = g.codes[place]
    if code == VARIABLE:
        return grammar.column_types[g.columns[place]]
    return grammar.types[code, 0]


@inner
def well_typed(g, grammar, stack):  # type: ignore[no-untyped-def]
    """Whether each operator has arguments of its types, and the whole has the result's.

    ``stack`` is scratch int64 (MAX_NODES,).
    """
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        count = grammar.arity[code]
        depth += 1 - count
        for argument in range(count):
            if stack[depth - 1 + argument] != grammar.types[code, 1 + argument]:
                return False
        stack[depth - 1] = type_of(g, place, grammar)
    return stack[0] == grammar.result
