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
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import operator
from symlaw.search.bank.beam import lengths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from symlaw.language.nodes import Node
    from symlaw.language.operators import Operator
    from symlaw.search.bank.bank import Bank
    from symlaw.search.bank.targets import Workplace

    Array = NDArray[np.float64]

# Formulas that are joined in each round, of each size at most, and rounds.
_WIDTH, _OF_A_SIZE, _ROUNDS = 120, 20, 3
# Values computed in one round, about, and at once; entries looked at in the first one.
_VALUES, _AT_ONCE, _ENTRIES = 6e6, 2e6, 2**18
# Stands for the formula that a function is applied to.
_INSIDE = Variable("inside")
# Joins: the operator, whether the arguments are the other way round, the kernel's number, and the values.
_JOINS: tuple[tuple[str, bool, int, Callable[[Array, Array], Array]], ...] = (
    ("+", False, lengths.SUM, np.add),
    ("-", False, lengths.DIFFERENCE, np.subtract),
    ("*", False, lengths.PRODUCT, np.multiply),
    ("/", False, lengths.QUOTIENT, np.divide),
    ("/", True, lengths.TURNED_QUOTIENT, lambda head, entry: np.divide(entry, head)),
)


@dataclass(frozen=True)
class Head:
    """A formula of the beam.

    Parameters
    ----------
    nodes
        Its nodes, without scale and offset.
    size
        Number of its nodes.
    length
        Nats for it and the data, about.
    values
        On the rows, float64 (n_rows,).
    """

    nodes: tuple[Node, ...]
    size: int
    length: float
    values: Array


def shortest(
    workplace: Workplace, per_node: float, count: int, seconds: float = math.inf, joins: float = math.inf
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
    joins
        How many joins of formulas with entries are looked at in each round, about.
    """
    end, found = time.monotonic() + seconds, list[Expression]()
    partners = _partners(workplace.bank, joins)
    for target in workplace.targets:
        if time.monotonic() > end or len(target.probe) != workplace.bank.n_rows:
            break
        with np.errstate(all="ignore"):
            heads = _beam(workplace, partners, _Measure.of(target.probe, per_node))
        formulas = [Expression(head.nodes) for head in sorted(heads, key=lambda head: head.length)]
        if target.transform.is_identity:
            found += formulas[:count]
        else:
            for formula in formulas[: count // 2]:
                found += workplace.seen_through(target, formula, math.inf)[0]
    return found


def _beam(workplace: Workplace, partners: list[Head], measure: _Measure) -> list[Head]:
    """Entries of short descriptions, joined with the first ones and put into functions, some rounds."""
    bank = workplace.bank
    heads, largest = _singles(bank, measure), bank.language.max_complexity
    known = {row.name for row in bank.language.operators}
    functions = [row for row in bank.language.operators if row.arity == 1]
    for _ in range(_ROUNDS):
        if not heads:
            break
        inside = _applied(heads, functions, measure)
        heads = _chosen([*heads, *_joined(heads, partners, known, measure), *inside], largest)
    return heads


@dataclass(frozen=True)
class _Measure:
    """How long descriptions of a target are, from sums over the rows."""

    y: Array
    per_node: float
    figures: Array

    @classmethod
    def of(cls, y: Array, per_node: float) -> _Measure:
        """Of a target, in units of its standard deviation."""
        scaled = y / (float(np.std(y)) or 1.0)
        return cls(scaled, per_node, lengths.figures_of(scaled, per_node, FRAMES))

    def lengths(self, values: Array, sizes: NDArray[Any]) -> Array:
        """Nats for formulas of these values, float64 (n_formulas, n_rows), and sizes; inf where undefined."""
        found = np.empty(len(values))
        lengths.lengths_of(values, sizes.astype(np.int64), self.y, self.figures, found)
        return found

    def of_joins(self, heads: list[Head], others: Array, sizes: NDArray[Any], join: int) -> Array:
        """Nats for joins of formulas with others, float64 (n_heads, n_others).

        A join that describes the data no better than its first part says nothing: inf, as where undefined.
        """
        own = np.array([head.size for head in heads])[:, None] + sizes + 1
        most = np.array([head.length for head in heads]) + self.per_node
        found = np.empty(own.shape)
        first = np.array([head.values for head in heads])
        lengths.lengths_of_joins(first, others, own, join, self.y, self.figures, most, found)
        return found


def _singles(bank: Bank, measure: _Measure) -> list[Head]:
    """The entries of the shortest descriptions."""
    first = bank.constants[1]
    last = min(bank.count, first + _ENTRIES)
    nats = np.full(last - first, math.inf)
    block = max(1, int(_AT_ONCE / bank.n_rows))
    for begin in range(first, last, block):
        end = min(begin + block, last)
        nats[begin - first : end - first] = measure.lengths(
            _values(bank, slice(begin, end)), bank.entries.level[begin:end]
        )
    order = np.argsort(nats, kind="stable")[: 4 * _WIDTH]
    order = order[np.isfinite(nats[order])]
    return _chosen(_heads(bank, first + order, nats[order]), bank.language.max_complexity)


def _heads(bank: Bank, places: NDArray[Any], nats: Array) -> list[Head]:
    """Entries by their places."""
    formulas = [bank.expression(place) for place in places.tolist()]
    values = _values(bank, places)
    return [
        Head(formula.nodes, len(formula.nodes), length, row)
        for formula, length, row in zip(formulas, nats.tolist(), values, strict=True)
    ]


def _values(bank: Bank, places: slice | NDArray[Any]) -> Array:
    entries = bank.entries
    return entries.values[places].astype(float) * entries.scale[places, None]


def _partners(bank: Bank, joins: float) -> list[Head]:
    """The first entries, which are the simplest: as many as leave time to join them."""
    count = max(int(min(_VALUES / bank.n_rows, joins) / (_WIDTH * len(_JOINS))), 16)
    places = np.arange(min(bank.count, count + bank.constants[1]))
    return _heads(bank, places, np.full(len(places), math.inf))


def _applied(heads: list[Head], functions: list[Operator], measure: _Measure) -> Iterator[Head]:
    """Functions of formulas, where they are defined on all rows."""
    inside = np.array([head.values for head in heads])
    outside = [Expression((_INSIDE, row)) for row in functions]
    values = evaluate(outside, inside.reshape(-1, 1), [_INSIDE.name]).reshape(len(functions), *inside.shape)
    sizes = np.array([head.size + 1 for head in heads])
    for row, of_row in zip(functions, values, strict=True):
        nats = measure.lengths(of_row, sizes)
        for place in np.flatnonzero(np.isfinite(nats)):
            nodes = (*heads[place].nodes, row)
            yield Head(nodes, int(sizes[place]), float(nats[place]), of_row[place])


def _joined(heads: list[Head], partners: list[Head], known: set[str], measure: _Measure) -> Iterator[Head]:
    """Joins of formulas with entries, as many of each kind as are kept at most."""
    others = np.array([partner.values for partner in partners])
    sizes = np.array([partner.size for partner in partners])
    for name, turned, number, join in _JOINS:
        if name not in known:
            continue
        nats = measure.of_joins(heads, others, sizes, number)
        able = np.flatnonzero(np.isfinite(nats))
        places = able[np.argsort(nats.ravel()[able], kind="stable")[:_WIDTH]]
        for row, column in zip(*np.unravel_index(places, nats.shape), strict=True):
            head, partner = heads[row], partners[column]
            first, second = (partner, head) if turned else (head, partner)
            nodes = (*first.nodes, *second.nodes, operator(name))
            values = join(head.values, partner.values)
            yield Head(nodes, head.size + partner.size + 1, float(nats[row, column]), values)


def _chosen(heads: list[Head], largest: float) -> list[Head]:
    """The shortest descriptions, one for formulas of equal values, no more of each size than its share."""
    kept: list[Head] = []
    seen: set[tuple[float, ...]] = set()
    of_a_size: dict[int, int] = {}
    ranked = sorted(heads, key=lambda head: (head.length, head.size))
    for head, key in zip(ranked, _behaviours(ranked), strict=True):
        if len(kept) == _WIDTH:
            break
        if head.size > largest or key in seen or of_a_size.get(head.size, 0) >= _OF_A_SIZE:
            continue
        seen.add(key)
        of_a_size[head.size] = of_a_size.get(head.size, 0) + 1
        kept.append(head)
    return kept


def _behaviours(heads: list[Head]) -> list[tuple[float, ...]]:
    """What formulas have in common that differ in scale and offset only."""
    if not heads:
        return []
    values = np.array([head.values for head in heads])
    centred = values - values.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(norms > 0.0, norms, 1.0)
    largest = np.take_along_axis(unit, np.abs(unit).argmax(axis=1, keepdims=True), axis=1)
    signed = np.where(largest > 0.0, unit[:, :4], -unit[:, :4])
    return [tuple(row) for row in np.round(signed, 6).tolist()]
