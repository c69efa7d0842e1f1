"""Sums of which all is known, with one function exchanged for another that does about as well.

Under noise several families leave as much, and which of them makes the shortest description is decided on
all rows, in the formulas that they are written as; so all of them are proposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.scanning import best_of_each
from symlaw.search.terms.sums import Atom, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symlaw.search.terms.fitting import Ground

# Families that are tried in the place of one, steps of their fits, and nats by which the sum may be worse.
_TRIED, _STEPS, _ALIKE = 6, 10, 12.0


class Exchange(NamedTuple):
    """A function in a sum that others are tried in the place of: its term, and its place there."""

    one: Sum
    place: int
    number: int


def exchanges_of(one: Sum) -> Iterator[Exchange]:
    """All functions of a sum."""
    for place, term in enumerate(one.terms):
        for number in range(len(term.atoms)):
            yield Exchange(one, place, number)


def exchanged(ground: Ground, asked: Exchange, floor: float) -> list[Sum]:
    """The sum with other functions in the place of one, those that leave about as much, fitted."""
    one, place, number = asked
    factors = list(one.terms[place].factors(one.constants[place]))
    (family, column), _ = factors.pop(number)
    rest = one.without(place)
    # a constant is left where nothing else is
    base = ground.fit(rest, 0) if rest.terms else rest
    now = None if base is None else ground.projected(base)
    if now is None:
        return []
    atoms = tuple(atom for atom, _ in factors)
    own = np.concatenate([np.zeros(0), *(constants for _, constants in factors)])
    known = ground.known(Term(atoms), own)
    beside = (known / np.max(np.abs(known)) * ground.root)[None]
    found = []
    for other, constants in best_of_each(ground, ground.columns.scan(column), now, beside)[:_TRIED]:
        if other == family:
            continue
        term = Term((*atoms, Atom(other, column)))
        fitted = ground.fit(one.replaced(place, term, np.concatenate([own, constants])), _STEPS, floor)
        if fitted is not None and ground.nats_above(fitted, one) < _ALIKE:
            found.append(fitted)
    return found
