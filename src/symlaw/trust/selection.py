"""Which row of a front to recommend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symlaw.search.archive import Entry

# Fraction of the target's variance below which what is left is rounding.
EXACT_LOSS = 1e-20


@dataclass(frozen=True)
class Recommendation:
    """The recommended row and the reason in one sentence.

    Parameters
    ----------
    place
        Position on the front.
    reason
        Why this one.
    """

    place: int
    reason: str


def gaussian_length(loss: float, n_rows: int) -> float:
    """Nats for the data by a loss that is a fraction of the target's variance, up to a constant."""
    return 0.5 * n_rows * math.log(max(loss, EXACT_LOSS))


def description_length(
    entry: Entry, n_rows: int, n_symbols: int, data_length: Callable[[float, int], float] = gaussian_length
) -> float:
    """Nats to write down the formula and then the data with its help.

    The formula costs the logarithm of the number of symbols for each node and half a logarithm of
    the number of rows for each constant (Rissanen 1978, 1983); the data cost half a logarithm of the
    loss for each row. With few rows the small-sample term of Hurvich and Tsai (1989) is added,
    counting a third of a parameter for each node, since the search chose those too.
    """
    constants, nodes = len(entry.expression.constants), len(entry.expression.nodes)
    formula = nodes * math.log(n_symbols) + 0.5 * constants * math.log(n_rows)
    parameters = constants + nodes / 3.0
    left = n_rows - parameters - 1.0
    few_rows = parameters * (parameters + 1.0) / left if left > 0 else math.inf
    return formula + few_rows + data_length(entry.loss, n_rows)


def recommend(
    front: Sequence[Entry],
    n_rows: int,
    n_symbols: int,
    data_length: Callable[[float, int], float] = gaussian_length,
) -> Recommendation:
    """Choose a row of a front.

    The simplest formula that is exact to rounding if there is one, else the shortest description.

    Parameters
    ----------
    front
        Entries by rising complexity, at least one.
    n_rows
        Rows they were fitted on.
    n_symbols
        Operators and variables to choose from, at least 2.
    data_length
        Nats for the data by loss and number of rows, as `symlaw.engine.losses.Loss.coder` gives it; of errors
        that are Gaussian by default.
    """
    for place, entry in enumerate(front):
        if entry.loss <= EXACT_LOSS:
            return Recommendation(place, "the simplest formula that is exact to rounding")
    lengths = [description_length(entry, n_rows, n_symbols, data_length) for entry in front]
    if not math.isfinite(min(lengths)):
        return Recommendation(0, "the simplest formula: the rows are too few to choose among larger ones")
    place = min(range(len(front)), key=lengths.__getitem__)
    if len(front) == 1:
        return Recommendation(place, "the only formula found")
    others = [k for k in range(len(front)) if k != place]
    second = min(others, key=lengths.__getitem__)
    gap = lengths[second] - lengths[place]
    return Recommendation(
        place,
        "shortest description of formula and data together,"
        f" {gap:.1f} nats ahead of complexity {front[second].complexity:g}",
    )
