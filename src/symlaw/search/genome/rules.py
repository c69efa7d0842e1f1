"""Rules of a language as arrays, and a genome's standing under them.

Dimensions are whole numbers of twelfths of exponents, see `symlaw.knowledge.units.dimensions`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import bits_of, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import mix
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE, to_tape
from symlaw.knowledge.constants import kind_of
from symlaw.knowledge.structure import Required, Structure
from symlaw.knowledge.units.analysis import units_of
from symlaw.knowledge.units.dimensions import N_BASES, NONE, PARTS
from symlaw.language.operators import LINE_OPERATORS
from symlaw.language.operators.row import MAX_ARITY
from symlaw.search.genome.types import well_typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.units.dimensions import Dimension
    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

# A genome's standing: refused; allowed inside a formula; allowed as one.
REFUSED, INSIDE, WHOLE = range(3)

# Unit rules in the operator table's words, with a power in twelfths beside `_POWER`.
_SAME, _PRODUCT, _QUOTIENT, _POWER, _PURE, _ANGLE, _FREE, _EXPONENT, _CHOICE = range(9)
_RULES = {
    "same": _SAME, "product": _PRODUCT, "quotient": _QUOTIENT, "power": _POWER, "dimensionless": _PURE,
    "angle": _ANGLE, "free": _FREE, "exponent": _EXPONENT,
    "choice": _CHOICE,
}  # fmt: skip
_NEAR = 1e-9
_SALT = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
# Bits of a double that are left out when two sizes are compared.
_ROUNDED_BITS = np.uint64(28)
# Node codes that scratch has room for.
MOST_CODES = 128


@record
class Rules(NamedTuple):
    """What formulas have to obey.

    Attributes
    ----------
    units
        0: none are known; 1: constants are pure numbers; 2: constants may carry units.
    rule, power, arity
        Of each node code: unit rule, its power in twelfths, its number of arguments, int64 (n_codes,).
    columns
        Dimension of each column, int32 (n_variables, N_BASES).
    target
        Dimension that a whole formula has, int32 (N_BASES,).
    shape
        Whether the following say anything, 0 or 1.
    nested
        How many levels of each code (second) an operator of a code (first) may hold; -1 for any number, int64
        (n_codes, n_codes).
    largest
        Largest complexity of each of an operator's arguments, float64 (MAX_ARITY, n_codes).
    forbidden
        Keys of parts that may not occur, uint64.
    apart
        Whether formulas that differ by a factor only are told apart: 1 by their dimension, as a named
        constant may be the factor; 2 by their size, as scale and offset are not free; 3 by both; 0 not at
        all.
    demanding
        Whether the following ask for anything, 0 or 1.
    needed, needed_columns
        1 for each code and each column that has to occur in a whole formula, int64 (n_codes,) and
        (n_variables,).
    """

    units: int
    rule: NDArray[np.int64]
    power: NDArray[np.int64]
    arity: NDArray[np.int64]
    columns: NDArray[np.int32]
    target: NDArray[np.int32]
    shape: int
    nested: NDArray[np.int64]
    largest: NDArray[np.float64]
    forbidden: NDArray[np.uint64]
    apart: int
    demanding: int
    needed: NDArray[np.int64]
    needed_columns: NDArray[np.int64]


@record
class Marks(NamedTuple):
    """Scratch: what is known of each part on the stack.

    Attributes
    ----------
    dimension, free
        Its dimension, and whether a constant's unit decides it.
    levels
        How many operators of each code stand inside each other in it, int64 (MAX_NODES, n_codes).
    size, key
        Its complexity, and a key of its structure.
    """

    dimension: NDArray[np.int32]
    free: NDArray[np.int64]
    levels: NDArray[np.int64]
    size: NDArray[np.float64]
    key: NDArray[np.uint64]


def marks(n_codes: int = MOST_CODES) -> Marks:
    """Fresh scratch."""
    return Marks(
        np.zeros((MAX_NODES, N_BASES), np.int32),
        np.zeros(MAX_NODES, np.int64),
        np.zeros((MAX_NODES, n_codes), np.int64),
        np.zeros(MAX_NODES),
        np.zeros(MAX_NODES, np.uint64),
    )


def rules_of(language: Language, outer: Expression | None = None) -> Rules:
    """The rules of a language for formulas, or for what stands inside ``outer`` for its one variable."""
    units, rows = units_of(language), language.operators
    words = [row.unit.split() for row in rows]
    rule = [_SAME, _SAME, *(_RULES[word[0]] for word in words)]
    power = [0, 0, *(int(Fraction(word[1]) * PARTS) if word[0] == "power" else 0 for word in words)]
    columns = np.zeros((len(language.variables), N_BASES), np.int32)
    wanted, mode = np.zeros(N_BASES, np.int32), 0
    if units is not None:
        mode = 2 if units.free_constants else 1
        for place, name in enumerate(language.variables):
            unit = units.variables.get(name)
            columns[place] = _in_parts(unit.dimension if unit else NONE)
        inside = None if outer is None else units.inside(outer)
        wanted[:] = _in_parts(units.target.dimension if inside is None else inside)
    arity = [0, 0, *(row.arity for row in rows)]
    numbers = [np.array(values, np.int64) for values in (rule, power, arity)]
    shape = next((rule for rule in language.rules if isinstance(rule, Structure)), Structure())
    apart = int(mode == 1 and bool(language.named)) + 2 * int(kind_of(language) is not None)
    of_shape, needs = _shape(shape, language), _needs(language, outer)
    return Rules(mode, numbers[0], numbers[1], numbers[2], columns, wanted, *of_shape, apart, *needs)


def _needs(language: Language, outer: Expression | None) -> tuple[int, Any, Any]:
    """What has to occur in a formula, of that what scale and offset or ``outer`` cannot bring."""
    required = next((rule for rule in language.demands if isinstance(rule, Required)), Required())
    brought = {*LINE_OPERATORS, *(row.name for row in (outer.operators if outer is not None else ()))}
    names = [row.name for row in language.operators]
    needed = [0, 0, *(int(name in required.operators and name not in brought) for name in names)]
    columns = [int(name in required.variables) for name in language.variables]
    # parts of a template are joined before they are looked at
    if language.template is not None:
        needed, columns = [0] * len(needed), [0] * len(columns)
    return int(any([*needed, *columns])), np.array(needed, np.int64), np.array(columns, np.int64)


def _shape(shape: Structure, language: Language) -> tuple[int, Any, Any, Any]:
    """The rule of a formula's shape as arrays."""
    codes = {row.name: code for code, row in enumerate(language.operators, FIRST_OPERATOR)}
    n_codes = FIRST_OPERATOR + len(codes)
    nested, largest = np.full((n_codes, n_codes), -1, np.int64), np.full((MAX_ARITY, n_codes), np.inf)
    for outer, inside in shape.nesting.items():
        for inner_one, most in inside.items():
            if outer in codes and inner_one in codes:
                nested[codes[outer], codes[inner_one]] = most
    for name, sizes in shape.sizes.items():
        if name in codes:
            largest[: len(sizes), codes[name]] = sizes
    keys = [_key_of(formula, language) for formula in shape.forbidden if language.uses_only_its_own(formula)]
    says = int(bool(shape.nesting or shape.sizes or keys))
    return says, nested, largest, np.array(keys, np.uint64)


def _key_of(formula: Expression, language: Language) -> np.uint64:
    """The key that `obeys` gives a whole formula."""
    tape = to_tape([formula], language.operators, language.variables)
    keys = np.zeros(MAX_NODES, np.uint64)
    depth = 0
    for code, column, value in zip(tape.codes, tape.columns, tape.values, strict=True):
        count = 0 if code < FIRST_OPERATOR else language.operators[code - FIRST_OPERATOR].arity
        depth += 1 - count
        commutes = count == 2 and language.operators[code - FIRST_OPERATOR].commutative
        put_key(keys, depth - 1, code, column, value, count, int(commutes))
    return np.uint64(keys[0])


def _in_parts(dimension: Dimension) -> list[int]:
    return [int(exponent * PARTS) for exponent in dimension]


@inner
def salted(salt, rules, marks, centre, spread):  # type: ignore[no-untyped-def]
    """The salt of a formula's fingerprint, after `standing` has left its dimension in the marks."""
    if rules.apart == 0:
        return salt
    key = mix(np.uint64(salt))
    if rules.apart != 2:
        for k in range(N_BASES):
            key = mix(key + np.uint64(marks.dimension[0, k] + 1_000_000) * _SALT)
    if rules.apart > 1:
        for size in (centre, spread):
            key = mix(key + (np.uint64(bits_of(size)) >> _ROUNDED_BITS))
    # fingerprints take whole numbers with a sign
    return np.int64(key >> _ONE)


@inner
def _holds_needed(g, rules):  # type: ignore[no-untyped-def]
    """Whether a genome holds the operators and columns that have to occur."""
    for code in range(len(rules.needed)):
        if rules.needed[code] != 0 and not occurs(g, code, -1):
            return False
    for column in range(len(rules.needed_columns)):
        if rules.needed_columns[column] != 0 and not occurs(g, VARIABLE, column):
            return False
    return True


@inner
def occurs(g, code, column):  # type: ignore[no-untyped-def]
    """Whether a node of a code occurs, of any column where the column is below 0."""
    for place in range(g.size[0]):
        if g.codes[place] == code and (column < 0 or g.columns[place] == column):
            return True
    return False


@inner
def standing(g, grammar, marks):  # type: ignore[no-untyped-def]
    """Whether a genome is refused, may stand inside a formula, or may be one up to its scale."""
    if grammar.typed != 0 and not well_typed(g, grammar, marks.free):
        return REFUSED
    # without rules nothing is called: passing the records costs as much as tidying a formula
    if grammar.rules.units == 0 and grammar.rules.shape == 0 and grammar.rules.demanding == 0:
        return WHOLE
    return standing_under(g, grammar, marks)


@inner
def standing_fitted(g, grammar, marks, before):  # type: ignore[no-untyped-def]
    """`standing` once constants were fitted: a fitted exponent may break units, and nothing else changes."""
    if grammar.rules.units == 0:
        return before
    return standing_under(g, grammar, marks)


@kernel
def standing_under(g, grammar, marks):  # type: ignore[no-untyped-def]
    """`standing` where there are rules."""
    if grammar.rules.shape != 0 and not _obeys(g, grammar, marks):
        return REFUSED
    found = WHOLE if grammar.rules.units == 0 else _standing_by_units(g, grammar.rules, marks)
    lacks = grammar.rules.demanding != 0 and found == WHOLE and not _holds_needed(g, grammar.rules)
    return INSIDE if lacks else found


@inner
def _obeys(g, grammar, marks):  # type: ignore[no-untyped-def]
    """Whether no part of a genome breaks the rules of shape."""
    rules, levels, size = grammar.rules, marks.levels, marks.size
    n_codes = len(grammar.arity)
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        count = grammar.arity[code]
        depth += 1 - count
        here = depth - 1
        if count == 0:
            size[here] = grammar.cost[code]
            for k in range(n_codes):
                levels[here, k] = 0
        else:
            for number in range(count):
                if size[here + number] > rules.largest[number, code]:
                    return False
            for number in range(1, count):
                size[here] += size[here + number]
                for k in range(n_codes):
                    levels[here, k] = max(levels[here, k], levels[here + number, k])
            size[here] += grammar.cost[code]
            for k in range(n_codes):
                if rules.nested[code, k] >= 0 and levels[here, k] > rules.nested[code, k]:
                    return False
            levels[here, code] += 1
        if len(rules.forbidden) > 0:
            commutes = grammar.commutative[code]
            put_key(marks.key, here, code, g.columns[place], g.values[place], count, commutes)
            for k in range(len(rules.forbidden)):
                if marks.key[here] == rules.forbidden[k]:
                    return False
    return True


@kernel
def put_key(key, here, code, column, value, count, commutes):  # type: ignore[no-untyped-def]
    """Key of a part whose arguments' keys stand from ``here`` on; order aside where that does not matter."""
    own = mix(np.uint64(code + 1) * _SALT)
    if code == CONSTANT:
        own = mix(own ^ np.uint64(bits_of(value)))
    elif code == VARIABLE:
        own = mix(own ^ np.uint64(column + 1))
    elif count == 1:
        own = mix(own + key[here])
    elif count == 3:
        own = mix(own + mix(mix(key[here]) * _SALT + key[here + 1]) * _SALT + key[here + 2])
    elif commutes != 0:
        own = mix(own + mix(key[here]) + mix(key[here + 1]))
    else:
        own = mix(own + mix(key[here]) * _SALT + key[here + 1])
    key[here] = own


@inner
def _standing_by_units(g, rules, marks):  # type: ignore[no-untyped-def]
    """`standing` by dimensions alone."""
    dimension, free = marks.dimension, marks.free
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        if code < FIRST_OPERATOR:
            free[depth] = 1 if code == CONSTANT and rules.units == 2 else 0
            for k in range(N_BASES):
                dimension[depth, k] = rules.columns[g.columns[place], k] if code == VARIABLE else 0
            depth += 1
            continue
        rule = rules.rule[code]
        if rule == _CHOICE:
            depth -= 2
            pure = free[depth - 1] != 0 or _is_pure(dimension, depth - 1)
            if not pure or not _joined(g, place, _SAME, depth, dimension, free):
                return REFUSED
            free[depth - 1] = free[depth]
            for k in range(N_BASES):
                dimension[depth - 1, k] = dimension[depth, k]
        elif rules.arity[code] > 1:
            for _ in range(rules.arity[code] - 1):
                depth -= 1
                if not _joined(g, place, rule, depth - 1, dimension, free):
                    return REFUSED
        elif rule == _POWER:
            if free[depth - 1] == 0 and not _scaled(dimension, depth - 1, rules.power[code]):
                return REFUSED
        elif rule == _PURE and free[depth - 1] == 0 and not _is_pure(dimension, depth - 1):
            return REFUSED
        if rule == _PURE or rule == _ANGLE or rule == _FREE:
            free[depth - 1] = 0
            for k in range(N_BASES):
                dimension[depth - 1, k] = 0
    if rules.units == 2:
        return WHOLE
    for k in range(N_BASES):
        if dimension[0, k] != rules.target[k]:
            return INSIDE
    return WHOLE


@inner
def _joined(g, place, rule, left, dimension, free):  # type: ignore[no-untyped-def]
    """Dimension of a value of two arguments, at the left one's place; False where they do not go together."""
    right = left + 1
    if rule == _SAME or rule == _ANGLE:
        if free[left] != 0:
            free[left] = free[right]
            for k in range(N_BASES):
                dimension[left, k] = dimension[right, k]
        elif free[right] == 0:
            for k in range(N_BASES):
                if dimension[left, k] != dimension[right, k]:
                    return False
        return True
    if rule == _PRODUCT or rule == _QUOTIENT:
        free[left] |= free[right]
        sign = 1 if rule == _PRODUCT else -1
        for k in range(N_BASES):
            dimension[left, k] += sign * dimension[right, k]
        return True
    if free[right] == 0 and not _is_pure(dimension, right):
        return False
    if free[left] != 0 or _is_pure(dimension, left):
        return True
    if rule != _EXPONENT or g.codes[place - 1] != CONSTANT:
        return False
    twelfths = g.values[place - 1] * PARTS
    nearest = round(twelfths)
    if not abs(twelfths - nearest) < _NEAR * max(1.0, abs(twelfths)) or abs(nearest) > 1000:
        return False
    return _scaled(dimension, left, np.int64(nearest))


@inner
def _scaled(dimension, place, twelfths):  # type: ignore[no-untyped-def]
    """Multiply a dimension by a number of twelfths; False where that leaves less than a twelfth."""
    for k in range(N_BASES):
        product = np.int64(dimension[place, k]) * twelfths
        if product % PARTS != 0 or abs(product) > 100_000:
            return False
        dimension[place, k] = product // PARTS
    return True


@inner
def _is_pure(dimension, place):  # type: ignore[no-untyped-def]
    for k in range(N_BASES):
        if dimension[place, k] != 0:
            return False
    return True
