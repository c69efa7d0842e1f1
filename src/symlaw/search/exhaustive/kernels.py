"""Kernels of the enumeration: values, keys and least losses of an operator on many pairs of formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import BLOCK
from symlaw.engine.compiling.jit import address_of, bits_of, call_forward, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.reduce import dot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Below this share of a formula's size its spread is made of rounding.
DIGITS = 1e-10
# The first rows alone may exclude a formula whose spread there is a larger share of its size; what rounding
# does to that bound is a smaller share of the target's squares.
_CLEAR, _SURE = 1e-12, 1e-8
# A loss that is a smaller share is computed from the errors themselves: a difference has no digits left.
_NEARLY_EXACT = 1e-6
_SMALLEST, _LARGEST = 1e-250, 1e250
# Rows after which a formula may be excluded, beside all of them.
_STAGES = (48, 192, 768, 3072)
# What a behaviour is: undefined on some row, the same on all rows, or neither.
UNDEFINED, CONSTANT, MOVING = 0, 1, 2
_32 = np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
# All undefined values count as one, whatever their bits.
_MISSING = np.uint64(0x7FF8000000000000)


@record
class Judge(NamedTuple):
    """A target with weights of sum 1, and what its first rows are by themselves.

    Attributes
    ----------
    target
        Its mean taken off, float64 (n_rows,).
    weights, weighted
        Weights, and the target times them, float64 (n_rows,).
    ends
        Rows after which formulas are looked at, the last being all, int64 (n_stages,).
    totals, centres, squares
        Sum of the weights, mean of the target, and weighted squares around it up to there, float64
        (n_stages,).
    """

    target: Array
    weights: Array
    weighted: Array
    ends: NDArray[np.int64]
    totals: Array
    centres: Array
    squares: Array


@record
class Operands(NamedTuple):
    """Values of the formulas that an operator is applied to, float64 (n, n_rows) each.

    An operator of one argument has the same on both sides.
    """

    left: Array
    right: Array


@record
class Scratch(NamedTuple):
    """Of one thread, float64 (n_rows,) each."""

    values: Array
    scaled: Array
    deviation: Array
    product: Array


def make_judge(y: Array, weights: Array | None) -> Judge:
    """A target and the rows' weights for kernels."""
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    w = w / w.sum()
    target = y / np.max(np.abs(y))
    target = target - w @ target
    ends = [end for end in _STAGES if end < len(y)] + [len(y)]
    totals = np.array([w[:end].sum() for end in ends])
    centres = np.array([w[:end] @ target[:end] for end in ends]) / totals
    squares = [w[:end] @ (target[:end] - centre) ** 2 for end, centre in zip(ends, centres, strict=True)]
    return Judge(target, w, w * target, np.array(ends), totals, centres, np.array(squares))


def make_scratch(n_rows: int) -> Scratch:
    """Fresh scratch."""
    return Scratch(*(np.zeros(n_rows) for _ in range(4)))


@inner
def _largest(f, n):  # type: ignore[no-untyped-def]
    """Largest size of a value; inf where one is not finite."""
    largest = 0.0
    for i in range(n):
        if not abs(f[i]) < np.inf:
            return np.inf
        largest = max(largest, abs(f[i]))
    return largest


@inner
def left_over(f, stage, judge, work):  # type: ignore[no-untyped-def]
    """Weighted squares that values leave of the first rows' target, with the best scale and offset there.

    inf where a value is not finite, or where they are constant but for rounding on all rows. Of some rows
    it is a bound: 0 where they do not move clearly enough for one.
    """
    n = judge.ends[stage]
    is_last = stage == len(judge.ends) - 1
    size = dot(f, f, n)
    if not _SMALLEST < size < _LARGEST:
        largest = _largest(f, n)
        if largest == np.inf:
            return np.inf
        if largest > 0.0:
            for i in range(n):
                work.scaled[i] = f[i] / largest
            f = work.scaled
            size = dot(f, f, n)
    deviation, product = work.deviation, work.product
    centre = dot(f, judge.weights, n) / judge.totals[stage]
    for i in range(n):
        deviation[i] = f[i] - centre
        product[i] = deviation[i] * judge.weights[i]
    square = dot(deviation, product, n)
    spread = square / judge.totals[stage]
    if not is_last and not spread > _CLEAR * size:
        return 0.0
    # of all rows' squares the largest is a part
    if not spread > DIGITS * DIGITS * size and not spread > (DIGITS * _largest(f, n)) ** 2:
        return np.inf
    projected = dot(deviation, judge.weighted, n)
    left = judge.squares[stage] - projected * projected / square
    if is_last and left < _NEARLY_EXACT * judge.squares[stage]:
        scale = projected / square
        for i in range(n):
            deviation[i] = judge.target[i] - scale * deviation[i]
            product[i] = deviation[i] * judge.weights[i]
        left = dot(deviation, product, n)
    return left


@kernel
def better_of_pairs(address, operands, first, second, judge, known, work):  # type: ignore[no-untyped-def]
    """The first pair on which an operator leaves less than ``known``, and what; -1 where there is none.

    Parameters
    ----------
    address
        Of the operator's kernel.
    operands
        `Operands`.
    first, second
        Which of them make a pair, int32.
    judge, work
        `Judge` and `Scratch`.
    known
        What is left by another formula: what leaves more of the first rows is not looked at on the others.
    """
    width = 8 * operands.left.shape[1]
    left, right = address_of(operands.left), address_of(operands.right)
    out = address_of(work.values)
    for pair in range(len(first)):
        one, other = left + width * np.int64(first[pair]), right + width * np.int64(second[pair])
        done = 0
        for stage in range(len(judge.ends)):
            _apply(address, one, other, out, done, judge.ends[stage])
            done = judge.ends[stage]
            rest = left_over(work.values, stage, judge, work)
            if stage == len(judge.ends) - 1:
                if rest < known:
                    return pair, rest
            elif rest - _SURE * judge.squares[stage] > known:
                break
    return -1, known


@inner
def _apply(address, one, other, out, begin, end):  # type: ignore[no-untyped-def]
    """Values of an operator from row ``begin`` to ``end``; all by their addresses."""
    while begin < end:
        n = min(BLOCK, end - begin)
        call_forward(address, one + 8 * begin, other + 8 * begin, 0, out + 8 * begin, n)
        begin += n


@kernel
def make_pairs(address, operands, first, second, out):  # type: ignore[no-untyped-def]
    """Values of an operator on pairs, into ``out`` (n, n_rows); the rest as in `better_of_pairs`."""
    n_rows = operands.left.shape[1]
    left, right, target = address_of(operands.left), address_of(operands.right), address_of(out)
    width = 8 * n_rows
    for pair in range(len(first)):
        one, other = left + width * np.int64(first[pair]), right + width * np.int64(second[pair])
        _apply(address, one, other, target + width * pair, 0, n_rows)


@kernel
def describe(values, multipliers, keys, kinds):  # type: ignore[no-untyped-def]
    """Keys of formulas' values, uint64 (n, 2), and their kinds, int8 (n,).

    A key is made of all bits of all values; ``multipliers`` are odd numbers, uint64 (2, n_rows).
    """
    n_rows = values.shape[1]
    for number in range(len(values)):
        f = values[number]
        key, other = _ZERO, _ZERO
        missing, moves = 0, 0
        for i in range(n_rows):
            bits = np.uint64(bits_of(f[i]))
            if f[i] != f[i]:
                bits = _MISSING
                missing = 1
            moves |= f[i] != f[0]
            # numbers of few digits have zeros at the end, where a product keeps them
            bits ^= bits >> _32
            key += bits * multipliers[0, i]
            other += bits * multipliers[1, i]
        keys[number, 0], keys[number, 1] = key, other
        kinds[number] = UNDEFINED if missing else MOVING if moves else CONSTANT


@kernel
def better_of_values(values, judge, known, work):  # type: ignore[no-untyped-def]
    """The first of formulas (n, n_rows) that leaves less than ``known``, and what; -1 where none does."""
    for number in range(len(values)):
        for stage in range(len(judge.ends)):
            rest = left_over(values[number], stage, judge, work)
            if stage == len(judge.ends) - 1:
                if rest < known:
                    return number, rest
            elif rest - _SURE * judge.squares[stage] > known:
                break
    return -1, known


@kernel
def add_keys(table, keys, wanted):  # type: ignore[no-untyped-def]
    """Add keys (n, 2) to a table with room for them, uint64 (2**k, 2); ``wanted`` stays 1 where one is new.

    A place of two zeros is free.
    """
    mask = np.uint64(len(table) - 1)
    added = 0
    for number in range(len(keys)):
        if wanted[number] == 0:
            continue
        one, other = keys[number, 0], keys[number, 1]
        if one == _ZERO and other == _ZERO:
            other = _ONE
        place = (one ^ (one >> _32)) & mask
        while not (table[place, 0] == _ZERO and table[place, 1] == _ZERO):
            if table[place, 0] == one and table[place, 1] == other:
                wanted[number] = 0
                break
            place = (place + _ONE) & mask
        if wanted[number] == 1:
            table[place, 0], table[place, 1] = one, other
            added += 1
    return added
