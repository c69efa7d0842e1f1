"""The shortest descriptions that entries of a bank and their joins give, where rows are few.

A search keeps what misses least of each size, and under noise others of the law's size miss less by chance.
Here formulas are ranked by what they take to write down together with the data, put into functions and
joined with entries again and again: a beam search (Lowerre 1976) over formulas without coefficients, of which
the first ones are the entries themselves.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.knowledge.priors.expected import FRAMES
from symlaw.language.expression import Expression
from symlaw.language.operators import operator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from symlaw.search.bank.bank import Bank
    from symlaw.search.bank.targets import Workplace

    Array = NDArray[np.float64]

# Formulas that are joined in each round, of each size at most, and rounds.
_WIDTH, _OF_A_SIZE, _ROUNDS = 120, 20, 3
# Values computed in one round, about, and at once; entries looked at in the first one.
_VALUES, _AT_ONCE, _ENTRIES = 6e6, 2e6, 2**18
# Joins, and whether the arguments are the other way round.
_JOINS: tuple[tuple[str, bool, Callable[[Array, Array], Array]], ...] = (
    ("+", False, np.add),
    ("-", False, np.subtract),
    ("*", False, np.multiply),
    ("/", False, np.divide),
    ("/", True, lambda head, entry: np.divide(entry, head)),
)
_LEAST_LOSS = 1e-14


@dataclass(frozen=True)
class Head:
    """A formula of the beam.

    Parameters
    ----------
    formula
        It, without scale and offset.
    size
        Number of its nodes.
    length
        Nats for it and the data, about.
    values
        On the rows, float64 (n_rows,).
    """

    formula: Expression
    size: int
    length: float
    values: Array


def shortest(
    workplace: Workplace, per_node: float, count: int, seconds: float = math.inf
) -> list[Expression]:
    """Formulas of short descriptions, but for scale and offset; the shortest first of those of the target.

    Parameters
    ----------
    workplace
        A bank with all rows, and the target with its transforms.
    per_node
        Nats for each node of a formula.
    count
        How many formulas of the target, and half as many of each transform.
    seconds
        Time after which no other target is begun.
    """
    end, found = time.monotonic() + seconds, list[Expression]()
    partners = _partners(workplace.bank)
    for target in workplace.targets:
        if time.monotonic() > end or len(target.probe) != workplace.bank.n_rows:
            break
        with np.errstate(all="ignore"):
            heads = _beam(workplace, partners, _Measure.of(target.probe, per_node))
        formulas = [head.formula for head in sorted(heads, key=lambda head: head.length)]
        if target.transform.is_identity:
            found += formulas[:count]
        else:
            for formula in formulas[: count // 2]:
                found += workplace.seen_through(target, formula, math.inf)[0]
    return found


def _beam(workplace: Workplace, partners: list[Head], measure: _Measure) -> list[Head]:
    """Entries of short descriptions, joined with the first ones and put into functions, some rounds."""
    bank, problem = workplace.bank, workplace.problem
    heads, largest = _singles(bank, measure), bank.language.max_complexity
    known = {row.name for row in bank.language.operators}
    functions = [row for row in bank.language.operators if row.arity == 1]
    for _ in range(_ROUNDS):
        if not heads:
            break
        inside = [Expression((*head.formula.nodes, row)) for head in heads for row in functions]
        values = evaluate(inside, problem.probe.X[:, : bank.n_rows].T, problem.language.variables)
        sizes = np.array([len(formula.nodes) for formula in inside])
        lengths = measure.lengths(values, sizes)
        applied = [
            Head(formula, int(size), float(length), row)
            for formula, size, length, row in zip(inside, sizes, lengths, values, strict=True)
            if np.isfinite(length)
        ]
        heads = _chosen([*heads, *_joined(heads, partners, known, measure), *applied], largest)
    return heads


@dataclass(frozen=True)
class _Measure:
    """How long descriptions are, from sums over the rows."""

    y: Array
    per_node: float
    total: float
    mean: float
    variance: float

    @classmethod
    def of(cls, y: Array, per_node: float) -> _Measure:
        """Of a target, in units of its standard deviation."""
        scaled = y / (float(np.std(y)) or 1.0)
        return cls(scaled, per_node, float(scaled @ scaled), float(np.mean(scaled)), float(np.var(scaled)))

    def lengths(self, values: Array, sizes: NDArray[Any]) -> Array:
        """Nats for formulas of these values, float64 (..., n_rows), and sizes; inf where undefined."""
        n = len(self.y)
        total, squares, product = values.sum(axis=-1), (values * values).sum(axis=-1), values @ self.y
        spread = squares - total * total / n
        shared = product - total * self.mean
        both = self.variance - shared * shared / spread / n
        scaled = (self.total - product * product / squares) / n
        bare = (self.total - 2.0 * product + squares) / n
        shifted = bare - (self.mean - total / n) ** 2
        losses = {(False, False): bare, (True, False): scaled, (False, True): shifted, (True, True): both}
        best = np.full(np.shape(total), math.inf)
        for frame, loss in losses.items():
            k, nats = sum(frame), -math.log(FRAMES[frame])
            free = 0.5 * (n - k)
            own = nats + 0.5 * k * math.log(n) + free * np.log(np.maximum(loss, _LEAST_LOSS))
            best = np.fmin(best, own)
        usable = np.isfinite(squares) & (spread > 1e-10 * squares)
        return np.asarray(np.where(usable, best + self.per_node * sizes, math.inf))


def _singles(bank: Bank, measure: _Measure) -> list[Head]:
    """The entries of the shortest descriptions."""
    first = bank.constants[1]
    last = min(bank.count, first + _ENTRIES)
    lengths = np.full(last - first, math.inf)
    block = max(1, int(_AT_ONCE / bank.n_rows))
    for begin in range(first, last, block):
        end = min(begin + block, last)
        lengths[begin - first : end - first] = measure.lengths(
            _values(bank, begin, end), bank.entries.level[begin:end]
        )
    order = np.argsort(lengths, kind="stable")[: 4 * _WIDTH]
    return _chosen(
        [
            _head(bank, int(first + place), float(lengths[place]))
            for place in order
            if np.isfinite(lengths[place])
        ],
        bank.language.max_complexity,
    )


def _head(bank: Bank, entry: int, length: float) -> Head:
    formula = bank.expression(entry)
    return Head(formula, len(formula.nodes), length, _values(bank, entry, entry + 1)[0])


def _values(bank: Bank, begin: int, end: int) -> Array:
    entries = bank.entries
    return entries.values[begin:end].astype(float) * entries.scale[begin:end, None]


def _partners(bank: Bank) -> list[Head]:
    """The first entries, which are the simplest: as many as leave time to join them."""
    count = max(int(_VALUES / (_WIDTH * len(_JOINS) * bank.n_rows)), 16)
    return [_head(bank, entry, math.inf) for entry in range(min(bank.count, count + bank.constants[1]))]


def _joined(heads: list[Head], partners: list[Head], known: set[str], measure: _Measure) -> Iterator[Head]:
    """Joins of formulas with entries, as many of each kind as are kept at most."""
    others = np.array([partner.values for partner in partners])
    sizes = np.array([partner.size for partner in partners])
    block = max(1, int(_AT_ONCE / others.size))
    for name, turned, join in _JOINS:
        if name not in known:
            continue
        for begin in range(0, len(heads), block):
            some = heads[begin : begin + block]
            values = join(np.array([head.values for head in some])[:, None, :], others[None])
            own = np.array([head.size for head in some])[:, None]
            lengths = measure.lengths(values, own + sizes[None] + 1)
            # a join that describes the data no better than its first part says nothing
            lengths[lengths >= np.array([head.length for head in some])[:, None] + measure.per_node] = (
                math.inf
            )
            places = np.argsort(lengths, axis=None, kind="stable")[:_WIDTH]
            for row, column in zip(*np.unravel_index(places, lengths.shape), strict=True):
                if not np.isfinite(lengths[row, column]):
                    break
                head, partner = some[row], partners[column]
                first, second = (partner, head) if turned else (head, partner)
                formula = Expression((*first.formula.nodes, *second.formula.nodes, operator(name)))
                yield Head(
                    formula, head.size + partner.size + 1, float(lengths[row, column]), values[row, column]
                )


def _chosen(heads: list[Head], largest: float) -> list[Head]:
    """The shortest descriptions, one for formulas of equal values, no more of each size than its share."""
    kept: list[Head] = []
    seen: set[tuple[float, ...]] = set()
    of_a_size: dict[int, int] = {}
    for head in sorted(heads, key=lambda head: (head.length, head.size)):
        if len(kept) == _WIDTH:
            break
        key = _behaviour(head.values)
        if head.size > largest or key in seen or of_a_size.get(head.size, 0) >= _OF_A_SIZE:
            continue
        seen.add(key)
        of_a_size[head.size] = of_a_size.get(head.size, 0) + 1
        kept.append(head)
    return kept


def _behaviour(values: Array) -> tuple[float, ...]:
    """What formulas have in common that differ in scale and offset only."""
    centred = values - values.mean()
    unit = centred / (np.linalg.norm(centred) or 1.0)
    sign = 1.0 if unit[np.argmax(np.abs(unit))] > 0 else -1.0
    return tuple(np.round(sign * unit[:4], 6).tolist())
