"""Which formulas a level of the bank consists of: operators on ranges of entries of lower levels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.records import record
from symlaw.engine.tape import FIRST_OPERATOR
from symlaw.language.expression import Constant, Nodes, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

# Constants as arguments of operators of two arguments, the first of them 1.
CONSTANTS = (1.0, 2.0, 0.5, 3.0, float(np.pi))
# Factors of the argument of an operator that does not merely pass a factor on.
FACTORS = (2.0, 0.5, float(np.pi))

Range = tuple[int, int]


@record
class Factor(NamedTuple):
    """A factor of the argument of an operator.

    Attributes
    ----------
    value
        The number.
    before, after
        Nodes around the argument.
    """

    value: float
    before: Nodes
    after: Nodes


def constants_of(language: Language) -> list[tuple[float, Nodes]]:
    """Constants as arguments of operators of two, numbers and named ones, with how they are written."""
    numbers = CONSTANTS if language.constants else ()
    found: list[tuple[float, Nodes]] = [(value, (Constant(value),)) for value in numbers]
    return [*found, *((value, (Variable(name),)) for name, value in language.named.items())]


def factors_of(language: Language) -> list[Factor]:
    """Factors of arguments: numbers, named constants and one over these, as far as the operators allow it."""
    rows = {row.name: row for row in language.operators}
    product, quotient = rows.get("*"), rows.get("/")
    found: list[Factor] = []
    if product is not None:
        numbers = FACTORS if language.constants else ()
        found += [Factor(value, (Constant(value),), (product,)) for value in numbers]
        found += [Factor(value, (Variable(name),), (product,)) for name, value in language.named.items()]
    if quotient is not None:
        named = language.named.items()
        found += [Factor(1.0 / value, (), (Variable(name), quotient)) for name, value in named]
    return found


@record
class Segment(NamedTuple):
    """One operator on every pair of two ranges of entries.

    Attributes
    ----------
    code
        Node code of the operator.
    left, left_end, right, right_end
        The ranges; the second has length 1 for operators of one argument.
    ordered
        1 where a pair and its exchange are one formula: only pairs that ascend are taken.
    turned
        1 where exchanging the arguments changes the sign: the form of positive mean is taken.
    factor
        Number of the argument's factor, or -1.
    """

    code: int
    left: int
    left_end: int
    right: int
    right_end: int
    ordered: int
    turned: int
    factor: int

    @property
    def n_pairs(self) -> int:
        """Number of pairs, those that do not ascend included."""
        return (self.left_end - self.left) * (self.right_end - self.right)


def level_cost(cost: float) -> int:
    """A complexity as a whole number of levels."""
    return max(1, round(cost))


def segments_of(level: int, language: Language, constants: Range, bounds: Sequence[Range]) -> list[Segment]:
    """Segments of a level.

    Parameters
    ----------
    level
        Which level.
    constants
        Where the constants are among the entries; empty when there are none.
    bounds
        Range of the entries of each level below it, constants left out.
    """
    found: list[Segment] = []
    for code, row in enumerate(language.operators, FIRST_OPERATOR):
        if row.arity > 2:
            # triples of entries are too many to enumerate
            continue
        make = _unary if row.arity == 1 else _binary
        found += make(code, row, level - level_cost(language.cost(row)), language, constants, bounds)
    return [segment for segment in found if segment.n_pairs > 0]


def _unary(
    code: int, row: Operator, below: int, language: Language, constants: Range, bounds: Sequence[Range]
) -> Iterator[Segment]:
    if 0 < below < len(bounds):
        yield Segment(code, *bounds[below], 0, 1, 0, 0, -1)
    if passes_factor_on(row, 0):
        return
    for number, factor in enumerate(factors_of(language)):
        level = below - sum(level_cost(language.cost(node)) for node in (*factor.before, *factor.after))
        if 0 < level < len(bounds):
            yield Segment(code, *bounds[level], 0, 1, 0, 0, number)


def _binary(
    code: int, row: Operator, below: int, language: Language, constants: Range, bounds: Sequence[Range]
) -> Iterator[Segment]:
    turned = int(changes_sign(row))
    either_way = row.commutative or turned == 1
    other = below - level_cost(language.costs.get("constant", 1.0))
    if 0 < other < len(bounds):
        for argument in (0,) if either_way else (0, 1):
            first, end = constants
            chosen = (first, min(end, first + 1)) if passes_factor_on(row, argument) else constants
            ranges = (chosen, bounds[other]) if argument == 0 else (bounds[other], chosen)
            yield Segment(code, *ranges[0], *ranges[1], 0, turned, -1)
    for left in range(1, min(below, len(bounds))):
        right = below - left
        if right >= len(bounds) or (either_way and left > right):
            continue
        ordered = int(either_way and left == right)
        yield Segment(code, *bounds[left], *bounds[right], ordered, turned, -1)


_POINTS = np.array([0.31, 0.47, 0.58, 0.66, 0.79, 0.93])
_OTHERS = np.array([0.83, 0.29, 0.71, 0.37, 0.52, 0.44])


@cache
def passes_factor_on(row: Operator, argument: int) -> bool:
    """Whether a factor of an argument is a factor of the value, or a power of one."""
    places = [_POINTS, _OTHERS][: row.arity]
    with np.errstate(all="ignore"):
        before = row.numpy_function(*places)
        places[argument] = 0.5 * places[argument]
        ratio = row.numpy_function(*places) / before
    return bool(np.allclose(ratio, ratio[0], rtol=1e-9, atol=0.0))


@cache
def changes_sign(row: Operator) -> bool:
    """Whether exchanging the two arguments changes the sign of the value and nothing else."""
    with np.errstate(all="ignore"):
        one, other = row.numpy_function(_POINTS, _OTHERS), row.numpy_function(_OTHERS, _POINTS)
    return bool(np.allclose(one, -other, rtol=1e-9, atol=0.0))
