"""Named numbers of known right sides, such as m in ``F / m - k * x``: found roughly on weak forms.

Later they are fitted through the solver with all other constants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import least_squares

from symlaw.engine import reference
from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.engine.flows.around import Around
    from symlaw.language.expression import Nodes
    from symlaw.search.dynamics.measured.weak import Windows

    Array = NDArray[np.float64]

# Values that are tried first, over so many powers of ten either way, and those of them that are fitted.
_DRAWN, _POWERS, _FITTED, _STEPS = 200, 3.0, 5, 60
# Highest powers that an unknown part is taken to have while numbers are looked for.
_DEGREE = 3
# A number is not told from an unknown part that leaves less than this share of what it changes.
_TOLD = 1e-5
_NOWHERE = 1e6


class Number(NamedTuple):
    """A number of known right sides that is fitted.

    Attributes
    ----------
    name
        What the user calls it.
    places
        The equations and nodes where it stands, those behind an unknown part counted from the end.
    is_own
        Whether each group of runs has a value of its own.
    begins
        Values of each group to begin with, where it has.
    """

    name: str
    places: tuple[tuple[int, int], ...]
    is_own: bool = False
    begins: tuple[float, ...] = ()


def values_of(numbers: Sequence[Number], right_sides: Sequence[Expression]) -> list[float]:
    """Values of numbers in whole right sides."""
    found = []
    for one in numbers:
        equation, place = one.places[0]
        found.append(float(right_sides[equation].nodes[place].value))  # type: ignore[union-attr, arg-type]
    return found


def renumbered(
    numbers: Sequence[Number],
    values: Sequence[float] | Array,
    equations: tuple[Expression, ...],
    around: tuple[Around, ...],
) -> tuple[tuple[Expression, ...], tuple[Around, ...]]:
    """Equations, and what is known around them, with other values of numbers."""
    if not numbers:
        return equations, around
    whole, outer = list(equations), list(around)
    for one, value in zip(numbers, values, strict=True):
        for equation, place in one.places:
            if outer and (outer[equation].before or outer[equation].after):
                outer[equation] = _around_with(outer[equation], place, value)
            else:
                whole[equation] = Expression(_with(whole[equation].nodes, place, value))
    return tuple(whole), tuple(outer)


def _with(nodes: Nodes, place: int, value: float) -> Nodes:
    found = list(nodes)
    found[place] = Constant(float(value))
    return tuple(found)


def _around_with(around: Around, place: int, value: float) -> Around:
    if place < 0:
        return around._replace(after=_with(around.after, place, value))
    return around._replace(before=_with(around.before, place, value))


@dataclass(frozen=True)
class Partly:
    """A known right side with numbers in it, and perhaps an unknown part.

    Parameters
    ----------
    state
        Its place.
    name
        Of the state.
    whole
        The right side, or what is known around its unknown part.
    arguments
        Columns of the unknown part; nothing where there is none.
    """

    state: int
    name: str
    whole: Expression | Around
    arguments: tuple[str, ...] = ()

    def with_values(self, numbers: Sequence[Number], values: Sequence[float] | Array) -> Partly:
        """The same with other values of numbers."""
        own = [(value, place) for one, value in zip(numbers, values, strict=True)
               for equation, place in one.places if equation == self.state]  # fmt: skip
        whole = self.whole
        for value, place in own:
            if isinstance(whole, Expression):
                whole = Expression(_with(whole.nodes, place, value))
            else:
                whole = _around_with(whole, place, value)
        return replace(self, whole=whole)

    def value(self, columns: Mapping[str, Array], part: float) -> Array:
        """Values of the right side, a number standing for the unknown part."""
        whole = self.whole
        if not isinstance(whole, Expression):
            whole = whole.whole(Expression((Constant(part),)))
        n_points = len(next(iter(columns.values())))
        return np.asarray(reference.values(whole, columns) * np.ones(n_points))


class _Weak:
    """What weak forms leave of the rates of partly known right sides."""

    def __init__(
        self, numbers: Sequence[Number], parts: Sequence[Partly], columns: Mapping[str, Array],
        windows: Sequence[Windows],
    ) -> None:  # fmt: skip
        self.numbers, self.parts, self.columns, self.windows = numbers, parts, columns, windows
        self._powers = [_powers(columns, one.arguments) if one.arguments else None for one in parts]

    def left(self, values: Array) -> Array:
        """What no unknown part takes up, as shares of the rates."""
        found = []
        with np.errstate(all="ignore"):
            for one, powers in zip(self.parts, self._powers, strict=True):
                own = one.with_values(self.numbers, values)
                offset = own.value(self.columns, 0.0)
                factor = None if powers is None else own.value(self.columns, 1.0) - offset
                for window in self.windows:
                    target = window.targets[:, one.state]
                    rest = target - window.seen(offset)
                    if powers is not None and factor is not None:
                        rest = _without(window.seen(factor[:, None] * powers), rest)
                    found.append(rest / max(float(np.linalg.norm(target)), 1e-300))
        each = np.concatenate(found)
        return np.nan_to_num(np.clip(each, -_NOWHERE, _NOWHERE), nan=_NOWHERE)

    def changed(self, values: Array) -> Array:
        """The right sides as they are seen, 1 standing for unknown parts, in the same shares."""
        found = []
        with np.errstate(all="ignore"):
            for one in self.parts:
                whole = one.with_values(self.numbers, values).value(self.columns, 1.0)
                for window in self.windows:
                    size = max(float(np.linalg.norm(window.targets[:, one.state])), 1e-300)
                    found.append(window.seen(whole) / size)
        return np.nan_to_num(np.concatenate(found))


def estimated(
    numbers: Sequence[Number],
    parts: Sequence[Partly],
    columns: Mapping[str, Array],
    windows: Sequence[Windows],
) -> Array:
    """Values of numbers that the weak forms of their equations speak for, (n_numbers,).

    Parameters
    ----------
    numbers
        What is looked for.
    parts
        The equations where they stand.
    columns
        Values along the trajectories.
    windows
        Test functions on them.

    Raises
    ------
    InvalidSetting
        When no values make the equations defined, or an unknown part takes a number up.
    """
    weak = _Weak(numbers, parts, columns, windows)
    best, cost = None, np.inf
    for start in _starts(weak, len(numbers)):
        fit = least_squares(weak.left, start, x_scale="jac", max_nfev=_STEPS)
        if fit.cost < cost and np.all(np.isfinite(fit.x)):
            best, cost = np.asarray(fit.x), float(fit.cost)
    if best is None or cost > _NOWHERE:
        names = ", ".join(one.name for one in numbers)
        raise InvalidSetting(
            f"no values of {names} make the known equation of {parts[0].name!r} defined all along the"
            " trajectories: write it so that it is"
        )
    _check_told(weak, best)
    return best


def _starts(weak: _Weak, count: int) -> list[Array]:
    """The best of values drawn over many powers of ten, of both signs, the same each time."""
    generator = np.random.Generator(np.random.Philox(key=count))
    sizes = 10.0 ** generator.uniform(-_POWERS, _POWERS, (_DRAWN, count))
    drawn = [np.full(count, 0.9), *(sizes * generator.choice([1.0, 1.0, -1.0], (_DRAWN, count)))]
    costs = [float(np.sum(weak.left(one) ** 2)) for one in drawn]
    order = np.argsort(costs, kind="stable")[:_FITTED]
    return [drawn[0], *(drawn[k] for k in order if k)]


def _check_told(weak: _Weak, values: Array) -> None:
    """Refuse numbers that the weak forms do not tell from an unknown part, or tell nothing of."""
    for k, (one, value) in enumerate(zip(weak.numbers, values, strict=True)):
        step = np.zeros(len(values))
        step[k] = 1e-4 * max(abs(value), 1e-3)
        left, whole = (
            float(np.linalg.norm(seen(values + step) - seen(values - step)))
            for seen in (weak.left, weak.changed)
        )
        if left > _TOLD * whole:
            continue
        own = next(part for part in weak.parts if any(part.state == at for at, _ in one.places))
        if not isinstance(own.whole, Expression):
            raise InvalidSetting(
                f"{one.name} in the known equation of {own.name!r} cannot be told from"
                f" {own.whole.name}({', '.join(own.arguments)}), which takes it up: leave it out, or give its"
                " number"
            )
        raise InvalidSetting(
            f"{one.name} in the known equation of {own.name!r} changes nothing along the trajectories: leave"
            " it out, or give its number"
        )


def _powers(columns: Mapping[str, Array], names: Sequence[str]) -> Array:
    """Products of columns up to a degree, (n_points, n_products)."""
    scaled = [columns[name] / max(float(np.max(np.abs(columns[name]))), 1e-300) for name in names]
    found = [np.ones(len(scaled[0]))]
    for degree in range(1, _DEGREE + 1):
        for chosen in combinations_with_replacement(scaled, degree):
            found.append(np.prod(chosen, axis=0))
    return np.column_stack(found)


def _without(columns: Array, b: Array) -> Array:
    """What least squares of columns leaves of b."""
    if not np.all(np.isfinite(columns)):
        return np.full(len(b), _NOWHERE)
    vectors, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    q = vectors[:, sizes > 1e-10 * max(float(sizes[0]), 1e-300)]
    return np.asarray(b - q @ (q.T @ b))
