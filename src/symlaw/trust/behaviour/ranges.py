"""Where a formula is defined, between what its values lie, and where it has poles, jumps and ends."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from symlaw.errors import SymlawError
from symlaw.knowledge.statements.domain import Domain, spread_shares
from symlaw.knowledge.statements.enclosing import enclose, written_out
from symlaw.knowledge.statements.proving import MOST_BOXES, is_defined
from symlaw.language.algebra.derivative import substituted
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_POINTS, _LINES, _STEPS = 2000, 16, 129
# Conditions of domains that something is not 0, or above it, and what happens where it is.
_CONDITION = re.compile(r"(?P<part>(?:(?! and )[^<>=!])+?) (?P<sign>!=|>=|>) 0")


@dataclass(frozen=True)
class Region:
    """A formula's values over a box.

    Parameters
    ----------
    proven
        Whether it is certainly defined and finite everywhere.
    share
        Share of points tried at which it is finite.
    low, high
        Least and largest value seen.
    least, most
        Ends between which all values certainly are; nan where that is not known.
    """

    proven: bool
    share: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True)
class Break:
    """A place where a formula is not continuous, or its domain ends.

    Parameters
    ----------
    kind
        ``"pole"``, ``"jump"`` or ``"end of the domain"``.
    variable
        Along which it was found.
    first, last
        Between which values of the variable; they differ where the place depends on other variables.
    part
        The part of the formula that is 0 there.
    in_data
        Whether it is in the data's box, not only in the wider one.
    """

    kind: str
    variable: str
    first: float
    last: float
    part: str
    in_data: bool

    def words(self) -> str:
        """A sentence."""
        one = abs(self.last - self.first) <= 1e-9 * max(1.0, abs(self.first))
        where = (
            f"{self.variable} = {self.first:.6g}"
            if one
            else (f"{self.variable} between {self.first:.6g} and {self.last:.6g}, by the other variables")
        )
        near = "within the data's range" if self.in_data else "outside the data, but near"
        return f"{self.kind} at {where} ({self.part} = 0), {near}"


def widened(domain: Domain) -> Domain:
    """A box with sides twice as long and the same middle."""
    half = 0.5 * (domain.high - domain.low)
    return Domain(domain.names, domain.low - half, domain.high + half)


def region(expression: Expression, domain: Domain) -> Region:
    """What is known of a formula's values over a box.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> found = region(parse("x**2"), Domain(("x",), np.array([-1.0]), np.array([2.0])))
    >>> found.proven, round(found.least, 6), round(found.most, 6)
    (True, 0.0, 4.0)
    """
    points = domain.points(spread_shares(_POINTS, len(domain.names), corners=True))
    seen = values(expression, dict(zip(domain.names, points.T, strict=True)))
    finite = seen[np.isfinite(seen)]
    low, high = (float(np.min(finite)), float(np.max(finite))) if len(finite) else (np.nan, np.nan)
    least, most = _ends(expression, domain)
    return Region(is_defined(expression, domain), len(finite) / len(seen), low, high, least, most)


def _ends(expression: Expression, domain: Domain) -> tuple[float, float]:
    """Ends of all values by a grid of boxes; nan where one of them is not known."""
    names = expression.variables
    each = max(1, int(MOST_BOXES ** (1 / max(1, len(names)))))
    numbers = np.indices((each,) * len(names)).reshape(len(names), each ** len(names))
    boxes = {}
    for name, number in zip(names, numbers, strict=True):
        cuts = np.linspace(domain.low[domain.place(name)], domain.high[domain.place(name)], each + 1)
        boxes[name] = (cuts[number], cuts[number + 1])
    low, high = enclose(expression, boxes or {domain.names[0]: (domain.low[:1], domain.high[:1])})
    return float(np.min(low)), float(np.max(high))


def breaks(expression: Expression, domain: Domain) -> tuple[Break, ...]:
    """Poles, jumps and ends of the domain in a box or the one of twice its sides.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> box = Domain(("x",), np.array([0.0]), np.array([2.0]))
    >>> print(breaks(parse("1 / (x - 1)**2"), box)[0].words())
    pole at x = 1 (x - 1 = 0), within the data's range
    """
    wide = widened(domain)
    found: dict[tuple[str, str, str], Break] = {}
    for kind, part in guarded(written_out(expression)):
        for name in part.variables:
            zeros = _zeros(part, name, wide)
            if not len(zeros):
                continue
            own = domain.place(name)
            inside = zeros[(zeros >= domain.low[own]) & (zeros <= domain.high[own])]
            shown = inside if len(inside) else zeros
            found.setdefault(
                (kind, name, part.text(6)),
                Break(kind, name, float(shown.min()), float(shown.max()), part.text(6), len(inside) > 0),
            )
    return tuple(found.values())


def guarded(expression: Expression) -> Iterator[tuple[str, Expression]]:
    """Parts that must not be 0, each with what happens where it is."""
    for place, node in enumerate(expression.nodes):
        if not isinstance(node, Operator):
            continue
        whole = Expression(expression.nodes[expression.starts[place] : place + 1])
        arguments = whole.arguments()
        given = dict(zip(ARGUMENTS, (one.nodes for one in arguments), strict=False))
        for kind, zero in _breaks_of(node):
            for part in _factors(Expression(substituted(zero.nodes, given))):
                yield kind, part
        if node.name == "pow" and isinstance(arguments[1].nodes[-1], Constant):
            exponent = arguments[1].constants[0]
            if exponent < 0 or not float(exponent).is_integer():
                for part in _factors(arguments[0]):
                    yield ("pole" if exponent < 0 else "end of the domain"), part


@cache
def _breaks_of(row: Operator) -> tuple[tuple[str, Expression], ...]:
    """Formulas of the arguments that must not be 0, by domain and jumps, each with what happens there."""
    found = _CONDITION.fullmatch(row.domain)
    texts = [("jump", text) for text in row.jumps]
    if found is not None:
        texts.append(("pole" if found["sign"] == "!=" else "end of the domain", found["part"]))
    known = []
    for kind, text in texts:
        # a user's condition may be in words
        with suppress(SymlawError):
            known.append((kind, parse(text, ARGUMENTS[: row.arity])))
    return tuple(known)


def _keeps_zeros(row: Operator) -> bool:
    """Whether values are 0 only where the first argument is."""
    return row.unit == "quotient" or (row.degree is not None and row.degree > 0)


def _factors(part: Expression) -> Iterator[Expression]:
    """Parts of which one is 0 wherever a product or power is."""
    root, arguments = part.nodes[-1], part.arguments()
    if not isinstance(root, Operator):
        if part.variables:
            yield part
    elif root.name == "*":
        for argument in arguments:
            yield from _factors(argument)
    elif _keeps_zeros(root) or (root.name == "pow" and isinstance(arguments[1].nodes[-1], Constant)):
        yield from _factors(arguments[0])
    elif part.variables:
        yield part


def _zeros(part: Expression, name: str, domain: Domain) -> Array:
    """Where a part changes sign along a variable, on some lines through a box."""
    shares = np.vstack([np.full((1, len(domain.names)), 0.5), spread_shares(_LINES, len(domain.names))])
    place, found = domain.place(name), list[float]()
    grid = np.linspace(domain.low[place], domain.high[place], _STEPS)
    for start in domain.points(shares):

        def at(x: Array | float, start: Array = start) -> Array:
            t = np.atleast_1d(np.asarray(x, dtype=float))
            others = {own: np.full(len(t), value) for own, value in zip(domain.names, start, strict=True)}
            return values(part, {**others, name: t})

        signs = np.sign(at(grid))
        found += grid[signs == 0].tolist()
        for k in np.flatnonzero(signs[:-1] * signs[1:] < 0):
            root = float(brentq(lambda x: float(at(x)[0]), grid[k], grid[k + 1], xtol=1e-14))
            size = abs(float(at(grid[k])[0]))
            if abs(float(at(root)[0])) <= max(1e-6 * size, 1e-12):
                found.append(root)
        if part.variables == (name,):
            break
    return np.array(found)
