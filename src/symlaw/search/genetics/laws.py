"""Rules of a language as arrays, and a genome's standing under them.

Dimensions are whole numbers of twelfths of exponents, see `symlaw.knowledge.dimensions`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine._jit import inlined, inner, kernel
from symlaw.engine.program import MAX_NODES
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.knowledge.dimensions import N_BASES, NONE, PARTS
from symlaw.knowledge.units import units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.dimensions import Dimension
    from symlaw.language.grammar import Language

# A genome's standing: refused; allowed inside a formula; allowed as one.
REFUSED, INSIDE, WHOLE = range(3)

# Unit rules in the operator table's words, with a power in twelfths beside `_POWER`.
_SAME, _PRODUCT, _QUOTIENT, _POWER, _PURE, _ANGLE, _FREE, _EXPONENT = range(8)
_RULES = {
    "same": _SAME, "product": _PRODUCT, "quotient": _QUOTIENT, "power": _POWER, "dimensionless": _PURE,
    "angle": _ANGLE, "free": _FREE, "exponent": _EXPONENT,
}  # fmt: skip
_NEAR = 1e-9


class Laws(NamedTuple):
    """What formulas have to obey.

    Attributes
    ----------
    units
        0: none are known; 1: constants are pure numbers; 2: constants may carry units.
    rule, power, pairs
        Of each node code: unit rule, its power in twelfths, whether it has two arguments, int64 (n_codes,).
    columns
        Dimension of each column, int32 (n_variables, N_BASES).
    target
        Dimension that a whole formula has, int32 (N_BASES,).
    """

    units: int
    rule: NDArray[np.int64]
    power: NDArray[np.int64]
    pairs: NDArray[np.int64]
    columns: NDArray[np.int32]
    target: NDArray[np.int32]


class Scales(NamedTuple):
    """Scratch: dimension of each part on the stack, and whether a constant's unit decides it."""

    dimension: NDArray[np.int32]
    free: NDArray[np.int64]


def scales() -> Scales:
    """Fresh scratch."""
    return Scales(np.zeros((MAX_NODES, N_BASES), np.int32), np.zeros(MAX_NODES, np.int64))


def laws_of(language: Language, target: Dimension | None = None) -> Laws:
    """The rules of a language; formulas are of the target's dimension unless another is given."""
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
        wanted[:] = _in_parts(units.target.dimension if target is None else target)
    pairs = [0, 0, *(int(row.arity == 2) for row in rows)]
    numbers = [np.array(values, np.int64) for values in (rule, power, pairs)]
    return Laws(mode, numbers[0], numbers[1], numbers[2], columns, wanted)


def _in_parts(dimension: Dimension) -> list[int]:
    return [int(exponent * PARTS) for exponent in dimension]


@inlined
def standing(g, laws, scales):  # type: ignore[no-untyped-def]
    """Whether a genome is refused, may stand inside a formula, or may be one up to its scale."""
    # without rules nothing is called: passing the records costs as much as tidying a formula
    return WHOLE if laws.units == 0 else standing_by_units(g, laws, scales)


@kernel
def standing_by_units(g, laws, scales):  # type: ignore[no-untyped-def]
    """`standing` where units are known."""
    dimension, free = scales.dimension, scales.free
    depth = 0
    for place in range(g.size[0]):
        code = g.codes[place]
        if code < FIRST_OPERATOR:
            free[depth] = 1 if code == CONSTANT and laws.units == 2 else 0
            for k in range(N_BASES):
                dimension[depth, k] = laws.columns[g.columns[place], k] if code == VARIABLE else 0
            depth += 1
            continue
        rule = laws.rule[code]
        if laws.pairs[code] != 0:
            depth -= 1
            if not _joined(g, place, rule, depth - 1, dimension, free):
                return REFUSED
        elif rule == _POWER:
            if free[depth - 1] == 0 and not _scaled(dimension, depth - 1, laws.power[code]):
                return REFUSED
        elif rule == _PURE and free[depth - 1] == 0 and not _is_pure(dimension, depth - 1):
            return REFUSED
        if rule == _PURE or rule == _ANGLE or rule == _FREE:
            free[depth - 1] = 0
            for k in range(N_BASES):
                dimension[depth - 1, k] = 0
    if laws.units == 2:
        return WHOLE
    for k in range(N_BASES):
        if dimension[0, k] != laws.target[k]:
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
