"""Units of one kind in two scales, such as mm beside m, of which one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symlaw.knowledge.units.dimensions import NONE, conversion, unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.knowledge.units.dimensions import Dimension, Unit


@dataclass(frozen=True)
class Rescaling:
    """A column whose numbers are changed to another unit: ``factor * value + offset``.

    Parameters
    ----------
    name
        Of the column.
    before, after
        Its unit, and the one that its numbers get.
    factor, offset
        What makes the one of the other.
    like
        The column, or the target, that has this unit.
    """

    name: str
    before: str
    after: str
    factor: float
    offset: float
    like: str

    @property
    def new_name(self) -> str:
        """The column's name with its new unit in brackets, where the old one stood there."""
        stem = self.name.rstrip()
        for left, right in ("[]", "()"):
            ending = f"{left}{self.before}{right}"
            if stem.endswith(ending):
                return f"{stem.removesuffix(ending)}{left}{self.after}{right}"
        return self.name

    @property
    def note(self) -> str:
        """What is done, in a sentence."""
        renamed = "" if self.new_name == self.name else f", as {self.new_name!r}"
        return (
            f"Column {self.name!r} is in {self.before} and {self.like} in {self.after}: it is read in"
            f" {self.after}{renamed}, as formulas add numbers as they stand."
        )


def rescalings(units: Mapping[str, Any], target_unit: Any) -> tuple[Rescaling, ...]:
    """What brings quantities of one kind into one unit: the target's, else that of the first column.

    Raises
    ------
    InvalidSetting
        When a unit is not known.

    Examples
    --------
    >>> [(one.name, one.after, one.factor) for one in rescalings({"D": "mm", "L": "m", "x": "km"}, "m")]
    [('D', 'm', 0.001), ('x', 'm', 1000.0)]
    """
    target, known = unit_of(target_unit), {name: unit_of(given) for name, given in units.items()}
    first: dict[Dimension, tuple[str, Unit]] = {target.dimension: ("the target", target)}
    pure = {unit.factor for unit in (*known.values(), target) if unit.is_dimensionless}
    if len(pure) > 1:
        # degrees, percent and plain numbers together are plain numbers
        first[NONE] = ("other numbers", unit_of("1"))
    found = []
    for name, own in known.items():
        other, unit = first.setdefault(own.dimension, (repr(name), own))
        factor, offset = conversion(own, unit)
        if abs(factor - 1.0) > 1e-12 or offset != 0.0:
            found.append(Rescaling(name, own.text, unit.text, factor, offset, other))
    return tuple(found)
