"""Columns of very wide tables: those that say most alone, and those that say most beside a rule.

A column that matters only where another one holds says little by itself, and thousands that play no part say
more by chance. So columns are looked at again in the rows that a first rule leaves to be told: where it
follows a part of it, what the best cut of each column tells of these rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import unpacked
from symlaw.engine.compiling.jit import kernel
from symlaw.language.rules.literals import is_missing, numbers
from symlaw.search.rules.tree import places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns
    from symlaw.search.rules.growth import Ground
    from symlaw.search.rules.tree import Tree

    Truths = NDArray[np.bool_]
    Floats = NDArray[np.float64]

# Columns of which literals are made.
MOST_COLUMNS = 200
# Of tables with more: columns that say most alone, and beside a rule.
_ALONE, _BESIDE = 60, 60
# Literals that are tried as the other half of a pair with a column.
_HALVES = 6
# Rows times questions that are looked at in one call, so that it stays short.
_CALL = 1e7


class Orders(NamedTuple):
    """Columns as orders of their rows.

    Attributes
    ----------
    names
        The columns.
    rows
        Rows by rising value, those of missing cells first, int32 (n_columns, n_rows).
    ends
        Whether the next row has another value, (n_columns, n_rows).
    """

    names: tuple[str, ...]
    rows: NDArray[np.int32]
    ends: Truths


def orders_of(columns: Columns, target: Truths, weights: Floats) -> Orders:
    """The orders of columns; labels are ordered by their share of the target."""
    n = len(target)
    rows, ends = np.zeros((len(columns), n), np.int32), np.zeros((len(columns), n), bool)
    for number, values in enumerate(columns.values()):
        if values.dtype == object:
            _, column = np.unique(["" if cell is None else cell for cell in values], return_inverse=True)
            share = np.bincount(column, weights * target) / np.bincount(column, weights)
            column = np.argsort(np.argsort(share))[column].astype(float)
        else:
            column = np.where(is_missing(values), -np.inf, numbers(values))
        order = np.argsort(column, kind="stable")
        rows[number] = order
        ends[number, :-1] = column[order][1:] > column[order][:-1]
    return Orders(tuple(columns), rows, ends)


@kernel
def best_cuts(rows, ends, right, both, scratch, out):  # type: ignore[no-untyped-def]
    """How far the best cut of each column is from chance (chi squared), the most of all questions, into out.

    ``rows`` and ``ends`` are (m, n); ``right`` and ``both`` (n, q), what rows to be told right, and all rows
    to be told, weigh; ``scratch`` (3, q), ``out`` (m,). Cuts that chance would give less than one row of
    either kind are left out.
    """
    p, w, best = scratch[0], scratch[1], scratch[2]
    n_questions = right.shape[1]
    for column in range(len(rows)):
        p[:] = 0.0
        w[:] = 0.0
        best[:] = 0.0
        for k in range(rows.shape[1]):
            row = rows[column, k]
            for one in range(n_questions):
                p[one] += right[row, one]
                w[one] += both[row, one]
            if not ends[column, k]:
                continue
            for one in range(n_questions):
                # `both` and `right` have their sums over all rows in the row after the last
                whole, every = both[-1, one], right[-1, one]
                rest = whole - w[one]
                less = p[one] * whole - w[one] * every
                enough = min(w[one], rest) * min(every, whole - every) >= whole
                far = less * less / max(w[one] * rest, 1e-300) if enough else 0.0
                best[one] = max(best[one], far)
        for one in range(n_questions):
            whole, every = both[-1, one], right[-1, one]
            if 0.0 < every < whole:
                out[column] = max(out[column], best[one] * whole / (every * (whole - every)))


def distances(orders: Orders, signed: Floats, is_late: Callable[[], bool] = lambda: False) -> Floats:
    """How far the best cut of each column is from chance in any question, (n_columns,).

    ``signed`` (n_questions, n_rows) is what each row weighs, negative where a literal should not hold.
    Columns that are not reached in time are at 0.
    """
    right, both = (
        np.ascontiguousarray(np.column_stack([rows, rows.sum(axis=1)]).T)
        for rows in (np.maximum(signed, 0.0), np.abs(signed))
    )
    out = np.zeros(len(orders.names))
    few = max(1, int(_CALL // signed.size))
    for first in range(0, len(out), few):
        if first and is_late():
            break
        own = slice(first, first + few)
        best_cuts(orders.rows[own], orders.ends[own], right, both, np.zeros((3, len(signed))), out[own])
    return out


def best_alone(orders: Orders, target: Truths, weights: Floats) -> tuple[str, ...]:
    """The columns whose best single cut, or commonest labels, say most about the target, in their order."""
    return _best(orders, distances(orders, np.where(target, weights, -weights)[None]), _ALONE)


def _best(orders: Orders, far: Floats, most: int) -> tuple[str, ...]:
    kept = np.sort(np.argsort(-far, kind="stable")[:most])
    return tuple(orders.names[place] for place in kept.tolist() if far[place] > 0.0)


def beside(
    orders: Orders, ground: Ground, trees: Sequence[Tree], signed: Floats, is_late: Callable[[], bool]
) -> tuple[str, ...]:
    """The columns that say most of the rows that rules leave to be told.

    Parameters
    ----------
    orders
        All columns.
    ground
        What the rules are made of.
    trees
        The rules.
    signed
        What each row weighs, negative where a rule should not hold, (n_rows,).
    is_late
        Whether to stop with the columns that were looked at.
    """
    questions: list[Floats] = []
    for tree in trees:
        for place in places(tree, ground.words):
            up, down, inside = (unpacked(words, len(signed)) for words in (place.up, place.down, place.value))
            follows = signed * (up.astype(float) - down)
            # a literal beside the part is told by the rows without it, one within it by the others
            outside, held = np.where(inside, 0.0, follows), np.where(inside, follows, 0.0)
            questions += [outside, held]
            if not place.path:
                questions += [outside * half for half in _halves(ground, outside)]
                questions += [held * (1.0 - half) for half in _halves(ground, -held)]
    if not questions:
        return ()
    return _best(orders, distances(orders, np.unique(np.array(questions), axis=0), is_late), _BESIDE)


def _halves(ground: Ground, follows: Floats) -> list[Floats]:
    """Literals that hold in the likeliest of some rows, of which another literal is to choose, as 0 and 1."""
    n, rows = len(ground.costs), len(follows)
    truths = unpacked(ground.words[:n], rows)
    right, wrong = truths @ np.maximum(follows, 0.0), truths @ np.maximum(-follows, 0.0)
    both = max(float(np.abs(follows).sum()), 1e-300)
    share = max(float(np.maximum(follows, 0.0).sum()) / both, 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        merit = np.where(right > 0.0, right * np.log2(right / (right + wrong) / share), 0.0)
    order = np.argsort(-merit, kind="stable")[:_HALVES]
    return [truths[place].astype(float) for place in order.tolist() if merit[place] > 0.0]
