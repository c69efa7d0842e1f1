"""Right sides for one state: terms chosen on weak forms, then fitted with the other states as measured."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from symlaw.engine import reference
from symlaw.engine.flows.around import ALONE
from symlaw.engine.flows.rates import CUBIC, LINEAR, Inputs, free_places
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.search.dynamics.judging import NODE_NATS
from symlaw.search.dynamics.proposing.selection import Chosen, Rows, backwards, coefficients, forwards
from symlaw.search.dynamics.shooting import Shooting, Stretch, System
from symlaw.search.dynamics.sums import free_constants, scaled, total, with_free_constants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.engine.flows.around import Around
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.measured.noise import Smoothed
    from symlaw.search.dynamics.measured.weak import Windows
    from symlaw.search.dynamics.numbers import Number
    from symlaw.search.dynamics.proposing.library import Library

    Array = NDArray[np.float64]

# Terms of a right side at most, and sets of each number of terms that go on.
_MOST_TERMS, _EACH = 7, 2
_MOST_POWERS, _MOST_SUMS = 12, 120
# Terms of a sum with constants inside at most, sets of each number, and factors around a scanned constant.
_MOST_INNER, _EACH_INNER, _AROUND = 4, 24, (0.5, 2.0)
# Turns that they have for one of sums of each other kind.
_SHARES = 3
# Half the number of windows that say different things, and what is left that counts as nothing.
_SAYS, _EXACT = 25.0, 1e-10
# Relative errors of the solver, steps of a fit, and how many right sides in a row may be no better by so
# much.
_RELATIVE, _STEPS, _PATIENCE, _BETTER = 1e-5, 6, 60, 1.0
# Right sides that are tried however late it is.
_FEWEST_TRIED = 40
# Bends of a curve in one stretch, and stretches of a run.
_FREEDOM, _FEWEST_PIECES, _MOST_PIECES = 7.0, 4, 40
# Rows that right sides of one state are compared on.
_ROWS = 1200
# Share of the mean variance of a state's errors that errors of other states add.
_OTHERS_ERRORS = 0.2
# Points of the smooth curves of other states, for each measured one.
_DENSER = 3


class Ranked(NamedTuple):
    """A right side, its description length when its state alone is solved, and the part of it for errors."""

    equation: Expression
    length: float
    misfit: float


def chosen_sums(
    library: Library,
    columns: dict[str, Array],
    windows: Sequence[Windows],
    state: int,
    groups: Sequence[int] = (),
) -> list[Expression]:
    """Sums of terms of a library that the weak forms of a state's equation speak for.

    The best of each way of choosing come first. ``columns`` are those that the library's values are of,
    ``groups`` those of the runs where each group has coefficients of its own.
    """
    pools: list[list[Expression]] = []
    for one in windows:
        A, b = one.seen(library.values), one.targets[:, state]
        sizes = np.sqrt(np.mean(A**2, axis=0))
        A = A / np.where(sizes > 0.0, sizes, 1.0)
        scales = np.where(sizes > 0.0, sizes, 1.0) * library.norms
        blocks = one.blocks(groups)
        for found in _pools(library, A, b, blocks):
            sums = []
            for places in _best(found, library, _EACH):
                places = tuple(sorted(places))
                weights = coefficients(A, b, places) / scales[list(places)]
                sums.append(_sum(weights, [library.terms[k].formula for k in places]))
            pools.append(sums)
        inner = _with_inner(library, columns, one, (A, b), blocks)
        pools += [inner[first::_SHARES] for first in range(_SHARES)]
    taken: dict[str, Expression] = {}
    for rank in range(max(map(len, pools))):
        for sums in pools:
            if rank < len(sums) and len(taken) < _MOST_SUMS:
                taken.setdefault(sums[rank].text(3), sums[rank])
    return list(taken.values())


def _pools(library: Library, A: Array, b: Array, blocks: Sequence[Rows]) -> list[list[Chosen]]:
    """Sets of terms without constants inside: of all such terms, and of powers up to each degree."""
    plain, forms = library.plain, library.forms
    pools = [_among(plain, forwards(A[:, plain], b, _MOST_TERMS, forms[plain], blocks=blocks))]
    for degree in range(1, library.degree + 1):
        powers = library.powers(degree)
        chosen = _among(powers, forwards(A[:, powers], b, _MOST_TERMS, forms[powers], blocks=blocks))
        pools.append([*chosen, *backwards(A, b, powers, _MOST_POWERS, blocks)])
    return pools


def _with_inner(
    library: Library,
    columns: dict[str, Array],
    windows: Windows,
    seen_by: tuple[Array, Array],
    blocks: Sequence[Rows],
) -> list[Expression]:
    """Sums of terms of all kinds, the constants inside fitted to the weak form."""
    sums: list[tuple[float, Expression]] = []
    A, b = seen_by
    found = forwards(A, b, _MOST_INNER, library.forms, library.plain, blocks)
    for places in _best(found, library, _EACH_INNER):
        formulas = [library.terms[k].formula for k in sorted(places)]
        terms, seen, left = refined(formulas, columns, windows, b)
        badness = _badness(left, sum(term.complexity() for term in terms), len(terms))
        sums.append((badness, _sum(coefficients(seen, b, tuple(range(len(terms)))), terms)))
    return [one for _, one in sorted(sums, key=lambda pair: pair[0])]


def _sum(weights: Array, terms: Sequence[Expression]) -> Expression:
    return total([scaled(float(w), term) for w, term in zip(np.nan_to_num(weights), terms, strict=True)])


def _badness(left: float, size: float, count: int) -> float:
    """A rough description length of a weak form with so much left."""
    return float(_SAYS * np.log(max(left, _EXACT)) + NODE_NATS * (size + 3.0 * count))


def refined(
    terms: Sequence[Expression], columns: dict[str, Array], windows: Windows, b: Array
) -> tuple[list[Expression], Array, float]:
    """Terms with the constants inside that fit the weak form best, what is seen of them, and what is left."""
    own = list(terms)
    seen = np.column_stack([_seen(term, columns, windows) for term in own])
    for place, term in enumerate(own):
        for number in range(len(free_places(term))):
            others = np.delete(seen, place, axis=1)
            q = np.linalg.qr(others)[0] if others.shape[1] else np.zeros((len(b), 0))
            rest = b - q @ (q.T @ b)

            def left(factor: float, term: Expression = own[place], number: int = number, q: Array = q,
                     rest: Array = rest) -> float:  # fmt: skip
                column = _seen(_turned(term, number, factor), columns, windows)
                column = column - q @ (q.T @ column)
                norm = float(column @ column)
                return -(float(rest @ column) ** 2) / norm if 0.0 < norm < np.inf else 0.0

            best = minimize_scalar(left, bounds=_AROUND, method="bounded", options={"maxiter": 14})
            own[place] = _turned(own[place], number, float(best.x))
            seen[:, place] = _seen(own[place], columns, windows)
    weights = coefficients(seen, b, tuple(range(len(own))))
    residual = b - seen @ weights
    return own, seen, float(residual @ residual) / float(b @ b)


def _turned(term: Expression, number: int, factor: float) -> Expression:
    values = np.array(free_constants([term]))
    values[number] *= factor
    return with_free_constants([term], values)[0]


def _seen(term: Expression, columns: dict[str, Array], windows: Windows) -> Array:
    n_points = len(next(iter(columns.values())))
    values = reference.values(term, columns) * np.ones(n_points)
    return np.nan_to_num(windows.seen(values), nan=0.0, posinf=0.0, neginf=0.0)


def _among(places: Array, found: Iterable[Chosen]) -> list[Chosen]:
    return [Chosen(tuple(int(places[k]) for k in one.places), one.left) for one in found]


def _best(found: Sequence[Chosen], library: Library, each: int) -> list[tuple[int, ...]]:
    """The best few sets of each number of terms, best first by their rough description lengths."""
    by_count: dict[int, list[tuple[float, tuple[int, ...]]]] = {}
    for one in found:
        size = sum(library.terms[k].size for k in one.places)
        by_count.setdefault(len(one.places), []).append(
            (_badness(one.left, size, len(one.places)), one.places)
        )
    chosen = [pair for same in by_count.values() for pair in sorted(same)[:each]]
    return [places for _, places in sorted(chosen)]


class Alone(NamedTuple):
    """One state for itself, the others being inputs.

    Attributes
    ----------
    shooting
        Stretches of it.
    columns
        Its name and, where it is the rate of a measured state, that one's before it; then the others.
    position
        The equation of that measured state, if any.
    is_map
        Whether states follow one from the other.
    around
        What is known around the part of its right side that is looked for.
    numbers
        Numbers of that which are fitted.
    is_own
        Whether each group of runs has all other constants of its own.
    """

    shooting: Shooting
    columns: tuple[str, ...]
    position: Expression | None
    is_map: bool
    around: Around
    numbers: tuple[Number, ...] = ()
    is_own: bool = False

    def system(self, equation: Expression) -> System:
        """The system that the state's right side makes."""
        if self.position is None:
            return System(
                (equation,), self.columns, (), self.is_map, (self.around,), None, self.numbers, self.is_own
            )  # fmt: skip
        return System(
            (self.position, equation), self.columns, (True, False), self.is_map, (ALONE, self.around), None,
            self.numbers, self.is_own,
        )  # fmt: skip


def ranked(
    equations: Sequence[Expression], alone: Alone, judge: Judge, mean_rate: float, is_late: Callable[[], bool]
) -> list[Ranked]:
    """Right sides of one state, fitted through the solver with the other states as inputs, best first.

    The equations are taken in their order, until a number of them in a row is no better than those before.

    Parameters
    ----------
    equations
        Right sides.
    alone
        The state.
    judge
        Of that state's errors.
    mean_rate
        A constant right side.
    is_late
        Whether no more are to be taken.
    """
    since, best, found = 0, np.inf, dict[str, Ranked]()
    for number, equation in enumerate([Expression((Constant(mean_rate or 1e-3),)), *equations]):
        fit = alone.shooting.fit(alone.system(equation), most=_STEPS)
        since += 1
        if fit is not None:
            length = judge.length(fit)
            one = Ranked(fit.system.equations[-1], length, judge.misfit(fit))
            found.setdefault(one.equation.text(3), one)
            if length < best - _BETTER:
                best, since = length, 0
        if since >= _PATIENCE or (number >= _FEWEST_TRIED and is_late()):
            break
    return sorted(found.values(), key=lambda one: one.length)


def shortlist(each: Sequence[Ranked]) -> list[Ranked]:
    """The best right side of each complexity on the way to the best fit, best first, and then the others.

    With others' measured values as inputs, errors of these can look like terms: a shorter right side is kept
    for the whole system to speak for.
    """
    kept: list[Ranked] = []
    for one in sorted(each, key=lambda r: (r.equation.complexity(), r.misfit)):
        if not kept or one.misfit < kept[-1].misfit:
            kept.append(one)
    front = sorted(kept, key=lambda r: r.length)
    return [*front, *(one for one in each if one not in kept)]


def alone(
    data: Smoothed,
    names: Names,
    state: int,
    position: int | None = None,
    is_map: bool = False,
    around: Around = ALONE,
) -> Alone:
    """One state with the smooth curves of the others as inputs.

    Parameters
    ----------
    data, names
        Runs and their columns.
    state
        Place of the state.
    position
        Place of the state whose rate it is, where that one was measured in its stead.
    is_map
        Whether states follow one from the other.
    around
        What is known around the part of its right side that is looked for.
    """
    own = [state] if position is None else [position, state]
    others = [k for k in range(len(names.states)) if k not in own]
    columns = (*(names.states[k] for k in (*own, *others)), *names.inputs, names.time)
    pieces, stretches = pieces_of(data), list[Stretch]()
    for number, run in enumerate(data.runs):
        inputs = _with_others(data, number, others, is_map)
        curve = data.states(number, run.times)
        variances = data.noise.deviations(curve)[:, own] ** 2
        # the other states' errors come in, wherever this one's are small
        variances = variances + _OTHERS_ERRORS * np.mean(variances, axis=0)
        states = run.states[:, own]
        weights = np.where(np.isfinite(states), 1.0 / variances, 0.0)
        for rows in cut(len(run.times), pieces):
            first_state = curve[rows, :][0, own]
            stretches.append(
                Stretch(run.times[rows], states[rows], weights[rows], inputs, first_state, run.group, number)
            )
    first = None if position is None else Expression((Variable(names.states[state]),))
    total_rows = sum(len(one.times) for one in stretches)
    kept = stretches[:: max(1, -(-total_rows // _ROWS))]
    return Alone(Shooting(kept, _RELATIVE), columns, first, is_map, around)


def pieces_of(data: Smoothed) -> int:
    """Stretches of a run that are short enough for a poor guess: few bends in each."""
    freedom = max(curve.freedom for each in data.curves for curve in each)
    return int(np.clip(freedom / _FREEDOM, _FEWEST_PIECES, _MOST_PIECES))


def cut(n_rows: int, pieces: float) -> list[slice]:
    """Rows of each stretch of a run; each has four at least where there are as many.

    Where the number of pieces is no whole one the last stretch is shorter than the others.

    Examples
    --------
    >>> cut(9, 1.5)
    [slice(0, 6, None), slice(6, 9, None)]
    """
    count = max(1, min(pieces, n_rows // 4))
    ends = np.minimum(np.arange(np.ceil(count) + 1) / count, 1.0) * n_rows
    return [slice(int(a), int(b)) for a, b in pairwise(ends.round(9)) if int(b) > int(a)]


def _with_others(data: Smoothed, number: int, others: Sequence[int], is_map: bool) -> Inputs:
    """The smooth curves of other states, and the run's own inputs."""
    run = data.runs[number]
    between = np.linspace(run.times[0], run.times[-1], _DENSER * len(run.times))
    times = run.times if is_map else np.unique(np.concatenate([run.times, between]))
    curves = [data.curves[number][k] for k in others]
    own = [np.interp(times, run.times, column) for column in run.inputs.T]
    values = np.array([curve(times) for curve in curves] + own).reshape(-1, len(times))
    slopes = np.array([curve(times, 1) for curve in curves] + [0.0 * row for row in own]).reshape(
        -1, len(times)
    )
    kinds = np.array([LINEAR if is_map else CUBIC] * len(others) + [LINEAR] * len(own), np.int64)
    return Inputs(times, np.ascontiguousarray(values), np.ascontiguousarray(slopes), kinds, np.zeros(1))
