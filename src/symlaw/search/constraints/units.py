"""Formulas that lack a unit, completed by a factor of named constants that has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symlaw.errors import UnitMismatch
from symlaw.knowledge.named_constants import small_products
from symlaw.knowledge.units.analysis import units_of
from symlaw.knowledge.units.dimensions import NONE, raised, times
from symlaw.language.expression import Expression, Variable
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from symlaw.knowledge.units.analysis import Units
    from symlaw.knowledge.units.dimensions import Dimension
    from symlaw.language.expression import Nodes
    from symlaw.language.grammar import Language

    Factors = tuple[tuple[Nodes, Fraction], ...]

# Ways to complete one formula, those of small exponents first.
_WAYS = 2


def completed(formulas: Sequence[Expression], language: Language) -> Iterator[Expression]:
    """Formulas as they are, those that lack a unit with the factors of named constants that have it."""
    completer = completer_of(language)
    for formula in formulas:
        forms = [formula] if completer is None else completer.completions(formula)
        yield from (form for form in forms if form is formula or language.fits(form))


@dataclass(frozen=True)
class Completer:
    """Writes factors of named constants beside formulas.

    Parameters
    ----------
    writer
        Of the language.
    units
        Of its columns and named constants.
    factors
        Products of named constants by dimension, as `factors_by_dimension` gives them.
    """

    writer: Writer
    units: Units
    factors: Mapping[Dimension, list[Factors]]

    def completions(self, formula: Expression) -> list[Expression]:
        """Ways to give a formula the target's dimension."""
        return self.forms(formula, self.units.target.dimension)

    def forms(self, formula: Expression, wanted: Dimension) -> list[Expression]:
        """Ways to give a formula a dimension: the formula itself where it has it or is inconsistent."""
        try:
            found = self.units.dimension(formula)
        except UnitMismatch:
            return [formula]
        if found is None or found == wanted:
            return [formula]
        ways = self.factors.get(times(wanted, found, -1), [])
        written = [self.writer.product(((formula.nodes, Fraction(1)), *factor)) for factor in ways]
        return [Expression(nodes) for nodes in written if nodes is not None]


def completer_of(language: Language) -> Completer | None:
    """The completer of a language; None where named constants can supply nothing."""
    units = units_of(language)
    if units is None or not units.supplied:
        return None
    return Completer(Writer(language), units, factors_by_dimension(units, language))


def factors_by_dimension(units: Units, language: Language) -> dict[Dimension, list[Factors]]:
    """Products of powers of named constants, by dimension."""
    names = list(language.named)
    own = [units.variables[name].dimension if name in units.variables else NONE for name in names]
    found: dict[Dimension, list[Factors]] = {}
    for places, exponents in small_products(len(names)):
        dimension = NONE
        for place, exponent in zip(places, exponents, strict=True):
            dimension = times(dimension, raised(own[place], Fraction(exponent)))
        ways = found.setdefault(dimension, [])
        if len(ways) < _WAYS:
            ways.append(
                tuple(
                    ((Variable(names[place]),), Fraction(exponent))
                    for place, exponent in zip(places, exponents, strict=True)
                )
            )
    return found
