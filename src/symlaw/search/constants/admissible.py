"""Constants of a kind that is demanded: rounded one after another after a fit, the others fitted again.

Fractions are a lattice. A constant that is rounded is held as a column of equal values, so that the fit of
the others goes on without it; at the end each constant is tried one step up and down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.program import Program
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import operator
from symlaw.search.scoring.affine import with_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.engine.fit import Rows
    from symlaw.knowledge.constants import ConstantKind

    Polish = Callable[[Program, Rows, int], float]

# Steps of a fit after each rounding, and rounds of single steps at the end.
_STEPS, _ROUNDS = 15, 3


def rounded(
    program: Program, kind: ConstantKind, rows: Rows, polish: Polish, free: Sequence[int] = ()
) -> Program | None:
    """A program with allowed constants, near the fit that it holds; None where there is none.

    Parameters
    ----------
    program
        Its constants are fitted.
    kind
        What numbers may be.
    rows
        Rows to fit on.
    polish
        Fits the constants of a program on rows in so many steps, and gives the loss.
    free
        Places of constants that may stay as they are.
    """
    values, held = program.values.copy(), list[int]()
    places = [place for place in np.flatnonzero(program.codes == CONSTANT).tolist() if place not in free]
    while True:
        open_places = [
            p for p in places if p not in held and (kind.denominator or not kind.admits(values[p]))
        ]
        if not open_places:
            break
        place, value = min(
            ((p, near) for p in open_places if (near := _nearest(kind, values[p])) is not None),
            key=lambda pair: abs(pair[1] - values[pair[0]]) / max(1.0, abs(values[pair[0]])),
            default=(-1, 0.0),
        )
        if place < 0:
            return None
        values[place] = value
        held.append(place)
        if len(held) < len(places) + len(free):
            values = _fitted(program, values, held, rows, polish)
    found = program._replace(values=values)
    return _improved(found, places, kind, rows, polish) if kind.denominator and not free else found


def _nearest(kind: ConstantKind, value: float) -> float | None:
    # a sign that a fit has chosen at will, as inside an even function, is no reason to give up
    return kind.nearest(abs(value) if kind.positive else value)


def _fitted(
    program: Program, values: NDArray[np.float64], held: list[int], rows: Rows, polish: Polish
) -> NDArray[np.float64]:
    """Values after a fit of all constants but those held."""
    codes, columns = program.codes.copy(), program.columns.copy()
    codes[held] = VARIABLE
    columns[held] = len(rows.X) + np.arange(len(held))
    fixed = np.repeat(values[held][:, None], rows.X.shape[1], axis=1)
    X = np.ascontiguousarray(np.vstack([rows.X, fixed]))
    other = Program(codes, columns, values.copy())
    polish(other, rows._replace(X=X), _STEPS)
    return np.where(codes == CONSTANT, other.values, values)


def _improved(program: Program, places: list[int], kind: ConstantKind, rows: Rows, polish: Polish) -> Program:
    """The program with single steps of its constants that make the loss smaller."""
    best = polish(program, rows, 0)
    for _ in range(_ROUNDS):
        before = best
        for place in places:
            value = program.values[place]
            beside = 0.5 / (kind.denominator * kind.denominator)
            for near in (*kind.around(value - beside), *kind.around(value + beside)):
                trial = program._replace(values=program.values.copy())
                trial.values[place] = near
                loss = polish(trial, rows, 0)
                if loss < best:
                    best, program = loss, trial
        if not best < before:
            break
    return program


@dataclass(frozen=True)
class Moments:
    """What the least squares of every line of a formula follow from.

    Parameters
    ----------
    scale
        Of the best line.
    centre, spread
        Weighted mean and standard deviation of the formula's values.
    mean
        Weighted mean of the target.
    """

    scale: float
    centre: float
    spread: float
    mean: float

    def offset(self, scale: float) -> float:
        """The best offset for a scale."""
        return self.mean - scale * self.centre

    def scale_for(self, offset: float) -> float:
        """The best scale for an offset."""
        square = self.spread * self.spread
        if square + self.centre * self.centre == 0.0:
            # squares below the smallest number
            return self.scale
        return (self.scale * square + self.centre * (self.mean - offset)) / (
            square + self.centre * self.centre
        )

    def excess(self, scale: float, offset: float) -> float:
        """Mean square error beyond that of the best line."""
        turned, moved = (scale - self.scale) * self.spread, offset - self.offset(scale)
        return turned * turned + moved * moved


def allowed_lines(kind: ConstantKind, moments: Moments) -> list[tuple[float, float]]:
    """Scale and offset of the best allowed line, and of those without a scale, an offset, or both."""
    signs = (1.0, -1.0)
    forms = (
        list(_full_lines(kind, moments)),
        [(a, 0.0) for a in _scales(kind, moments.scale_for(0.0))],
        [(one, b) for one in signs for b in kind.around(moments.offset(one))],
        [(one, 0.0) for one in signs if one * moments.scale > 0],
    )
    return [min(lines, key=lambda line: moments.excess(*line)) for lines in forms if lines]


def _full_lines(kind: ConstantKind, moments: Moments) -> Iterator[tuple[float, float]]:
    for a in _scales(kind, moments.scale):
        for b in kind.around(moments.offset(a)):
            yield a, b
    for b in kind.around(moments.offset(moments.scale)):
        for a in _scales(kind, moments.scale_for(b)):
            yield a, b


def _scales(kind: ConstantKind, scale: float) -> tuple[float, ...]:
    """Allowed scales near one, and one over allowed numbers, by which a formula may be divided."""
    near = kind.around(scale)
    if not kind.denominator or not 0 < abs(scale) < 1:
        return near
    return (*near, *(1.0 / divisor for divisor in kind.around(1.0 / scale)))


def allowed_line(kind: ConstantKind, scale: float, offset: float) -> tuple[float, float] | None:
    """A line rounded to what is allowed, a missing scale or offset left as it is; None where nothing is."""
    a = scale if abs(scale) == 1.0 else min(_scales(kind, scale), key=lambda s: abs(s - scale), default=None)
    b = 0.0 if offset == 0.0 else kind.nearest(offset)
    return None if a is None or b is None else (a, b)


def forms_of_line(inner: Expression, scale: float, offset: float) -> Iterator[Expression]:
    """Ways to write ``scale * inner + offset``: short ones first, then with scale and offset as numbers."""
    yield with_line(inner, scale, offset)
    factors: list[Expression] = []
    if abs(scale) == 1.0:
        factors.append(with_line(inner, scale, 0.0))
    else:
        factors.append(Expression((Constant(scale), *inner.nodes, operator("*"))))
        divisor = 1.0 / scale
        # of the smallest numbers it is none
        if math.isfinite(divisor):
            whole = round(divisor)
            exact = float(whole) if math.isclose(whole, divisor, rel_tol=1e-12) else divisor
            factors.append(Expression((*inner.nodes, Constant(exact), operator("/"))))
    for factor in factors:
        if offset == 0.0:
            yield factor
            continue
        yield with_line(factor, 1.0, offset)
        yield Expression((*factor.nodes, Constant(offset), operator("+")))
