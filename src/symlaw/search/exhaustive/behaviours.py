"""Every formula without constants, size by size, on all rows; formulas of the same values are one.

Formulas count as the same only where their values agree in every bit on every row: whatever is built of them
agrees then as well, so that leaving one out leaves nothing out. How each was made is kept. Its values are as
long as there is room; after that they are made again of those of its parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.tape import FIRST_OPERATOR
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import LINE_OPERATORS
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.search.exhaustive.kernels import CONSTANT, UNDEFINED, Operands, add_keys, describe, make_pairs
from symlaw.search.exhaustive.levels import COLUMN, Growing, Joining, Level, Made, Pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node
    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

# Values that are made at a time.
_VALUES = 2**18
_FEWEST_PLACES = 2**12


@dataclass
class Behaviours:
    """Formulas by size.

    Parameters
    ----------
    operators
        Operators of one and two arguments.
    columns
        float64 (n_columns, n_rows).
    most_values
        Values that may be kept.
    levels
        Formulas of 0, 1, 2, ... symbols.
    """

    operators: Sequence[Operator]
    columns: Array
    most_values: float
    levels: list[Level] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.Generator(np.random.Philox(20261130))
        odd = rng.integers(0, 2**63, (2, self.n_rows), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._multipliers = odd
        table = kernel_table(tuple(self.operators), derivatives=False)
        self.addresses = [int(one) for one in table.forward[FIRST_OPERATOR:]]
        self._drops_undefined = all(
            _passes_nan_on(row, address) for row, address in zip(self.operators, self.addresses, strict=True)
        )
        self._table, self._n_keys = np.zeros((_FEWEST_PLACES, 2), np.uint64), 0
        self.levels = [Level((), np.zeros(0, np.int8), np.zeros((0, self.n_rows)))]
        every = np.arange(len(self.columns), dtype=np.int32)
        columns = self.described(Pairs(Joining(COLUMN, 0, 0), every, every), self.columns)
        growing = Growing(math.inf)
        self.take(columns, growing)
        self.levels.append(growing.level())

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.columns.shape[1])

    @property
    def step(self) -> int:
        """Formulas that are made at a time."""
        return max(1, _VALUES // self.n_rows)

    def joinings(self, size: int) -> list[Joining]:
        """What formulas of a size consist of."""
        found = []
        for place, row in enumerate(self.operators):
            if row.arity == 1:
                found.append(Joining(place, size - 1, size - 1))
                continue
            pairs = [(left, size - 1 - left) for left in range(1, size - 1)]
            found += [Joining(place, *pair) for pair in pairs if pair[0] <= pair[1] or not row.commutative]
        return [one for one in found if self._count(one) > 0]

    def can_make(self, size: int) -> bool:
        """Whether formulas of a size can be made of those that are kept."""
        kept = sum(level.values is not None for level in self.levels)
        return size == len(self.levels) and size <= kept + 1

    def count(self, size: int) -> int:
        """Formulas of a size, about."""
        return sum(map(self._count, self.joinings(size)))

    def pairs(self, one: Joining) -> Iterator[Pairs]:
        """All pairs of a joining, some at a time, those that occur twice once."""
        if self.operators[one.place].arity == 1:
            for begin in range(0, len(self.levels[one.left]), self.step):
                every = np.arange(begin, min(begin + self.step, len(self.levels[one.left])), dtype=np.int32)
                yield Pairs(one, every, every)
            return
        width = len(self.levels[one.right])
        total = len(self.levels[one.left]) * width
        for begin in range(0, total, self.step):
            places = np.divmod(np.arange(begin, min(begin + self.step, total)), width)
            first, second = (place.astype(np.int32) for place in places)
            found = Pairs(one, first, second)
            yield found.picked(first <= second) if self._is_mirrored(one) else found

    def parts(self, size: int) -> Iterator[Pairs]:
        """How formulas of a size were made that are not constant, some at a time."""
        done = 0
        for part in self.levels[size].parts:
            kinds = self.levels[size].kinds[done : done + len(part.first)]
            done += len(part.first)
            moving = part.picked(kinds != CONSTANT)
            for begin in range(0, len(moving.first), self.step):
                some = slice(begin, begin + self.step)
                yield Pairs(part.joining, moving.first[some], moving.second[some])

    def bending(self) -> list[int]:
        """Operators of one argument, by place, that do more than scale and shift it."""
        rows = enumerate(self.operators)
        return [place for place, row in rows if row.arity == 1 and not _is_affine(row, 0)]

    def needed(self, pairs: Pairs) -> Pairs:
        """Those pairs of which something new may come where nothing is built of it.

        A sum, difference, product or quotient of a formula and a constant is the formula with another scale
        and offset, so that it leaves as much; the formula has fewer symbols and was scored. A constant leaves
        everything. Of ``a - b`` and ``b - a`` one is enough.
        """
        joining, row = pairs.joining, self.operators[pairs.joining.place]
        moves, other = (
            self.levels[size].kinds[places] != CONSTANT
            for size, places in ((joining.left, pairs.first), (joining.right, pairs.second))
        )
        wanted = moves | other
        if _is_affine(row, 0):
            wanted &= other if row.arity > 1 else False
        if _is_affine(row, 1):
            wanted &= moves
        if _changes_sign(row) and joining.left >= joining.right:
            wanted &= (pairs.first < pairs.second) if joining.left == joining.right else False
        return pairs.picked(wanted)

    def operands(self, joining: Joining) -> Operands:
        """Values that a joining is made of."""
        left, right = self.levels[joining.left].values, self.levels[joining.right].values
        if left is None or right is None:
            raise ValueError(f"formulas of {joining.left} or {joining.right} symbols have no values")
        return Operands(left, right)

    def made(self, pairs: Pairs) -> Array:
        """Values of pairs, (n, n_rows)."""
        values = np.empty((len(pairs.first), self.n_rows))
        address = self.addresses[pairs.joining.place]
        with np.errstate(all="ignore"):
            make_pairs(address, self.operands(pairs.joining), pairs.first, pairs.second, values)
        return values

    def described(self, pairs: Pairs, values: Array) -> Made:
        """Values with their keys and kinds."""
        keys, kinds = np.empty((len(values), 2), np.uint64), np.empty(len(values), np.int8)
        # keys are of products that run over, which plain Python says
        with np.errstate(all="ignore"):
            describe(values, self._multipliers, keys, kinds)
        return Made(pairs, values, keys, kinds)

    def take(self, made: Made, growing: Growing) -> None:
        """Take in what behaves like nothing known, and is defined unless something defined may come of it."""
        wanted = np.ones(len(made.kinds), np.int8)
        if self._drops_undefined:
            wanted[made.kinds == UNDEFINED] = 0
        self._make_places(self._n_keys + len(wanted))
        self._n_keys += add_keys(self._table, made.keys, wanted)
        growing.add(made, wanted == 1)

    def room(self) -> float:
        """Values that can be kept beside those that are."""
        return self.most_values - sum(one.values.size for one in self.levels if one.values is not None)

    def formula(self, joining: Joining, first: int, second: int, names: Sequence[str]) -> Expression:
        """The formula of a pair."""
        return Expression(tuple(self._nodes(joining, first, second, names)))

    def _nodes(self, joining: Joining, first: int, second: int, names: Sequence[str]) -> list[Node]:
        if joining.place == COLUMN:
            return [Variable(names[first])]
        row = self.operators[joining.place]
        places = ((joining.left, first), (joining.right, second))[: row.arity]
        below = [self._nodes(*self.levels[size].made_by(place), names) for size, place in places]
        return [node for nodes in below for node in nodes] + [row]

    def _count(self, one: Joining) -> int:
        left, right = len(self.levels[one.left]), len(self.levels[one.right])
        if self.operators[one.place].arity == 1:
            return left
        return left * (left + 1) // 2 if self._is_mirrored(one) else left * right

    def _is_mirrored(self, one: Joining) -> bool:
        """Whether each pair occurs twice."""
        return self.operators[one.place].commutative and one.left == one.right

    def _make_places(self, n_keys: int) -> None:
        """Make the table of keys as long as so many keys need."""
        if 2 * n_keys <= len(self._table):
            return
        known = self._table[self._table.any(axis=1)]
        self._table = np.zeros((2 << (2 * n_keys - 1).bit_length(), 2), np.uint64)
        add_keys(self._table, known, np.ones(len(known), np.int8))


def _passes_nan_on(row: Operator, address: int) -> bool:
    """Whether an operator is undefined wherever an argument is."""
    ordinary = np.array([[-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, math.inf]])
    missing, only = np.full_like(ordinary, math.nan), np.zeros(1, np.int32)
    for arguments in ((missing, ordinary), (ordinary, missing)) if row.arity == 2 else ((missing, missing),):
        values = np.empty_like(ordinary)
        make_pairs(address, Operands(*arguments), only, only, values)
        if not np.isnan(values).all():
            return False
    return True


def _is_affine(row: Operator, argument: int) -> bool:
    """Whether an operator is of those that scale and shift, and does so to an argument.

    Other operators with such a derivative may jump.
    """
    if row.name not in LINE_OPERATORS or argument >= row.arity:
        return False
    names = parse(row.partials[argument]).variables
    return "v" not in names and ARGUMENTS[argument] not in names


def _changes_sign(row: Operator) -> bool:
    """Whether exchanging the two arguments changes the value's sign alone."""
    if row.arity != 2 or not (_is_affine(row, 0) and _is_affine(row, 1)):
        return False
    slope = row.partials[0]
    return not parse(slope).variables and row.partials[1] == f"-{slope}"
