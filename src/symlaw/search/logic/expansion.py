"""An exact formula of any table: divided by one input at a time (Shannon 1938).

It is no short one, but it is right in every row that is given, whatever the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.rules.tree import ODD, Tree, factored, node

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]


def expanded(rows: Truths, truths: Truths, literals: list[tuple[int, int]], *, xor: bool) -> Tree | None:
    """A formula that is right in each row; None where the output is the same in all, or rows contradict.

    Parameters
    ----------
    rows
        Inputs, (n_rows, n_inputs).
    truths
        What is asked, (n_rows,).
    literals
        For each input the numbers of its literal and of the opposite one.
    xor
        Whether exclusive or may be used.
    """
    if truths.all() or not truths.any() or len(np.unique(rows, axis=0)) < len(rows):
        return None
    return factored(_divided(rows, truths, literals, xor=xor))


def _divided(rows: Truths, truths: Truths, literals: list[tuple[int, int]], *, xor: bool) -> Tree:
    """The formula by the input that leaves the two purest halves."""
    held = rows.sum(axis=0)
    usable = np.flatnonzero((held > 0) & (held < len(rows)))
    wrong = [_mixed(truths[rows[:, k]]) + _mixed(truths[~rows[:, k]]) for k in usable]
    place = int(usable[int(np.argmin(wrong))])
    own, other = literals[place]
    high, low = truths[rows[:, place]], truths[~rows[:, place]]
    if high.all() and not low.any():
        return own
    if low.all() and not high.any():
        return other
    if high.all() or not high.any():
        rest = _divided(rows[~rows[:, place]], low, literals, xor=xor)
        return _gate(1 if high.all() else 2, (own if high.all() else other, rest))
    if low.all() or not low.any():
        rest = _divided(rows[rows[:, place]], high, literals, xor=xor)
        return _gate(1 if low.all() else 2, (other if low.all() else own, rest))
    return _two_halves(rows, truths, literals, place, xor=xor)


def _two_halves(
    rows: Truths, truths: Truths, literals: list[tuple[int, int]], place: int, *, xor: bool
) -> Tree:
    own, other = literals[place]
    side = rows[:, place]
    high, low = (_divided(rows[part], truths[part], literals, xor=xor) for part in (side, ~side))
    known = {
        row.tobytes(): truth
        for row, truth in zip(np.delete(rows[~side], place, 1), truths[~side], strict=True)
    }
    pairs = [
        (truth, known[key])
        for row, truth in zip(np.delete(rows[side], place, 1), truths[side], strict=True)
        if (key := row.tobytes()) in known
    ]
    whole = len(pairs) == int(side.sum()) == len(known)
    if whole and xor and all(up != down for up, down in pairs):
        return _gate(ODD, (own, low))
    if whole and all(up >= down for up, down in pairs):
        return _gate(1, (low, _gate(2, (own, high))))
    if whole and all(up <= down for up, down in pairs):
        return _gate(1, (high, _gate(2, (other, low))))
    return _gate(1, (_gate(2, (own, high)), _gate(2, (other, low))))


def _mixed(truths: Truths) -> float:
    """How far some truths are from all being the same."""
    ones = float(truths.sum())
    return ones * (len(truths) - ones) / max(1, len(truths))


def _gate(least: int, parts: tuple[Tree, ...]) -> Tree:
    found = node(least, parts)
    assert found is not None  # an input stands once on each way down
    return found
