"""Which row of a front to recommend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.trust.validation import failing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry

# Nats by which a more complex formula has to explain the data better, to be shown.
BOUGHT = 2.0
# Fraction of the target's variance below which what is left is rounding.
EXACT_LOSS = 1e-20
# Fraction of the whole gain in an objective that complexity has to be worth.
NEAR = 0.01


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
    entry: Entry,
    n_rows: int,
    n_symbols: int,
    data_length: Callable[[float, int], float] = gaussian_length,
    formula_length: Callable[[Expression], float] | None = None,
) -> float:
    """Nats to write down the formula and then the data with its help.

    The formula costs the logarithm of the number of symbols for each node and half a logarithm of
    the number of rows for each constant (Rissanen 1978, 1983); the data cost half a logarithm of the
    loss for each row. With few rows the small-sample term of Hurvich and Tsai (1989) is added,
    counting a third of a parameter for each node, since the search chose those too. A ``formula_length``
    replaces the logarithms of the number of symbols.
    """
    constants, nodes = entry.expression.n_parameters, len(entry.expression.nodes)
    written = nodes * math.log(n_symbols) if formula_length is None else formula_length(entry.expression)
    formula = written + 0.5 * constants * math.log(n_rows)
    return formula + _few_rows(entry, n_rows) + data_length(entry.loss, n_rows)


def _few_rows(entry: Entry, n_rows: int) -> float:
    """What few rows take from the evidence for a formula, in nats; inf where it has as many parameters."""
    parameters = entry.expression.n_parameters + len(entry.expression.nodes) / 3.0
    left = n_rows - parameters - 1.0
    return parameters * (parameters + 1.0) / left if left > 0 else math.inf


def recommend(
    front: Sequence[Entry],
    n_rows: int,
    n_symbols: int,
    data_length: Callable[[float, int], float] = gaussian_length,
    errors: NDArray[np.float64] | None = None,
    formula_length: Callable[[Expression], float] | None = None,
) -> Recommendation:
    """Choose a row of a front.

    The simplest formula that is exact to rounding if there is one, else the shortest description; never one
    that is clearly worse than a simpler one on rows that the search did not see.

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
    errors
        What errors cost on rows held out, float64 (n_entries, n_held_out), if there are some.
    formula_length
        Nats to write down a formula under a prior; symbols are all alike by default.
    """
    n_held_out = 0 if errors is None else errors.shape[1]
    failed = failing(errors) if errors is not None and n_held_out else np.zeros(len(front), bool)
    holding = np.flatnonzero(~failed).tolist()
    lengths = [description_length(entry, n_rows, n_symbols, data_length, formula_length) for entry in front]
    exact = [place for place in holding if front[place].loss <= EXACT_LOSS]
    if exact:
        return Recommendation(
            exact[0], _with_check("the simplest formula that is exact to rounding", n_held_out)
        )
    if not math.isfinite(min(lengths)):
        return Recommendation(0, "the simplest formula: the rows are too few to choose among larger ones")
    if len(front) == 1:
        return Recommendation(0, "the only formula found")
    place = min(holding, key=lengths.__getitem__)
    shorter = [k for k in range(len(front)) if failed[k] and lengths[k] < lengths[place]]
    if shorter:
        worse = ", ".join(f"{front[k].complexity:g}" for k in shorter)
        return Recommendation(
            place,
            "shortest description of formula and data among those that hold on"
            f" {n_held_out} rows held out, as complexity {worse} does not",
        )
    second = min((k for k in range(len(front)) if k != place), key=lengths.__getitem__)
    gap = lengths[second] - lengths[place]
    reason = (
        "shortest description of formula and data together,"
        f" {gap:.1f} nats ahead of complexity {front[second].complexity:g}"
    )
    return Recommendation(place, _with_check(reason, n_held_out))


def by_objective(front: Sequence[Entry]) -> tuple[list[Entry], Recommendation]:
    """Entries of which each has a smaller objective than the simpler ones, and which of them to recommend.

    It is the simplest whose objective is near to the smallest: within `NEAR` of the way there from that of
    the simplest of all. An objective that has a price for complexity is decided by that.
    """
    kept: list[Entry] = []
    for entry in front:
        if not kept or entry.rank < kept[-1].rank:
            kept.append(entry)
    first, least = kept[0].rank, kept[-1].rank
    enough = least + NEAR * (first - least) if math.isfinite(first) else least
    place = next(k for k, entry in enumerate(kept) if entry.rank <= enough)
    return kept, Recommendation(
        place,
        f"the simplest formula whose objective, {kept[place].rank:.6g}, is about the smallest, {least:.6g}",
    )


def _with_check(reason: str, n_held_out: int) -> str:
    return f"{reason}; it holds on {n_held_out} rows held out" if n_held_out else reason


def worth_showing(
    front: Sequence[Entry],
    recommended: int,
    n_rows: int,
    data_length: Callable[[float, int], float] = gaussian_length,
) -> list[int]:
    """Places of the rows that complexity pays for: each explains the data clearly better than the one before.

    Clearly is by `BOUGHT` nats, as one constant more has to gain to be significant (Wilks 1938), and by what
    the small-sample term of `description_length` adds.

    Parameters
    ----------
    front
        Entries by rising complexity.
    recommended
        Place of one that stays in any case, unless a simpler one is as good.
    n_rows, data_length
        As in `recommend`.
    """
    kept: list[int] = []
    if front[0].objective is not None:
        return list(range(len(front)))
    # worse than the best constant, which a template may not allow
    useless = {place for place, entry in enumerate(front) if entry.loss > 1.0 and place != recommended}
    for place, entry in enumerate(front):
        if place in useless and len(useless) < len(front):
            continue
        if not kept:
            kept.append(place)
            continue
        last = front[kept[-1]]
        gain = data_length(last.loss, n_rows) - data_length(entry.loss, n_rows)
        price = BOUGHT + _few_rows(entry, n_rows) - _few_rows(last, n_rows)
        if gain > price or (place == recommended and entry.loss < last.loss):
            kept.append(place)
    return kept
