"""Symbols, beginnings of formulas and their open places.

A beginning is a list of symbols, the root first and each symbol's *last* argument before its others. The
symbols in reverse are then the end of the formula in postfix order, and the places still open come before
them: a formula is complete when it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.language.expression import Variable
from symlaw.language.operators.row import MAX_ARITY
from symlaw.search.genome.drawing import draw_number
from symlaw.search.genome.genome import append, append_span
from symlaw.search.genome.macros import put_body

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.grammar import Language

ROOT = 0


@record
class Alphabet(NamedTuple):
    """What a place of a formula may be filled with.

    A context is where a symbol stands: `ROOT`, ``context_of(parent, argument)``, or, for the first of two
    arguments, ``context_beside(parent, sibling)``: the second is filled before it.

    Attributes
    ----------
    codes, columns
        Node code and column of each symbol, int64 (n_symbols,); codes from ``n_codes`` on are macros.
    arity
        int64 (n_symbols,).
    cost
        Complexity that a symbol adds beside its arguments, float64 (n_symbols,).
    mirrored
        Whether the order of the arguments is without meaning, int64 (n_symbols,).
    n_codes
        Codes that are nodes.
    leaf_cost
        Complexity of the cheapest leaf.
    """

    codes: NDArray[np.int64]
    columns: NDArray[np.int64]
    arity: NDArray[np.int64]
    cost: NDArray[np.float64]
    mirrored: NDArray[np.int64]
    n_codes: int
    leaf_cost: float

    @property
    def n_contexts(self) -> int:
        """Number of contexts."""
        return 1 + (MAX_ARITY + len(self.codes)) * len(self.codes)

    @property
    def wider_contexts(self) -> NDArray[np.int64]:
        """The context that leaves out the sibling, for each context, int64 (n_contexts,)."""
        n = len(self.codes)
        places = np.arange(self.n_contexts)
        parents = (places - 1 - MAX_ARITY * n) // n
        return np.where(places < 1 + MAX_ARITY * n, places, 1 + MAX_ARITY * parents)


def alphabet_of(language: Language) -> Alphabet:
    """The symbols of a language: a constant where it has them, variables, operators, macros."""
    operators, macros, n_variables = language.operators, language.macros, len(language.variables)
    arities = [*(row.arity for row in operators), *(macro.arity for macro in macros)]
    leaf_costs = [language.costs.get("constant", 1.0), language.costs.get("variable", 1.0)]
    codes = [CONSTANT] * language.constants + [VARIABLE] * n_variables
    columns = [0] * language.constants + list(range(n_variables))
    cost = [leaf_costs[code] for code in codes]
    n_codes = FIRST_OPERATOR + len(operators)
    codes += range(FIRST_OPERATOR, n_codes + len(macros))
    cost += [language.cost(row) for row in operators]
    # an argument that occurs twice counts twice, which is known when the formula is complete
    cost += [sum(language.cost(n) for n in m.body.nodes if not isinstance(n, Variable)) for m in macros]
    n_leaves = len(columns)
    return Alphabet(
        np.array(codes, np.int64),
        np.array(columns + [0] * (len(codes) - n_leaves), np.int64),
        np.array([0] * n_leaves + arities, np.int64),
        np.array(cost, float),
        np.array([0] * n_leaves + [int(row.commutative) for row in operators] + [0] * len(macros), np.int64),
        n_codes,
        min(cost[:n_leaves]),
    )


def context_of(symbol: int, argument: int) -> int:
    """Number of the context of an argument of a symbol."""
    return 1 + MAX_ARITY * symbol + argument


def context_beside(symbol: int, sibling: int, n_symbols: int) -> int:
    """Number of the context of the first of two arguments of a symbol, beside a symbol as the second."""
    return 1 + (MAX_ARITY + symbol) * n_symbols + sibling


@inner
def fill(symbol, alphabet, holes, depth):  # type: ignore[no-untyped-def]
    """Fill the open place on top of the stack; the new depth of the stack."""
    depth -= 1
    place, n_symbols = holes[depth] - 1, len(alphabet.codes)
    if 0 <= place < MAX_ARITY * n_symbols and place % MAX_ARITY == 1:
        parent = place // MAX_ARITY
        if alphabet.arity[parent] == 2:
            # the first argument's place lies below, and knows its sibling now
            holes[depth - 1] = 1 + (MAX_ARITY + parent) * n_symbols + symbol
    for argument in range(alphabet.arity[symbol]):
        holes[depth] = 1 + MAX_ARITY * symbol + argument
        depth += 1
    return depth


@inner
def open_places(symbols, n, alphabet, holes):  # type: ignore[no-untyped-def]
    """Stack the contexts of a beginning's open places, the next one on top; how many there are."""
    holes[0] = ROOT
    depth = 1
    for place in range(n):
        depth = fill(symbols[place], alphabet, holes, depth)
    return depth


@inner
def cost_of(symbols, n, alphabet):  # type: ignore[no-untyped-def]
    """Complexity of a beginning's symbols."""
    total = 0.0
    for place in range(n):
        total += alphabet.cost[symbols[place]]
    return total


@inner
def write(symbols, alphabet, macros, state, out, spare, starts):  # type: ignore[no-untyped-def]
    """Make ``out`` the complete formula of these symbols; 0 where it is too long.

    Constants are drawn at random. ``spare`` and ``starts`` are scratch.
    """
    out.size[0] = 0
    depth = 0
    for step in range(len(symbols)):
        symbol = symbols[len(symbols) - 1 - step]
        code, count = alphabet.codes[symbol], alphabet.arity[symbol]
        size = out.size[0]
        begin = size if count == 0 else starts[depth - count]
        if size == len(out.codes):
            return 0
        if code == CONSTANT:
            append(out, CONSTANT, 0, draw_number(state))
        elif code < alphabet.n_codes:
            append(out, code, alphabet.columns[symbol], 0.0)
        else:
            middle = starts[depth - 1] if count == 2 else size
            spare.size[0] = 0
            if put_body(macros, code - alphabet.n_codes, out, begin, middle, size, spare) == 0:
                return 0
            out.size[0] = begin
            if begin + spare.size[0] > len(out.codes):
                return 0
            append_span(out, spare, 0, spare.size[0])
        depth += 1 - count
        starts[depth - 1] = begin
    return 1
