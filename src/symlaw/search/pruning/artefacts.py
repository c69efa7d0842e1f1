"""Formulas that owe their values to rounding, or to digits of a constant that no data can give.

``1e18 * log(cos(3e-8 * x))`` is a staircase of rounding errors, and ``cos(3e6 * x)`` with its constant to
sixteen digits passes near any rows, as any oscillation does that is too fast for them. Such a formula fits by
accident and is no law, so it never comes to a front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.expression import Constant, Variable, reduced
from symlaw.search.objectives.base import Ability

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression, Leaf
    from symlaw.language.operators import Operator
    from symlaw.search.archive import Archive, Entry
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Values may move by so many units in the last place of the largest target, or by this share of its spread.
_ULPS, _SHARE = 4.0, 1e-9
# Constants are moved by this share, which is beyond the digits that people write; values that then move by
# more than this share of the spread turn on digits that nobody gives.
_BEYOND, _TURN = 1e-8, 1e-4
# Loss from which an oscillation faster than the rows is no law.
_CONVINCING = 1e-6


def sound(entries: list[Entry], archive: Archive, problem: Problem) -> list[Entry]:
    """Entries without those that might come to an archive and owe their values to rounding."""
    return [entry for entry in entries if not archive.would_take(entry) or not is_artefact(entry, problem)]


def is_artefact(entry: Entry, problem: Problem) -> bool:
    """Whether a formula oscillates faster than the rows tell, or lives by what does not matter.

    Then its values move by more than its errors when nothing that matters is changed.

    Its values are computed again with more digits, with constants and columns moved by a unit in the last
    place, and with each constant moved in its eighth digit. Under losses other than least squares errors are
    of unknown size, and only what stands beside them counts.
    """
    columns = dict(zip(problem.language.variables, problem.sample.X, strict=True))
    spread = problem.y_scale
    least = max(_ULPS * float(np.spacing(np.max(np.abs(problem.y)))), _SHARE * spread)
    if problem.offers(Ability.SQUARES):
        least = max(least, spread * float(np.sqrt(max(entry.loss, 0.0))))
    formula = entry.expression
    with np.errstate(all="ignore"):
        if entry.loss > _CONVINCING and outruns_rows(formula, columns, problem.n_rows):
            return True
        there = _values(formula, columns)
        if any(not _largest(other - there) <= least for other in _again(formula, columns)):
            return True
        bound = max(least, _TURN * spread)
        return any(not _largest(other - there) <= bound for other in _turned(formula, columns))


def outruns_rows(formula: Expression, columns: Mapping[str, Array], n_rows: int) -> bool:
    """Whether a part of a formula makes more half turns than its argument takes values.

    At least two rows a turn are needed to tell an oscillation from others (Shannon 1949), unless rows lie
    unevenly and it meets them all.

    Parameters
    ----------
    formula
        The formula.
    columns
        Its columns on some of the rows.
    n_rows
        How many rows there are.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> x = np.linspace(1.0, 6.0, 12)
    >>> [outruns_rows(parse(text), {"x": x}, 12) for text in ("sin(5 * x)", "x * cos(50 * x)")]
    [False, True]
    """
    for row, argument in oscillating(formula, columns):
        different = len(np.unique(argument)) * n_rows / argument.size
        if argument.size > 1 and half_turns(row, argument) > different:
            return True
    return False


def oscillating(formula: Expression, columns: Mapping[str, Array]) -> list[tuple[Operator, Array]]:
    """The operators of a formula whose values come again, each with its argument on the rows."""
    found: list[tuple[Operator, Array]] = []

    def applied(row: Operator, arguments: Sequence[Array]) -> Array:
        if row.period:
            found.append((row, arguments[0]))
        return np.asarray(row.numpy_function(*arguments), dtype=float)

    reduced(formula.nodes, lambda node: _leaf(node, columns), applied)
    return found


def half_turns(row: Operator, argument: Array) -> float:
    """How many half periods of an operator its argument spans."""
    return 2.0 * float(np.ptp(argument)) / row.period


def _again(formula: Expression, columns: Mapping[str, Array]) -> Iterator[Array]:
    """Values with more digits, and with everything moved by a unit in the last place."""
    if np.finfo(np.longdouble).eps < np.finfo(float).eps:
        longer = {name: column.astype(np.longdouble) for name, column in columns.items()}
        yield _values(formula, longer).astype(float)
    up = {name: column + _last_digits(column) for name, column in columns.items()}
    yield _values(formula, up)
    units = _units(formula, columns)
    moved = [c + float(np.spacing(unit)) for c, unit in zip(formula.constants, units, strict=True)]
    yield _values(formula.with_constants(moved), columns)


def _last_digits(column: Array) -> Array:
    """A unit in the last place of each value, or of the spread where that is less: the origin of a clock is
    no error.

    Whole numbers, as those of groups, are exact.
    """
    if np.array_equal(column, np.round(column)):
        return np.zeros(len(column))
    return np.minimum(np.spacing(np.abs(column)), np.spacing(np.ptp(column)))


def _turned(formula: Expression, columns: Mapping[str, Array]) -> Iterator[Array]:
    """Values with one constant each moved beyond the digits that people write."""
    constants = list(formula.constants)
    for place, unit in enumerate(_units(formula, columns)):
        moved = list(constants)
        moved[place] += _BEYOND * unit
        yield _values(formula.with_constants(moved), columns)


def _units(formula: Expression, columns: Mapping[str, Array]) -> list[float]:
    """What each constant is measured by: its size, and in a sum the spread of what it is added to if less.

    So the origin of a clock, or an offset, is no digit too many.
    """
    units: list[float] = []

    def leaf(node: Leaf) -> tuple[Array, int | None]:
        if isinstance(node, Constant):
            units.append(abs(node.value))
            return np.asarray(node.value), len(units) - 1
        return _leaf(node, columns), None

    def applied(row: Operator, arguments: Sequence[tuple[Array, int | None]]) -> tuple[Array, int | None]:
        values = [np.asarray(value) for value, _ in arguments]
        if len(row.coefficients) == 2:
            for (_, place), other in zip(arguments, reversed(values), strict=True):
                if place is not None and np.ndim(other):
                    units[place] = min(units[place], float(np.std(other)))
        return np.asarray(row.numpy_function(*values), dtype=float), None

    reduced(formula.nodes, leaf, applied)
    return units


def _values(formula: Expression, columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Values on rows, in the precision of the columns."""
    kind = next(iter(columns.values())).dtype
    found = reduced(
        formula.nodes,
        lambda node: _leaf(node, columns, kind),
        lambda row, arguments: row.numpy_function(*arguments),
    )
    return np.asarray(found)


def _leaf(node: Leaf, columns: Mapping[str, NDArray[Any]], kind: Any = None) -> NDArray[Any]:
    if isinstance(node, Variable) and node.value is None:
        return columns[node.name]
    return np.asarray(node.value, dtype=kind)


def _largest(moved: NDArray[Any]) -> float:
    return float(np.max(np.abs(np.asarray(moved, dtype=float)), initial=0.0))
