"""Named laws that a formula is, up to its constants and the names of its variables."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares

from symlaw.knowledge.statements.domain import spread_shares
from symlaw.language.expression import Expression
from symlaw.language.parser import parse
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symlaw.knowledge.statements.domain import Domain

    Array = NDArray[np.float64]

# Values agree when they differ by no more than this share of the largest.
NEAR = 1e-6
_POINTS, _STARTS, _STEPS = 60, 12, 60
# Formulas of more variables are not compared: each order of them is tried.
_MOST_VARIABLES = 4


@dataclass(frozen=True)
class Law:
    """A law with a name.

    Parameters
    ----------
    name, formula, variables, source
        As in the catalogue; what is no variable in the formula is a constant.
    """

    name: str
    formula: str
    variables: tuple[str, ...]
    source: str

    @property
    def expression(self) -> Expression:
        """The formula, constants as variables."""
        return parse(self.formula)

    @property
    def constants(self) -> tuple[str, ...]:
        """Names of the constants."""
        return tuple(name for name in self.expression.variables if name not in self.variables)


@dataclass(frozen=True)
class Match:
    """A law that a formula is.

    Parameters
    ----------
    law
        The law.
    variables
        Column by variable of the law.
    constants
        Value by constant of the law.
    """

    law: Law
    variables: Mapping[str, str]
    constants: Mapping[str, float]

    def words(self) -> str:
        """The law and what its letters are."""
        columns = [f"{own} = {name}" for own, name in self.variables.items()]
        numbers = [f"{own} = {value:.6g}" for own, value in self.constants.items()]
        return f"{self.law.name}: {self.law.formula}, with {', '.join([*columns, *numbers])}"


@cache
def catalogue() -> tuple[Law, ...]:
    """All named laws.

    Examples
    --------
    >>> next(law.constants for law in catalogue() if law.name == "Arrhenius equation")
    ('A', 'E')
    """
    text = files("symlaw.trust.laws").joinpath("catalogue.toml").read_text(encoding="utf-8")
    records = tomllib.loads(text)["law"]
    return tuple(Law(**{**record, "variables": tuple(record["variables"])}) for record in records)


def recognised(formula: Expression, domain: Domain) -> tuple[Match, ...]:
    """The laws of fewest constants that a formula agrees with on a box; none where there is none.

    Parameters
    ----------
    formula
        Its values are compared, not how it is written.
    domain
        The box.

    Examples
    --------
    >>> from symlaw.knowledge.statements.domain import Domain
    >>> box = Domain(("c",), np.array([0.5]), np.array([8.0]))
    >>> print(recognised(parse("3 * c / (c + 2)"), box)[0].words()[:27])
    Michaelis-Menten equation (
    """
    names = formula.variables
    if not 1 <= len(names) <= _MOST_VARIABLES:
        return ()
    places = [domain.place(name) for name in names]
    points = domain.points(spread_shares(_POINTS, len(domain.names)))[:, places]
    target = values(formula, dict(zip(names, points.T, strict=True)))
    known = np.isfinite(target)
    if known.sum() < _POINTS // 2 or not np.ptp(target[known]) > 0:
        return ()
    points, target = points[known], target[known]
    laws = sorted(
        (law for law in catalogue() if len(law.variables) == len(names)), key=lambda w: len(w.constants)
    )
    found: list[Match] = []
    for law in laws:
        if found and len(law.constants) > len(found[0].law.constants):
            break
        match = _match(law, names, points, target)
        if match is not None:
            found.append(match)
    return tuple(found)


def _match(law: Law, names: tuple[str, ...], points: Array, target: Array) -> Match | None:
    """A law with columns in some order and constants so that it has the values of the target."""
    for order in permutations(range(len(names))):
        columns = {own: points[:, place] for own, place in zip(law.variables, order, strict=True)}
        constants = _fitted(law, columns, target)
        if constants is not None:
            told = {own: names[place] for own, place in zip(law.variables, order, strict=True)}
            return Match(law, told, dict(zip(law.constants, constants.tolist(), strict=True)))
    return None


def _fitted(law: Law, columns: Mapping[str, Array], target: Array) -> Array | None:
    """Constants with which a law has the values of the target."""
    expression, largest, names = law.expression, float(np.max(np.abs(target))), law.constants

    def errors(constants: Array) -> Array:
        own = {name: np.full(len(target), value) for name, value in zip(names, constants, strict=True)}
        off = (values(expression, {**columns, **own}) - target) / largest
        return np.where(np.isfinite(off), np.clip(off, -1e6, 1e6), 1e6)

    if not names:
        return np.zeros(0) if np.max(np.abs(errors(np.zeros(0)))) <= NEAR else None
    for start in _starts(len(names), columns, largest):
        fit = least_squares(errors, start, method="lm", x_scale="jac", max_nfev=_STEPS * (len(names) + 1),
                            xtol=1e-15, ftol=1e-15, gtol=1e-15)  # fmt: skip
        if np.max(np.abs(fit.fun)) <= NEAR:
            return np.asarray(fit.x)
    return None


def _starts(count: int, columns: Mapping[str, Array], largest: float) -> list[Array]:
    """Where fits begin: sizes of the columns and the target, and their inverses, in a fixed random order."""
    sizes = [float(np.median(np.abs(column))) or 1.0 for column in columns.values()]
    likely = [1.0, largest, *sizes, *(1.0 / size for size in sizes)]
    rng = np.random.Generator(np.random.Philox(count))
    drawn = rng.choice(likely, (_STARTS, count)) * rng.choice([1.0, 1.0, -1.0], (_STARTS, count))
    drawn[0] = 1.0
    return list(drawn)
