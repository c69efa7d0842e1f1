"""Functions of one column with constants of their own, of which terms are products.

Each family is what fields write for one mechanism: saturation, decay, a resonance, a wave, a power. Its
constants are scanned over values that make a difference within the column's range, and then fitted.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression, Nodes, Variable
from symlaw.language.operators import operator
from symlaw.language.parser import parse
from symlaw.search.sparse.terms import unary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator
    from symlaw.search.sparse.writing import Writer

    Array = NDArray[np.float64]

# What stands for the column, or columns, and for the constants in a family's text.
COLUMNS, CONSTANTS = ("u", "v", "w"), ("a", "b", "c", "d")
COLUMN = COLUMNS[0]
# A constant this far beyond the values that are scanned makes a simpler family of it.
_BEYOND = 4.0
# Values beyond this are left to none.
_LARGEST = 1e8


class Family(NamedTuple):
    """A function of one column.

    Parameters
    ----------
    text
        In symlaw's language, of ``u`` and of the constants ``a`` and ``b``.
    scans
        How each constant is scanned: a key of `SCANS`.
    needs
        What the column has to be: ``"positive"``, ``"signed"`` (values on both sides of 0) or anything.
    """

    text: str
    scans: tuple[str, ...] = ()
    needs: str = ""

    @property
    def size(self) -> int:
        """Number of constants."""
        return len(self.scans)

    def suits(self, column: Array) -> bool:
        """Whether it is defined over a column, and not the same as another family there."""
        least, most = float(np.min(column)), float(np.max(column))
        return {"positive": least > 0.0, "signed": least < 0.0 < most}.get(self.needs, True)


class Known(NamedTuple):
    """What a language makes of a family.

    Attributes
    ----------
    formula
        Of the column and the constants.
    cost
        Its complexity.
    """

    formula: Expression
    cost: float

    def values(self, column: Array, constants: Sequence[float] | Sequence[Array] | Array) -> Array:
        """Values, float64 (n_rows,), over a column (n_rows,), or some (n, n_rows).

        Constants are (size,), or (size, n_rows).
        """
        given = dict(zip(COLUMNS, np.atleast_2d(column), strict=False))
        return reference.values(self.formula, given | dict(zip(CONSTANTS, constants, strict=False)))

    def table(self, column: Array, constants: Array) -> Array:
        """Values for each of some constants (n, size), float64 (n, n_rows)."""
        # functions of users may know columns only, not arrays of them
        n_rows = column.shape[-1]
        given: list[Array] = [np.repeat(one, n_rows) for one in constants.T]
        every = np.tile(column, len(constants))
        return self.values(every, given).reshape(len(constants), n_rows)


def _geometric(low: float, high: float, count: int) -> Array:
    return np.asarray(np.geomspace(low, high, count), dtype=float)


def _size(u: Array) -> float:
    return float(np.max(np.abs(u)))


def _rates(u: Array) -> Array:
    rates = _geometric(0.15, 25.0, 24) / _size(u)
    return np.concatenate([-rates[::-1], rates])


def _positive_rates(u: Array) -> Array:
    return _geometric(0.1, 30.0, 24) / _size(u)


def _square_rates(u: Array) -> Array:
    return _geometric(0.1, 60.0, 24) / _size(u) ** 2


def _frequencies(u: Array) -> Array:
    return np.linspace(0.25, 30.0, 60) * (np.pi / 2.0) / float(np.ptp(u))


def _energies(u: Array) -> Array:
    sizes = _geometric(0.3, 45.0, 20) * float(np.min(np.abs(u)))
    return np.concatenate([-sizes[::-1], sizes])


def _positive_energies(u: Array) -> Array:
    return _geometric(0.1, 15.0, 20) * float(np.median(np.abs(u)))


def _shifts(u: Array) -> Array:
    least = float(np.min(u))
    if least >= 0.0:
        return _geometric(0.02, 10.0, 20) * _size(u)
    return _geometric(0.01, 10.0, 20) * float(np.ptp(u)) - least


def _square_shifts(u: Array) -> Array:
    return _geometric(0.003, 10.0, 20) * _size(u) ** 2


def _poles(u: Array) -> Array:
    """Beside the square shifts those with a pole between 0 and the least value."""
    least, most = float(np.min(u**2)), float(np.max(u**2))
    inside = -np.linspace(0.05, 0.98, 12) * least if least > 0.01 * most else np.zeros(0)
    return np.concatenate([_square_shifts(u), inside])


def _exponents(u: Array) -> Array:
    every = np.linspace(-3.0, 4.0, 36)
    return every[np.abs(every) > 0.05]


def _centres(u: Array) -> Array:
    return np.linspace(float(np.min(u)), float(np.max(u)), 12)


def _widths(u: Array) -> Array:
    return (_geometric(0.03, 1.0, 10) * float(np.ptp(u))) ** 2


def _halves(u: Array) -> Array:
    return _geometric(0.03, 3.0, 8) * _size(u)


def _inhibitions(u: Array) -> Array:
    return _geometric(0.1, 10.0, 8) / _size(u)


def _spreads(q: Array) -> Array:
    """Rates of what falls with a sum of squares."""
    return _geometric(0.4, 150.0, 8) / _size(q)


def _cores(q: Array) -> Array:
    """What is added to a sum of squares."""
    return _geometric(3e-4, 1.0, 7) * _size(q)


SCANS: dict[str, Callable[[Array], Array]] = {
    "rate": _rates, "positive rate": _positive_rates, "square rate": _square_rates,
    "frequency": _frequencies, "energy": _energies, "positive energy": _positive_energies,
    "shift": _shifts, "square shift": _square_shifts, "pole": _poles, "exponent": _exponents,
    "centre": _centres, "width": _widths, "half": _halves, "inhibition": _inhibitions,
    "spread": _spreads, "core": _cores,
}  # fmt: skip
# Constants that say where, not how much; this near to 0, as a share of the column's range, they are 0.
_PLACES, _NO_PLACE = ("centre",), 1e-3

FAMILIES = (
    Family("u"), Family("u**2"), Family("u**3"), Family("1 / u"), Family("1 / u**2"),
    Family("abs(u)", (), "signed"), Family("u * abs(u)", (), "signed"),
    Family("sqrt(u)", (), "positive"), Family("log(u)", (), "positive"), Family("u * log(u)", (), "positive"),
    Family("pow(u, a)", ("exponent",), "positive"),
    Family("exp(a * u)", ("rate",)), Family("u * exp(a * u)", ("rate",)),
    Family("exp(a / u)", ("energy",), "positive"),
    Family("exp(-(a * abs(u)))", ("positive rate",), "signed"),
    Family("u * exp(-(a * abs(u)))", ("positive rate",), "signed"),
    Family("exp(-(a * u**2))", ("square rate",)), Family("exp(-((u - a)**2 / b))", ("centre", "width")),
    Family("1 / ((u - a)**2 + b)", ("centre", "width")),
    Family("1 / (a + u)", ("shift",)), Family("u / (a + u)", ("shift",)),
    Family("1 / (a + u**2)", ("pole",)), Family("u / (a + u**2)", ("pole",)),
    Family("u**2 / (a + u**2)", ("pole",)),
    Family("u / (a + u + b * u**2)", ("half", "inhibition"), "positive"),
    Family("sin(a * u)", ("frequency",)), Family("cos(a * u)", ("frequency",)),
    Family("tanh(a * u)", ("positive rate",)),
    Family("log(a + u)", ("shift",)), Family("log(a + u**2)", ("square shift",)),
    Family("sqrt(a + u**2)", ("square shift",)), Family("1 / sqrt(a + u**2)", ("square shift",)),
    Family("u / sqrt(a + u**2)", ("square shift",)),
    Family("1 / (exp(a * u) - 1)", ("positive rate",), "positive"),
    Family("1 / (exp(a / u) - 1)", ("positive energy",), "positive"),
)  # fmt: skip
# Powers that go together: whole polynomials are tried at once.
POLYNOMIALS = ((FAMILIES[0], FAMILIES[1]), FAMILIES[:3])


def families_of(writer: Writer) -> dict[Family, Known]:
    """Those that a language can write, and its further functions of one argument."""
    named = {row for family in FAMILIES for row in parse(family.text).operators}
    own = {row.name: row for row in unary(writer.language) if row not in named}
    added = [Family(f"{name}(u)") for name in own]
    added += [Family(f"{name}(a * u)", ("positive rate",)) for name in own]
    return known_of((*FAMILIES, *added), writer, own)


def known_of(families: Iterable[Family], writer: Writer, own: Mapping[str, Operator]) -> dict[Family, Known]:
    """Those of some families that a language can write, with its ``own`` functions."""
    found = {}
    for family in families:
        # where a language has no sign of sizes
        texts = dict.fromkeys((family.text, family.text.replace("abs(u)", "sqrt(u**2)")))
        for text in texts:
            formula = parse(text, (*COLUMNS, *CONSTANTS), lambda name, _: own.get(name) or operator(name))
            variables: list[Nodes] = [(Variable(name),) for name in COLUMNS]
            nodes = writer.translated(written(formula, variables[0], [1.37] * family.size, *variables[1:]))
            if nodes is not None:
                found[family] = Known(formula, writer.cost(nodes))
                break
    return found


def written(formula: Expression, column: Nodes, constants: Sequence[float], *more: Nodes) -> Nodes:
    """A family's formula over a column, and more columns where it has them, with constants."""
    places = dict(zip(COLUMNS, (column, *more), strict=False))
    places |= {name: (Constant(float(value)),) for name, value in zip(CONSTANTS, constants, strict=False)}
    return tuple(
        part
        for node in formula.nodes
        for part in (places[node.name] if isinstance(node, Variable) else (node,))
    )


class Grid(NamedTuple):
    """Values of a family over a column for all constants that are scanned.

    Attributes
    ----------
    constants
        float64 (n, size).
    values
        On the rows asked for, float64 (n, n_scanned), finite, the largest of each 1.
    least, most
        Bounds of the constants' sizes: beyond them the family is as good as a simpler one; float64 (size,).
    """

    constants: Array
    values: Array
    least: Array
    most: Array


def grid_of(family: Family, known: Known, column: Array, rows: slice = slice(None)) -> Grid:
    """Scan a family over a column, with its values on some rows."""
    return grid_over([SCANS[scan](column) for scan in family.scans], family, known, column, rows)


def grid_over(axes: list[Array], family: Family, known: Known, columns: Array, rows: slice) -> Grid:
    """A family over a column, or some, for all values of each of its constants."""
    every = list(product(*axes))
    constants = np.array(every, dtype=float).reshape(len(every), family.size)
    with np.errstate(all="ignore"):
        values = known.table(columns[..., rows], constants)
        largest = np.max(np.abs(values), axis=1)
        spread = np.std(values, axis=1)
        good = np.isfinite(largest) & (largest < _LARGEST) & (spread > 1e-9 * largest)
    sizes = [np.abs(axis[axis != 0.0]) for axis in axes]
    least = [
        _NO_PLACE * float(np.ptp(columns)) if scan in _PLACES else float(np.min(size)) / _BEYOND
        for scan, size in zip(family.scans, sizes, strict=True)
    ]
    most = [float(np.max(size, initial=0.0)) * _BEYOND for size in sizes]
    return Grid(constants[good], values[good] / largest[good, None], np.array(least), np.array(most))
