"""Which columns act together: a target as a sum of unknown functions, each of few columns.

A functional analysis of variance (Hoeffding 1948; smoothing splines: Gu 2013), chosen forward: functions of
single columns first, then pairs, triples, as long as they help on rows that were not fitted.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.terms.flexible import Detail, Flexible
from symlaw.search.terms.sums import unknown

if TYPE_CHECKING:
    from symlaw.search.terms.fitting import Ground, Projection
    from symlaw.search.terms.sums import Sum

# Most columns of one unknown function, most coefficients for each row, and what a function gains in loss.
_MOST, _DENSEST, _GAIN = 4, 0.4, 1.4
_PAIR, _MOST_FUNCTIONS = 2, 300
# Detail is looked for where columns are few, or little is left.
_FEW, _NEAR = 3, 0.03
# Unknown functions that leave no more than this leave nothing.
_EXACT = 1e-8
# Others that are nearly as good, as happens on rows along a curve: how many, and their factor of loss.
_RIVALS, _NEARLY = 2, 1.5


def separated(ground: Ground) -> list[Sum]:
    """Sums of unknown functions of as few columns as will do, the best first; none where none has values.

    Columns that need more functions for what is unknown have them from now on.
    """
    if ground.columns.on_curve:
        return _along(ground)
    columns = range(len(ground.X))
    additive = ground.fit(unknown(*((column,) for column in columns)), 0)
    found = [] if additive is None else [additive]
    for size in range(2, min(_MOST, len(columns)) + 1):
        while found and (before := ground.expected_loss(found[0])) > _EXACT:
            more = _with_a_group(ground, found[0], size)
            least = ground.expected_loss(more[0]) if more else before
            if _in_detail(ground, found[0], min(least, before / _GAIN)):
                found = sorted(ground.fit_each(found, 0), key=ground.expected_loss)
                continue
            if before < _GAIN * least:
                break
            found = [one for one in more[: 1 + _RIVALS] if ground.expected_loss(one) <= _NEARLY * least]
    return found


def _along(ground: Ground) -> list[Sum]:
    """The sum of unknown functions of single columns that do not tell the place on the curve.

    Not in more detail: polynomials of high degrees could be any function of the place.
    """
    ground.use(Flexible(ground.X, Detail.on_curve(ground.X)))
    begun = ground.fit(unknown(*((column,) for column in ground.columns.folding)), 0)
    return [] if begun is None else [begun]


def _in_detail(ground: Ground, one: Sum, most: float) -> bool:
    """Have more functions of a column stand for what is unknown, where the loss is below ``most`` then."""
    before, best = ground.flexible, None
    if len(ground.X) > _FEW and ground.expected_loss(one) > _NEAR:
        return False
    for detail in before.detail.further(ground.X):
        ground.use(Flexible(ground.X, detail))
        tried = None if _is_dense(ground, one) else ground.fit(one, 0)
        loss = most if tried is None else ground.expected_loss(tried)
        if loss < most:
            best, most = ground.flexible, loss
    ground.use(best or before)
    return best is not None


def _with_a_group(ground: Ground, one: Sum, size: int) -> list[Sum]:
    """Sums with an unknown function more, of some number of columns; the best first.

    Where columns are many, three or more of them act together only where all but one do.
    """
    known = [set(columns) for columns in one.unknown_groups]
    groups = [
        group
        for group in combinations(range(len(ground.X)), size)
        if not any(set(group) <= one for one in known)
        and (
            size == _PAIR or len(ground.X) <= _MOST or any(len(one & set(group)) == size - 1 for one in known)
        )
    ]
    groups = [g for g in groups if not _is_dense(ground, unknown(*one.unknown_groups, g))]
    now = ground.projected(one)
    gains = {} if now is None else {group: _gain(ground, one, now, group) for group in groups}
    likely = sorted(gains, key=lambda group: -gains[group])[: 1 + _RIVALS]
    fitted = ground.fit_each((unknown(*one.unknown_groups, group) for group in likely), 0)
    return sorted(fitted, key=ground.expected_loss)


def _gain(ground: Ground, one: Sum, now: Projection, group: tuple[int, ...]) -> float:
    """By how much the loss falls with an unknown function more, for each row that it leaves free."""
    before = len(ground.flexible.alone(one.unknown_groups))
    added = ground.flexible.alone((*one.unknown_groups, group))[before:] * ground.root
    basis, _ = np.linalg.qr(now.beyond(added.T))
    ground.work += added.size * (4 + (before + len(added)) // 16)
    along = basis.T @ now.residual
    left = max(now.loss - float(along @ along), 1e-28)
    return now.loss / left * (1.0 - len(added) / ground.n_rows) ** 2


def _is_dense(ground: Ground, one: Sum) -> bool:
    return ground.freedom(one.lean) >= min(_DENSEST * ground.n_rows, _MOST_FUNCTIONS)
