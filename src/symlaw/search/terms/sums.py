"""Sums of terms: which functions of which columns, with which constants, and what is still unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.families import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


# A column by its number, or some that a function has together.
Place = int | tuple[int, ...]


class Atom(NamedTuple):
    """A family over a column, or over some."""

    family: Family
    column: Place

    @property
    def columns(self) -> tuple[int, ...]:
        """Numbers of its columns."""
        return columns_at(self.column)


def columns_at(place: Place) -> tuple[int, ...]:
    """Numbers of the columns, one or some."""
    return (place,) if isinstance(place, int) else place


class Term(NamedTuple):
    """A product of atoms and, where it is open, of an unknown smooth function of some columns.

    Attributes
    ----------
    atoms
        Known factors; none where all of it is unknown.
    open
        Columns of the unknown factor, in order; empty where nothing is unknown.
    """

    atoms: tuple[Atom, ...] = ()
    open: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Number of its inner constants."""
        return sum(atom.family.size for atom in self.atoms)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing of it is known."""
        return bool(self.open) and not self.atoms

    @property
    def form(self) -> tuple[tuple[Atom, ...], tuple[int, ...]]:
        """The same for terms that differ in the order of factors."""
        return tuple(sorted(self.atoms)), self.open

    def factors(self, constants: Array) -> Iterator[tuple[Atom, Array]]:
        """Atoms with their own of the term's constants."""
        begin = 0
        for atom in self.atoms:
            end = begin + atom.family.size
            yield atom, constants[begin:end]
            begin = end

    def with_factor(self, atom: Atom, rest: tuple[int, ...]) -> Term:
        """The term with a known factor more, and what is unknown beside it."""
        return Term((*self.atoms, atom), rest)


@dataclass(frozen=True)
class Sum:
    """Terms whose coefficients, and constants inside, were fitted.

    Parameters
    ----------
    terms
        The terms; an offset is fitted beside them.
    constants
        Inner constants, one array for each term.
    loss
        Mean square left as a fraction of the target's.
    coefficients
        Of the offset, then of each term, where all is known.
    """

    terms: tuple[Term, ...]
    constants: tuple[Array, ...] = ()
    loss: float = 1.0
    coefficients: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def is_open(self) -> bool:
        """Whether any of it is unknown."""
        return any(term.open for term in self.terms)

    @property
    def form(self) -> tuple[object, ...]:
        """The same for sums that differ in order only."""
        return tuple(sorted(term.form for term in self.terms))

    @property
    def unknown_groups(self) -> tuple[tuple[int, ...], ...]:
        """Columns of each term of which nothing is known."""
        return tuple(term.open for term in self.terms if term.is_unknown)

    @property
    def lean(self) -> Sum:
        """The sum without unknown functions that others contain, not fitted again."""
        needed: list[int] = []
        unknown = [place for place, term in enumerate(self.terms) if term.is_unknown]
        for place in sorted(unknown, key=lambda place: -len(self.terms[place].open)):
            columns = set(self.terms[place].open)
            if not any(columns <= set(self.terms[other].open) for other in needed):
                needed.append(place)
        left = [place for place, term in enumerate(self.terms) if not term.is_unknown or place in needed]
        if len(left) == len(self.terms):
            return self
        return Sum(tuple(self.terms[p] for p in left), tuple(self.constants[p] for p in left))

    def without(self, place: int) -> Sum:
        """The sum without one term, not fitted again."""
        terms, constants = list(self.terms), list(self.constants)
        del terms[place], constants[place]
        return Sum(tuple(terms), tuple(constants))

    def replaced(self, place: int, term: Term, constants: Array) -> Sum:
        """The sum with another term in place of one, not fitted again."""
        terms, every = list(self.terms), list(self.constants)
        terms[place], every[place] = term, constants
        return Sum(tuple(terms), tuple(every))

    def plus(self, *added: tuple[Term, Array]) -> Sum:
        """The sum with more terms, not fitted again."""
        terms, constants = zip(*added, strict=True)
        return Sum((*self.terms, *terms), (*self.constants, *constants))

    def with_flat(self, flat: Array) -> Sum:
        """The sum with other inner constants, given one after the other."""
        ends = list(accumulate((term.size for term in self.terms), initial=0))
        parts = tuple(flat[begin:end] for begin, end in pairwise(ends))
        return Sum(self.terms, parts)

    @property
    def flat(self) -> Array:
        """All inner constants one after the other."""
        return np.concatenate([np.zeros(0), *self.constants])


def unknown(*groups: tuple[int, ...]) -> Sum:
    """A sum of unknown functions, each of some columns, not fitted."""
    return Sum(tuple(Term((), columns) for columns in groups), (np.zeros(0),) * len(groups))
