"""Units of trajectories: of each equation's right side, and of the constants in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.engine.flows.rates import free_places
from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.analysis import Units, constants_in
from symlaw.knowledge.units.dimensions import Unit, name_of, times, unit_of
from symlaw.language.expression import Constant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.data import Names


def units_by_state(
    given: Mapping[str, Any], names: Names, positions: Mapping[int, int], *, is_map: bool
) -> tuple[Units, ...]:
    """Units of the right side of each state's equation; constants may carry any.

    Parameters
    ----------
    given
        Units of columns, by name; others are pure numbers.
    names, positions
        Of the columns, and of states that are rates of others.
    is_map
        Whether equations give the next state.

    Raises
    ------
    InvalidSetting
        When a name is no column, or a unit cannot be read.
    """
    measured = [name for name in names.columns if name not in {names.states[k] for k in positions}]
    strange = [name for name in given if name not in measured]
    if strange:
        raise InvalidSetting(f"units names {strange[0]!r}: the columns are {', '.join(measured)}")
    own = {name: unit_of(unit) for name, unit in given.items()}
    none = unit_of("1")
    time = own.get(names.time, none)
    for rate, position in positions.items():
        own[names.states[rate]] = _per(own.get(names.states[position], none), time)
    targets = [own.get(name, none) for name in names.states]
    return tuple(Units(own, one if is_map else _per(one, time), free_constants=True) for one in targets)


def _per(unit: Unit, time: Unit) -> Unit:
    """A unit over another one."""
    dimension = times(unit.dimension, time.dimension, -1)
    return Unit(name_of(dimension), dimension, unit.factor / time.factor)


def check_known(known: Mapping[int, Expression], units: tuple[Units, ...], names: Names) -> None:
    """Refuse a known equation that is not of the unit of its rate.

    Raises
    ------
    InvalidSetting
        When one is not.
    """
    for state, formula in known.items():
        own, name = units[state], names.states[state]
        why = own.objection(formula)
        found = own.dimension(formula) if why is None else None
        if found is not None and found != own.target.dimension:
            why = f"its right side is in {name_of(found)}, and the rate in {name_of(own.target.dimension)}"
        if why is not None:
            raise InvalidSetting(f"the known equation of {name!r} contradicts the units: {why}")


def dimensions_of(expression: Expression, units: Units) -> list[str]:
    """SI dimensions of the fitted constants of a right side, left to right; "" where they cannot be told."""
    every = iter(constants_in(expression, units))
    places = set(free_places(expression))
    found = []
    for place, node in enumerate(expression.nodes):
        if isinstance(node, Constant):
            dimension = next(every)
            if place in places:
                found.append(dimension or "")
    return found
