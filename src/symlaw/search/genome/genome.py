"""Genomes: formulas in fixed-width arrays that are cut, joined and tidied in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import address_of, bits_of, call_forward, inner
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES, Program
from symlaw.engine.random import mix
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.language.operators import LINE_OPERATORS
from symlaw.language.operators.row import MAX_ARITY
from symlaw.language.user_operators.fixed_powers import name_in_counts
from symlaw.search.genome.rules import Rules, rules_of
from symlaw.search.genome.types import FIRST_TUPLE, NUMBER, NUMBERED, TRUTH
from symlaw.search.thresholds import thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = 0, 1, 2, 3, 4
_ONE = np.uint64(1)
_SALT = np.uint64(0x9E3779B97F4A7C15)
# Most thresholds of a column.
_THRESHOLDS = 256


@record
class Grammar(NamedTuple):
    """A `Language` as arrays, indexed by node code.

    Attributes
    ----------
    unary, binary, ternary
        Codes of operators by arity, int64.
    arity
        int64 (n_codes,).
    cost
        Complexity of one use, float64 (n_codes,).
    commutative
        int64 (n_codes,).
    algebra
        Codes of + - * / neg, -1 where the language lacks one, int64 (5,).
    n_variables
        Number of columns.
    constants
        Whether constants may stand inside formulas, 0 or 1.
    line
        Whether scale and offset are fitted around formulas, so that those at a root say nothing, 0 or 1.
    max_complexity
        Largest complexity proposed.
    laws
        What formulas have to obey beside.
    steered
        Whether operators are drawn by ``odds``, 0 or 1.
    odds
        Odds of each code (second) as an argument of an operator (first), `CONSTANT` standing for the root,
        float64 (n_codes, n_codes); 0 for leaves.
    typed
        Whether there is anything but numbers, 0 or 1. If not, the following are not looked at.
    types
        Type of each code's value and of its arguments, numbered as in `symlaw.search.genome.types`, int64
        (n_codes, 1 + MAX_ARITY).
    column_types
        Type of each column, int64 (n_variables,).
    result
        Type of a whole formula.
    comparisons
        Codes of operators that make a truth of two numbers, int64.
    thresholds
        Numbers that each column may be compared with, the last one repeated, float64 (n_variables, n).
    """

    unary: NDArray[np.int64]
    binary: NDArray[np.int64]
    ternary: NDArray[np.int64]
    arity: NDArray[np.int64]
    cost: NDArray[np.float64]
    commutative: NDArray[np.int64]
    algebra: NDArray[np.int64]
    n_variables: int
    constants: int
    line: int
    max_complexity: float
    rules: Rules
    steered: int
    odds: NDArray[np.float64]
    typed: int
    types: NDArray[np.int64]
    column_types: NDArray[np.int64]
    result: int
    comparisons: NDArray[np.int64]
    thresholds: NDArray[np.float64]


def grammar_of(
    language: Language, outer: Expression | None = None, columns: NDArray[np.float64] | None = None
) -> Grammar:
    """The arrays of a language, for formulas or for what stands inside ``outer`` for its one variable.

    Thresholds are taken from ``columns`` (n_variables, n_rows), where they are given.
    """
    operators = language.operators
    codes = np.arange(FIRST_OPERATOR, FIRST_OPERATOR + len(operators))
    arity = np.array([0, 0, *(row.arity for row in operators)], np.int64)
    costs = language.costs
    cost = [costs.get("constant", 1.0), costs.get("variable", 1.0)]
    cost += [costs.get(row.name, row.cost) for row in operators]
    names = [row.name for row in operators]
    algebra = [FIRST_OPERATOR + names.index(sign) if sign in names else -1 for sign in LINE_OPERATORS]
    return Grammar(
        codes[arity[FIRST_OPERATOR:] == 1].astype(np.int64),
        codes[arity[FIRST_OPERATOR:] == 2].astype(np.int64),
        codes[arity[FIRST_OPERATOR:] == 3].astype(np.int64),
        arity,
        np.array(cost, float),
        np.array([0, 0, *(int(row.commutative) for row in operators)], np.int64),
        np.array(algebra, np.int64),
        len(language.variables),
        int(language.constants),
        1,
        float(language.max_complexity),
        rules_of(language, outer),
        int(language.preference is not None),
        _odds(language),
        *_types(language, columns),
    )


def _types(language: Language, columns: NDArray[np.float64] | None) -> tuple[int, Any, Any, int, Any, Any]:
    """The fields of a grammar from ``typed`` on."""
    rows = language.operators
    types = np.full((FIRST_OPERATOR + len(rows), 1 + MAX_ARITY), NUMBER, np.int64)
    for code, row in enumerate(rows, FIRST_OPERATOR):
        types[code, 0] = NUMBERED[row.result_type]
        types[code, 1 : 1 + row.arity] = [NUMBERED[kind] for kind in row.argument_types[: row.arity]]
    own = np.array([NUMBERED[language.type_of(name)] for name in language.variables], np.int64)
    comparing = [
        code
        for code, row in enumerate(rows, FIRST_OPERATOR)
        if row.arity == 2 and types[code, :3].tolist() == [TRUTH, NUMBER, NUMBER]
    ]
    levels = np.zeros((len(own), 0))
    if columns is not None and comparing:
        found: list[list[float]] = [
            thresholds(column, _THRESHOLDS).tolist() if kind == NUMBER else []
            for kind, column in zip(own, columns, strict=True)
        ]
        most = max(map(len, found), default=0)
        levels = np.array([[*one, *[one[-1] if one else 0.0] * (most - len(one))] for one in found])
    return (
        int(language.is_typed), types, own, NUMBERED[language.result], np.array(comparing, np.int64), levels,
    )  # fmt: skip


def _odds(language: Language) -> NDArray[np.float64]:
    names = ["", *(name_in_counts(row) for row in language.operators)]
    codes = [CONSTANT, *range(FIRST_OPERATOR, FIRST_OPERATOR + len(language.operators))]
    odds = np.zeros((codes[-1] + 1, codes[-1] + 1))
    if language.preference is not None:
        for parent, above in zip(codes, names, strict=True):
            for child, inside in zip(codes[1:], names[1:], strict=True):
                odds[parent, child] = language.preference.odds(above, inside)
    return odds


@record
class Genome(NamedTuple):
    """One formula and its scratch.

    Attributes
    ----------
    codes, columns, values
        As in `Program`, (MAX_NODES,).
    size
        Number of nodes used, int64 (1,).
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    values: NDArray[np.float64]
    size: NDArray[np.int64]


def genome() -> Genome:
    """An empty genome."""
    return Genome(
        np.zeros(MAX_NODES, np.int16),
        np.zeros(MAX_NODES, np.int16),
        np.zeros(MAX_NODES),
        np.zeros(1, np.int64),
    )


def told_apart(grammar: Grammar) -> Grammar:
    """The grammar for formulas that are other ones where a scale or an offset is."""
    return grammar._replace(rules=grammar.rules._replace(apart=2), line=0)


@inner
def as_program(g):  # type: ignore[no-untyped-def]
    """The genome's arrays as a program."""
    return Program(g.codes, g.columns, g.values)


@inner
def append(g, code, column, value):  # type: ignore[no-untyped-def]
    """Add a node at the end; a full genome stays as it is."""
    place = g.size[0]
    if place < MAX_NODES:
        g.codes[place] = code
        g.columns[place] = column
        g.values[place] = value
        g.size[0] = place + 1


@inner
def append_span(g, source, begin, end):  # type: ignore[no-untyped-def]
    """Add nodes begin to end of another genome, as many as there is room for."""
    size = g.size[0]
    count = min(end - begin, MAX_NODES - size)
    for k in range(count):
        g.codes[size + k] = source.codes[begin + k]
        g.columns[size + k] = source.columns[begin + k]
        g.values[size + k] = source.values[begin + k]
    g.size[0] = size + count


@inner
def copy(g, source):  # type: ignore[no-untyped-def]
    """Make g equal to source."""
    g.size[0] = 0
    append_span(g, source, 0, source.size[0])


@inner
def begin_of(g, end, arity):  # type: ignore[no-untyped-def]
    """Where the sub-formula whose last node is ``end`` begins."""
    wanted = 1
    place = end
    while True:
        wanted += arity[g.codes[place]] - 1
        if wanted == 0:
            return place
        place -= 1


@inner
def parent_of(g, place, arity):  # type: ignore[no-untyped-def]
    """Code of the operator whose argument a node is; `CONSTANT` for the root."""
    height = 1
    for k in range(place + 1, g.size[0]):
        count = arity[g.codes[k]]
        if count >= height:
            return np.int64(g.codes[k])
        height += 1 - count
    return np.int64(CONSTANT)


@inner
def replace_span(g, begin, end, piece, out):  # type: ignore[no-untyped-def]
    """out = g with nodes begin to end replaced by the piece; 0 when that is too long."""
    if g.size[0] - (end - begin) + piece.size[0] > MAX_NODES:
        return 0
    out.size[0] = 0
    append_span(out, g, 0, begin)
    append_span(out, piece, 0, piece.size[0])
    append_span(out, g, end, g.size[0])
    return 1


@inner
def complexity(g, cost):  # type: ignore[no-untyped-def]
    """Sum of the nodes' costs."""
    total = 0.0
    for place in range(g.size[0]):
        total += cost[g.codes[place]]
    return total


@inner
def tidy(g, grammar, table, out, starts, cell):  # type: ignore[no-untyped-def]
    """out = g with constant parts folded and constants merged.

    The root's scale and offset are dropped where they are fitted. ``starts`` is scratch int64 (MAX_NODES,),
    ``cell`` float64 (4,). A part that folds to a value that is not finite keeps it, and scoring rejects the
    formula.
    """
    out.size[0] = 0
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        count = grammar.arity[code]
        begin = out.size[0] if count == 0 else starts[depth - count]
        depth += 1 - count
        starts[depth - 1] = begin
        folds = count > 0 and out.size[0] - begin == count and _all_constant(out, begin, count)
        if folds and (grammar.typed == 0 or grammar.types[code, 0] < FIRST_TUPLE):
            for k in range(count):
                cell[k] = out.values[begin + k]
            base = address_of(cell)
            call_forward(table.forward[code], base, base + 8, base + 16, base + 24, 1)
            out.size[0] = begin
            append(out, CONSTANT, 0, cell[3])
        else:
            append(out, code, g.columns[place], g.values[place])
            if code == grammar.algebra[ADD] or code == grammar.algebra[MULTIPLY]:
                _merge_constants(out, begin, code == grammar.algebra[ADD], grammar.arity)
    while grammar.line != 0 and _drop_outer(out, grammar):
        pass


@inner
def _all_constant(g, begin, count):  # type: ignore[no-untyped-def]
    for place in range(begin, begin + count):
        if g.codes[place] != CONSTANT:
            return False
    return True


@inner
def _merge_constants(g, begin, sums, arity):  # type: ignore[no-untyped-def]
    """Rewrite c1 op (c2 op u), in any order, as (c1 op c2) op u, for + and *."""
    root = g.size[0] - 1
    code = g.codes[root]
    middle = begin_of(g, root - 1, arity)
    if g.codes[root - 1] == CONSTANT:
        inner_end, outer = middle - 1, root - 1
        inner_begin = begin
    elif middle - begin == 1 and g.codes[begin] == CONSTANT:
        inner_end, outer = root - 1, begin
        inner_begin = middle
    else:
        return
    if g.codes[inner_end] != code:
        return
    if g.codes[inner_end - 1] == CONSTANT:
        inner = inner_end - 1
    elif g.codes[inner_begin] == CONSTANT and begin_of(g, inner_end - 1, arity) == inner_begin + 1:
        inner = inner_begin
    else:
        return
    if sums:
        g.values[outer] += g.values[inner]
    else:
        g.values[outer] *= g.values[inner]
    low, high = min(inner, inner_end), max(inner, inner_end)
    kept = 0
    for place in range(g.size[0]):
        if place != low and place != high:
            g.codes[kept] = g.codes[place]
            g.columns[kept] = g.columns[place]
            g.values[kept] = g.values[place]
            kept += 1
    g.size[0] = kept


@inner
def _drop_outer(g, grammar):  # type: ignore[no-untyped-def]
    """Remove one scale, offset or sign at the root, which the linear fit supplies; False when none."""
    root = g.size[0] - 1
    code = g.codes[root]
    if root == 0 or code < FIRST_OPERATOR:
        return False
    if code == grammar.algebra[NEGATE]:
        g.size[0] = root
        return True
    sums = code == grammar.algebra[ADD] or code == grammar.algebra[SUBTRACT]
    products = code == grammar.algebra[MULTIPLY]
    if not (sums or products or code == grammar.algebra[DIVIDE]):
        return False
    if g.codes[root - 1] == CONSTANT:
        g.size[0] = root - 1
        return True
    if (sums or products) and g.codes[0] == CONSTANT and begin_of(g, root - 1, grammar.arity) == 1:
        for place in range(1, root):
            g.codes[place - 1] = g.codes[place]
            g.columns[place - 1] = g.columns[place]
            g.values[place - 1] = g.values[place]
        g.size[0] = root - 1
        return True
    return False


@inner
def free_constants(g, grammar):  # type: ignore[no-untyped-def]
    """Number of constants that matter beyond scale and offset.

    A constant numerator at the root is only a scale where one is fitted: it is set to 1 and not counted.
    """
    count = 0
    for place in range(g.size[0]):
        if g.codes[place] == CONSTANT:
            count += 1
    root = g.size[0] - 1
    scaled = root > 1 and g.codes[0] == CONSTANT and g.codes[root] == grammar.algebra[DIVIDE]
    if scaled and grammar.line != 0:
        if begin_of(g, root - 1, grammar.arity) == 1:
            g.values[0] = 1.0
            count -= 1
    return count


@inner
def structure_key(g, grammar, with_values, hashes):  # type: ignore[no-untyped-def]
    """64-bit key of the formula's structure, order of commutative arguments aside.

    With ``with_values`` constants count by value, else as a place only (the skeleton). ``hashes`` is
    scratch uint64 (MAX_NODES,).
    """
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        own = mix(np.uint64(code + 1) * _SALT)
        if code == CONSTANT:
            if with_values:
                own = mix(own ^ np.uint64(bits_of(g.values[place])))
        elif code == VARIABLE:
            own = mix(own ^ np.uint64(g.columns[place] + 1))
        elif grammar.arity[code] == 1:
            depth -= 1
            own = mix(own + hashes[depth])
        elif grammar.arity[code] == 3:
            depth -= 3
            own = mix(own + mix(mix(hashes[depth]) * _SALT + hashes[depth + 1]) * _SALT + hashes[depth + 2])
        else:
            depth -= 2
            first, second = hashes[depth], hashes[depth + 1]
            if grammar.commutative[code] != 0:
                own = mix(own + mix(first) + mix(second))
            else:
                own = mix(own + mix(first) * _SALT + second)
        hashes[depth] = own
        depth += 1
    return hashes[0] | _ONE
