"""Which row of a front to recommend, and which rows to show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.trust.rounding import AS_GOOD
from symlaw.trust.selection.description import EXACT_LOSS, description_length
from symlaw.trust.selection.validation import failing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Entry
    from symlaw.trust.selection.description import Criteria

# Nats by which a more complex formula has to explain the data better, to be shown, and for each node more.
BOUGHT, _NODE = 2.0, 1.0
# Fraction of the whole gain in an objective that complexity has to be worth.
NEAR = 0.01
# Nats behind the shortest description down to which a formula is nearly the likeliest.
_LIKELY = 8.0
# Nats by which a formula is ahead of all longer ones where nothing else is in sight, and the share of the
# largest complexity up to which it is short.
_AHEAD, _SHORT = 5.0, 0.6
# Times the loss of rounding at which a formula is as good as the numbers are written.
_ROUNDED = AS_GOOD**2


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


def is_exact(entry: Entry, criteria: Criteria) -> bool:
    """Whether a formula misses nothing but rounding, and has clearly fewer fitted constants than rows."""
    formula = entry.expression
    enough = criteria.suffices_for(formula) and criteria.pays_for_exactness(formula)
    return entry.loss <= EXACT_LOSS and enough


def recommend(
    front: Sequence[Entry],
    criteria: Criteria,
    *,
    errors: NDArray[np.float64] | None = None,
    lengths: Sequence[float] | None = None,
) -> Recommendation:
    """Choose a row of a front.

    The simplest formula that is exact to rounding if there is one, else the shortest description; never one
    that is clearly worse than a simpler one on rows that the search did not see.

    Parameters
    ----------
    front
        Entries by rising complexity, at least one.
    criteria
        By what they are compared.
    errors
        What errors cost on rows held out, float64 (n_entries, n_held_out), if there are some.
    lengths
        Description lengths of the entries where these are known better than by the losses.
    """
    n_held_out = 0 if errors is None else errors.shape[1]
    failed = failing(errors) if errors is not None and n_held_out else np.zeros(len(front), bool)
    holding = np.flatnonzero(~failed).tolist()
    if lengths is None:
        lengths = [description_length(entry, criteria) for entry in front]
    exact = [place for place in holding if is_exact(front[place], criteria)]
    if exact:
        return Recommendation(
            exact[0], _with_check("the simplest formula that is exact to rounding", n_held_out)
        )
    place = min(holding, key=lengths.__getitem__)
    return Recommendation(place, _reason(front, lengths, place, failed, n_held_out))


def shown(
    front: Sequence[Entry],
    criteria: Criteria,
    *,
    errors: NDArray[np.float64] | None = None,
    lengths: Sequence[float] | None = None,
) -> tuple[list[int], Recommendation]:
    """Places of the rows of a front that are worth showing, and which of these rows is recommended.

    It is the recommended one of the whole front, or a simpler one that is as good; the reason is that of the
    rows that are shown.

    Parameters
    ----------
    front, criteria, errors, lengths
        As in `recommend`.
    """
    if lengths is None:
        lengths = [description_length(entry, criteria) for entry in front]
    able = _up_to_rounding(front, criteria)
    front, lengths = [front[k] for k in able], [lengths[k] for k in able]
    errors = None if errors is None else errors[able]
    best = recommend(front, criteria, errors=errors, lengths=lengths)
    kept = worth_showing(front, best.place, criteria, lengths)
    own = None if errors is None else errors[kept]
    again = recommend([front[k] for k in kept], criteria, errors=own, lengths=[lengths[k] for k in kept])
    return [able[k] for k in kept], again


def _up_to_rounding(front: Sequence[Entry], criteria: Criteria) -> list[int]:
    """Places of the rows up to the first that is as good as the numbers are written, and of exact ones."""
    good = [k for k, entry in enumerate(front) if entry.loss <= _ROUNDED * criteria.floor]
    last = good[0] if good and criteria.floor > EXACT_LOSS else len(front)
    return [k for k, entry in enumerate(front) if k <= last or is_exact(entry, criteria)]


def against_all(entries: Sequence[Entry], lengths: Sequence[float]) -> list[float]:
    """Description lengths, those of constants compared with all other formulas together.

    That the target depends on the columns is as likely as all formulas that say so, of which there may be
    many that the rows do not tell from each other.

    Parameters
    ----------
    entries, lengths
        Formulas, and nats to describe each of them and the data.
    """
    others: dict[float, float] = {}
    for entry, length in zip(entries, lengths, strict=True):
        if entry.expression.variables:
            # formulas of equal losses have equal values
            same = float(f"{entry.loss:.6e}")
            others[same] = min(others.get(same, math.inf), length)
    shortest = min(others.values(), default=math.inf)
    if not math.isfinite(shortest):
        return list(lengths)
    together = math.log(sum(math.exp(shortest - length) for length in others.values()))
    return [
        length if entry.expression.variables else length + together
        for entry, length in zip(entries, lengths, strict=True)
    ]


def _reason(
    front: Sequence[Entry],
    lengths: Sequence[float],
    place: int,
    failed: NDArray[np.bool_],
    n_held_out: int,
) -> str:
    """Why a row is recommended, in terms of the rows of this front."""
    if front[place].loss > 1.0:
        return "the best that was found, though the mean of the target misses less"
    if len(front) == 1:
        return "the only formula found"
    if not math.isfinite(lengths[place]):
        return "the simplest formula: the rows are too few to choose among larger ones"
    shorter = [k for k in range(len(front)) if failed[k] and lengths[k] < lengths[place]]
    if shorter:
        worse = ", ".join(f"{front[k].complexity:g}" for k in shorter)
        return (
            "shortest description of formula and data among those that hold on"
            f" {n_held_out} rows held out, as complexity {worse} does not"
        )
    second = min((k for k in range(len(front)) if k != place), key=lengths.__getitem__)
    if not math.isfinite(lengths[second]):
        return _with_check("the only formula for which the rows are enough", n_held_out)
    gap = lengths[second] - lengths[place]
    reason = (
        "shortest description of formula and data together,"
        f" {gap:.1f} nats ahead of complexity {front[second].complexity:g}"
    )
    return _with_check(reason, n_held_out)


def worth_showing(
    front: Sequence[Entry], recommended: int, criteria: Criteria, lengths: Sequence[float] | None = None
) -> list[int]:
    """Places of the rows that complexity pays for: each explains the data clearly better than the one before.

    Clearly is by `BOUGHT` nats, as one constant more has to gain to be significant (Wilks 1938), and by what
    the best of all formulas of a node more gains by chance where it is not nearly the likeliest of all,
    constants paid for. Nothing follows a formula that is as good as the target's numbers are written, but
    one that reproduces these exactly; nothing has as many fitted constants as there are rows.

    Parameters
    ----------
    front
        Entries by rising complexity.
    recommended
        Place of one that stays in any case, unless a simpler one is as good.
    criteria, lengths
        As in `recommend`.
    """
    if lengths is None:
        lengths = [description_length(entry, criteria) for entry in front]
    likely = min(lengths) + _LIKELY
    if front[0].objective is not None:
        return list(range(len(front)))
    # worse than the best constant, which a template may not allow
    useless = {k for k, one in enumerate(front) if k != recommended and not _is_of_use(one, criteria)}
    kept: list[int] = []
    for place, entry in enumerate(front):
        if place in useless and len(useless) < len(front):
            continue
        last = front[kept[-1]] if kept else None
        price = BOUGHT if last is None or lengths[place] <= likely else _price(entry, last)
        if last is None or (
            entry.loss < last.loss and (place == recommended or _is_paid(entry, last, criteria, price))
        ):
            kept.append(place)
    return kept


def _is_of_use(entry: Entry, criteria: Criteria) -> bool:
    """Whether a formula is better than a constant, and the rows are enough for its constants."""
    if not entry.expression.variables:
        return True
    return entry.loss <= 1.0 and criteria.suffices_for(entry.expression)


def _price(entry: Entry, last: Entry) -> float:
    """Nats that a formula has to gain over the one before to be shown."""
    return BOUGHT + _NODE * (entry.complexity - last.complexity)


def _is_paid(entry: Entry, last: Entry, criteria: Criteria, price: float) -> bool:
    """Whether a formula explains clearly more than the one before, beyond how the numbers are written."""
    if last.loss <= _ROUNDED * criteria.floor:
        return is_exact(entry, criteria)
    gain = criteria.of_data(last.expression, last.loss) - criteria.of_data(entry.expression, entry.loss)
    return gain > price


def settles(front: Sequence[Entry], criteria: Criteria, most: float) -> Entry | None:
    """The formula of a front to recommend, or None where longer ones are still in sight.

    They are where a longer one is about as likely, or where the best is long itself.

    Parameters
    ----------
    front
        Entries by rising complexity.
    criteria
        By what they are compared.
    most
        Largest complexity that may be proposed.
    """
    lengths = [description_length(entry, criteria) for entry in front]
    place = min(range(len(front)), key=lengths.__getitem__)
    best = front[place]
    if best.loss <= _ROUNDED * criteria.floor and criteria.floor > EXACT_LOSS:
        return best
    if best.complexity > _SHORT * most or not math.isfinite(lengths[place]):
        return None
    others = [length for k, length in enumerate(lengths) if k > place]
    return best if min(others, default=math.inf) >= lengths[place] + _AHEAD else None


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
