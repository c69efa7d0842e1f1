"""Constants that formulas may use by name: those of CODATA, or the user's own, with their units."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from numbers import Real
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.dimensions import N_BASES, NONE, Unit, name_of, raised, times, unit_of
from symlaw.language.operators import ALIASES, operator_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symlaw.knowledge.units.dimensions import Dimension

# Symbols of constants in scipy.constants, by CODATA's names.
SYMBOLS = {
    "c": "speed of light in vacuum",
    "h": "Planck constant",
    "hbar": "reduced Planck constant",
    "G": "Newtonian constant of gravitation",
    "g": "standard acceleration of gravity",
    "e": "elementary charge",
    "m_e": "electron mass",
    "m_p": "proton mass",
    "m_n": "neutron mass",
    "m_u": "atomic mass constant",
    "k_B": "Boltzmann constant",
    "N_A": "Avogadro constant",
    "R": "molar gas constant",
    "F": "Faraday constant",
    "sigma_SB": "Stefan-Boltzmann constant",
    "b": "Wien wavelength displacement law constant",
    "epsilon_0": "vacuum electric permittivity",
    "mu_0": "vacuum mag. permeability",
    "Z_0": "characteristic impedance of vacuum",
    "alpha": "fine-structure constant",
    "R_inf": "Rydberg constant",
    "a_0": "Bohr radius",
    "mu_B": "Bohr magneton",
    "Phi_0": "mag. flux quantum",
    "atm": "standard atmosphere",
}
_MEANINGS = ("pi", "inf", "nan")
# Logarithms of units that agree to this are consistent.
_AGREEING = 1e-9
# Where columns leave open which base's unit is not that of SI, it is the mass's, else the length's, and the
# time's last of all.
_YIELDING = (1, 0, 4, 3, 5, 6, 7, 2)


@dataclass(frozen=True)
class NamedConstant:
    """A constant with a name.

    Parameters
    ----------
    name
        What formulas call it.
    value
        Its value in ``unit``.
    unit
        Its unit; a pure number where none was given.
    """

    name: str
    value: float
    unit: Unit

    def record(self) -> dict[str, Any]:
        """As plain data."""
        exponents = [str(exponent) for exponent in self.unit.dimension]
        return {
            "value": self.value,
            "unit": self.unit.text,
            "factor": self.unit.factor,
            "exponents": exponents,
        }


def named_from(given: Any) -> tuple[NamedConstant, ...]:
    """Constants from a setting.

    Parameters
    ----------
    given
        Symbols or names of CODATA constants; or a mapping of the user's names to a value, a pair of value and
        unit, or such a symbol or name.

    Raises
    ------
    InvalidSetting
        When a constant is not known, a value makes no sense, or a name has a meaning in formulas.

    Examples
    --------
    >>> named_from(["c"])
    (NamedConstant(name='c', value=299792458.0, unit=Unit(text='m s^-1', ...
    >>> [one.value for one in named_from({"R": (8.314, "J/(mol*K)"), "two": 2})]
    [8.314, 2.0]
    """
    if isinstance(given, str) or not isinstance(given, (Mapping, Sequence)):
        raise InvalidSetting(
            f"named_constants is {given!r}: give a list of symbols, such as ['c'], or values by name"
        )
    pairs = given.items() if isinstance(given, Mapping) else ((name, name) for name in given)
    found = tuple(_constant(name, what) for name, what in pairs)
    twice = [one.name for one in found if sum(one.name == other.name for other in found) > 1]
    if twice:
        raise InvalidSetting(f"named_constants names {twice[0]!r} twice: leave one of them out")
    return found


def _constant(name: Any, what: Any) -> NamedConstant:
    if not isinstance(name, str) or not name.strip():
        raise InvalidSetting(f"named_constants names {name!r}: give names as text")
    if name in _MEANINGS or name in operator_table() or name in ALIASES:
        raise InvalidSetting(
            f"named_constants names {name!r}, which has a meaning in formulas: give it another name, as a"
            f" mapping such as {{'{name}_0': ...}}"
        )
    if isinstance(what, str):
        return _of_codata(name, what)
    value, unit = what if isinstance(what, (list, tuple)) and len(what) == 2 else (what, "")
    sound = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value) and value != 0
    if not sound:
        raise InvalidSetting(
            f"named constant {name!r} is {what!r}: give a number other than 0, or a number and its unit"
        )
    return NamedConstant(name, float(value), unit_of(unit))


def _of_codata(name: str, what: str) -> NamedConstant:
    from scipy.constants import physical_constants

    full = SYMBOLS.get(what, what)
    if full not in physical_constants:
        near = difflib.get_close_matches(what, [*SYMBOLS, *physical_constants], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "give its value: {'" + name + "': 1.2}"
        raise InvalidSetting(f"named_constants names {what!r}, which CODATA does not have: {hint}")
    value, text, _ = physical_constants[full]
    # CODATA writes powers with ^, and no unit for pure numbers
    unit = unit_of(text.replace("^", ""))
    return NamedConstant(name, float(value), Unit(text or "1", unit.dimension, unit.factor))


def units_in_record(record: Mapping[str, Mapping[str, Any]]) -> dict[str, Unit]:
    """Units of the constants whose `NamedConstant.record` this is, by name."""
    return {
        name: Unit(one["unit"], tuple(map(Fraction, one["exponents"])), one["factor"])
        for name, one in record.items()
    }


def in_units_of(constants: Iterable[NamedConstant], columns: Mapping[str, Unit]) -> tuple[NamedConstant, ...]:
    """Constants converted to the units that columns (and the target) have.

    Columns in km and s imply that speeds are in km/s. Where they imply nothing, SI units stay.

    Raises
    ------
    InvalidSetting
        When columns do not agree about a constant's unit, such as kN beside m, kg and s.

    Examples
    --------
    >>> light = named_from(["c"])
    >>> in_units_of(light, {"d": unit_of("km"), "t": unit_of("ms")})[0].value
    299.792458
    """
    import numpy as np

    known = {name: unit for name, unit in columns.items() if not unit.is_dimensionless}
    matrix = np.array([[float(e) for e in unit.dimension] for unit in known.values()]).reshape(-1, N_BASES)
    logs = np.log([unit.factor for unit in known.values()])
    chosen: list[int] = []
    for base in _YIELDING:
        if np.linalg.matrix_rank(matrix[:, [*chosen, base]]) > len(chosen):
            chosen.append(base)
    sizes = np.zeros(N_BASES)
    if chosen:
        sizes[chosen] = np.linalg.lstsq(matrix[:, chosen], logs, rcond=None)[0]
    agreed = bool(np.all(np.abs(matrix @ sizes - logs) < _AGREEING))
    return tuple(_converted(constant, sizes, known, agreed=agreed) for constant in constants)


def _converted(
    constant: NamedConstant, sizes: Any, known: Mapping[str, Unit], *, agreed: bool
) -> NamedConstant:
    """A constant in units whose bases have these sizes, as logarithms of SI units."""
    unit = constant.unit
    shared = [
        k for k, e in enumerate(unit.dimension) if e and any(one.dimension[k] for one in known.values())
    ]
    if shared and not agreed:
        shown = ", ".join(f"{name} in {one.text}" for name, one in known.items())
        raise InvalidSetting(
            f"named constant {constant.name!r} has no one value beside {shown}: give columns and target in"
            " units of one system"
        )
    implied = math.exp(sum(float(e) * size for e, size in zip(unit.dimension, sizes, strict=True)))
    implied = float(f"{implied:.14g}")
    if math.isclose(implied, unit.factor, rel_tol=_AGREEING):
        return constant
    name = name_of(unit.dimension)
    text = name if implied == 1.0 else f"{implied:.6g} {name}"
    value = float(f"{constant.value * unit.factor / implied:.15g}")
    return NamedConstant(constant.name, value, Unit(text, unit.dimension, implied))


def dimensions_of_products(constants: Iterable[NamedConstant]) -> frozenset[Dimension]:
    """Dimensions other than that of pure numbers that products of few powers of the constants have.

    Examples
    --------
    >>> supplied = dimensions_of_products(named_from(["c", "G"]))
    >>> unit_of("J/kg").dimension in supplied, unit_of("N").dimension in supplied
    (True, False)
    """
    dimensions = [constant.unit.dimension for constant in constants]
    found = {
        _product([dimensions[place] for place in places], exponents)
        for places, exponents in small_products(len(dimensions))
    }
    return frozenset(found - {NONE})


def small_products(count: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Places and exponents of products of at most three things, those of small exponents first."""
    found = []
    for width in range(1, min(count, 3) + 1):
        largest = 4 if width == 1 else 2
        powers = [e for e in range(-largest, largest + 1) if e]
        found += [(p, e) for p in combinations(range(count), width) for e in product(powers, repeat=width)]
    return sorted(found, key=lambda pair: (sum(map(abs, pair[1])), sum(e < 0 for e in pair[1])))


def _product(dimensions: Sequence[Dimension], exponents: Sequence[int]) -> Dimension:
    total = NONE
    for dimension, exponent in zip(dimensions, exponents, strict=True):
        total = times(total, raised(dimension, Fraction(exponent)))
    return total
