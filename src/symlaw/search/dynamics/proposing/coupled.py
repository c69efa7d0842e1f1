"""Terms that two columns make together: a mechanism of one times the other, or of a sum or difference.

A predator's share of its prey is ``w u / (a + u)``, an inhibited rate ``w / (a + u**2)``, a coupling of two
phases ``sin(u - w)``, a rate that two substances limit ``u w / (a + u + w)``.
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.parser import parse
from symlaw.search.dynamics.sums import times
from symlaw.search.terms.families import SCANS, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.sparse.writing import Writer
    from symlaw.search.terms.families import Family, Known

    Array = NDArray[np.float64]

# How constants of families are scanned that are tried times another column: of decays, waves and saturations.
_SCANS = ("rate", "positive rate", "frequency", "shift", "pole")
# Values of a scan that are tried, and terms of these kinds at most, as far as values of a scan go.
_SCANNED, _FEWEST_SCANNED, _MOST = 12, 3, 1500
# Columns up to which pairs of them are tried.
_MOST_COLUMNS = 8
# Names of the columns and the constant in a coupling's text.
_FIRST, _SECOND, _CONSTANT = "u", "w", "a"


class Coupling(NamedTuple):
    """A function of two columns.

    Parameters
    ----------
    text
        Of ``u``, ``w`` and, where it has a constant inside, ``a``.
    scan
        How the constant is scanned over the values of ``u + w``: a key of `SCANS`.
    is_symmetric
        Whether it is the same, or has the other sign, when the columns change places.
    needs_positive
        Whether ``u + w`` has to be above 0.
    """

    text: str
    scan: str = ""
    is_symmetric: bool = False
    needs_positive: bool = False


COUPLINGS = (
    Coupling("sin(u - w)", is_symmetric=True), Coupling("cos(u - w)", is_symmetric=True),
    Coupling("u / (u + w)", needs_positive=True),
    Coupling("u * w / (u + w)", is_symmetric=True, needs_positive=True),
    Coupling("1 / (a + (u + w))", "shift", is_symmetric=True), Coupling("u / (a + (u + w))", "shift"),
    Coupling("u * w / (a + (u + w))", "shift", is_symmetric=True),
)  # fmt: skip


def crossed(
    columns: dict[str, Array], names: Sequence[str], families: dict[Family, Known]
) -> Iterator[Expression]:
    """Families with a constant inside, each of one column and times another one.

    Parameters
    ----------
    columns
        Values by name, (n_points,).
    names
        Columns that terms are made of.
    families
        What a language can write.
    """
    pairs = list(permutations(names, 2)) if len(names) <= _MOST_COLUMNS else []
    own = {one: known for one, known in families.items() if one.size == 1 and one.scans[0] in _SCANS}
    count = int(np.clip(_MOST // max(1, len(pairs) * len(own)), _FEWEST_SCANNED, _SCANNED))
    for family, known in own.items():
        for name, other in pairs:
            if not family.suits(columns[name]):
                continue
            for value in _scanned(family.scans[0], columns[name], count):
                inside = Expression(written(known.formula, (Variable(name),), [value]))
                yield times(Expression((Variable(other),)), inside)


def coupled(columns: dict[str, Array], names: Sequence[str], writer: Writer) -> Iterator[Expression]:
    """Functions of two columns at once, as far as a language can write them.

    Parameters
    ----------
    columns
        Values by name, (n_points,).
    names
        Columns that terms are made of.
    writer
        Of the language.
    """
    if len(names) > _MOST_COLUMNS:
        return
    for coupling in COUPLINGS:
        formula = parse(coupling.text)
        if writer.translated(formula.nodes) is None:
            continue
        for name, other in (combinations if coupling.is_symmetric else permutations)(names, 2):
            together = columns[name] + columns[other]
            if coupling.needs_positive and not np.min(together) > 0.0:
                continue
            for value in _scanned(coupling.scan, together, _SCANNED) if coupling.scan else [0.0]:
                places: dict[str, Variable | Constant] = {
                    _FIRST: Variable(name), _SECOND: Variable(other), _CONSTANT: Constant(value),
                }  # fmt: skip
                yield Expression(
                    tuple(places[n.name] if isinstance(n, Variable) else n for n in formula.nodes)
                )


def _scanned(scan: str, column: Array, count: int) -> list[float]:
    """A few values of a scan, spread over it."""
    values = SCANS[scan](column)
    places = np.unique(np.linspace(0, len(values) - 1, min(count, len(values))).astype(int))
    return [float(values[place]) for place in places]
