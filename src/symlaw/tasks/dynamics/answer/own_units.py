"""A system in units of its own, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symlaw.language.printers.notation import rounded
from symlaw.tasks.dynamics.equations import Equations, with_error
from symlaw.trust.dynamics.dimensionless import dimensionless

if TYPE_CHECKING:
    from symlaw.tasks.dynamics.answer.found import FoundDynamics
    from symlaw.trust.dynamics.dimensionless import Pure


@dataclass(frozen=True)
class DimensionlessForm:
    """A system whose states, inputs and time are counted in units of its own.

    Parameters
    ----------
    system
        The equations; constants that are left are pure numbers.
    scales
        What one such unit is worth, by column, in the units of the data.
    numbers
        The pure numbers, with their errors and the constants that they are made of.
    """

    system: Equations
    scales: dict[str, float]
    numbers: tuple[Pure, ...]

    def __str__(self) -> str:
        units = ", ".join(f"{name}: {rounded(value, 4)}" for name, value in self.scales.items())
        return "\n".join([*self.system.lines(), f"in units of {units}", *map(_said, self.numbers)])


def _said(number: Pure) -> str:
    factors = [rounded(value, 4) if e == 1 else f"{rounded(value, 4)}**({e})" for value, e in number.powers]
    return f"{with_error(abs(number.value), number.error)} = {' * '.join(factors)}"


def own_units(found: FoundDynamics) -> DimensionlessForm:
    """The recommended system in units of its own."""
    row = found.recommended
    form = dimensionless(row.system, found.low, found.high, row.covariance)
    system = Equations(row.equations.states, form.equations, form.errors, row.equations.discrete)
    return DimensionlessForm(system, form.scales, form.numbers)
