"""Right sides for one state: terms chosen on weak forms, then fitted with the other states as measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.flows.rates import CUBIC, LINEAR, Inputs
from symlaw.language.expression import Constant, Expression
from symlaw.search.dynamics.judging import NODE_NATS
from symlaw.search.dynamics.selection import Chosen, backwards, coefficients, forwards
from symlaw.search.dynamics.shooting import Shooting, Stretch, System
from symlaw.search.dynamics.sums import scaled, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.library import Library
    from symlaw.search.dynamics.noise import Smoothed
    from symlaw.search.dynamics.weak import Windows

    Array = NDArray[np.float64]

# Terms of a right side at most, sets of each number of terms that go on, and stretches of a run.
_MOST_TERMS, _EACH, _PIECES = 7, 2, 5
_MOST_POWERS, _MOST_SUMS = 12, 60
# Half the number of windows that say different things, and what is left that counts as nothing.
_SAYS, _EXACT = 25.0, 1e-10
# Points of the smooth curves of other states, for each measured one.
_DENSER = 3


class Ranked(NamedTuple):
    """A right side and its description length when its state alone is simulated."""

    equation: Expression
    length: float


def chosen_sums(library: Library, windows: Sequence[Windows], state: int) -> list[Expression]:
    """Sums of terms of a library that the weak forms of a state's equation speak for, the best first."""
    found: dict[tuple[int, ...], tuple[float, Expression]] = {}
    for one in windows:
        A, b = one.seen(library.values), one.targets[:, state]
        sizes = np.sqrt(np.mean(A**2, axis=0))
        sizes = np.where(sizes > 0.0, sizes, 1.0)
        A = A / sizes
        powers, plain = library.powers, library.plain
        pools = [
            forwards(A, b, _MOST_TERMS),
            _among(plain, forwards(A[:, plain], b, _MOST_TERMS)),
            _among(powers, forwards(A[:, powers], b, _MOST_TERMS)),
            backwards(A, b, powers, _MOST_POWERS),
        ]
        for places, badness in _best(pools, library):
            if places not in found or badness < found[places][0]:
                weights = coefficients(A, b, places) / sizes[list(places)] / library.norms[list(places)]
                found[places] = badness, total(
                    [scaled(float(w), library.terms[k].formula) for w, k in zip(weights, places, strict=True)]
                )
    return [one for _, one in sorted(found.values(), key=lambda pair: pair[0])][:_MOST_SUMS]


def _among(places: Array, found: Iterable[Chosen]) -> list[Chosen]:
    return [Chosen(tuple(int(places[k]) for k in one.places), one.left) for one in found]


def _best(pools: Iterable[Sequence[Chosen]], library: Library) -> list[tuple[tuple[int, ...], float]]:
    """The best few sets of each number of terms, of each pool, with their rough description lengths."""
    chosen: dict[tuple[int, ...], float] = {}
    for pool in pools:
        by_size: dict[int, list[tuple[float, tuple[int, ...]]]] = {}
        for one in pool:
            size = sum(library.terms[k].size + 3.0 for k in one.places)
            badness = _SAYS * np.log(max(one.left, _EXACT)) + NODE_NATS * size
            by_size.setdefault(len(one.places), []).append((float(badness), one.places))
        for each in by_size.values():
            chosen.update((places, badness) for badness, places in sorted(each)[:_EACH])
    return sorted(chosen.items(), key=lambda pair: pair[1])


def ranked(
    equations: Sequence[Expression], data: Smoothed, names: Names, state: int, judge: Judge
) -> list[Ranked]:
    """Right sides of one state, fitted through the solver with the other states as inputs, best first."""
    columns = (
        names.states[state],
        *(name for k, name in enumerate(names.states) if k != state),
        *names.inputs,
        names.time,
    )
    shooting = Shooting(alone(data, state))
    found: dict[str, Ranked] = {}
    for equation in [Expression((Constant(_mean_rate(data, state)),)), *equations]:
        fit = shooting.fit(System((equation,), columns), most=8)
        if fit is not None:
            one = Ranked(fit.system.equations[0], judge.length(fit))
            found.setdefault(one.equation.text(3), one)
    return sorted(found.values(), key=lambda one: one.length)


def _mean_rate(data: Smoothed, state: int) -> float:
    first = data.runs[0]
    rate = float(np.mean(data.curves[0][state](first.times, 1)))
    return rate if abs(rate) > 0.0 else 1e-3


def alone(data: Smoothed, state: int) -> list[Stretch]:
    """Stretches of one state, the other states being inputs."""
    found = []
    for number, run in enumerate(data.runs):
        inputs = _with_others(data, number, state)
        curve = data.curves[number][state](run.times)
        deviations = data.noise.deviations(data.states(number, run.times))[:, state]
        weights = np.where(np.isfinite(run.states[:, state]), deviations**-2.0, 0.0)
        for rows in cut(len(run.times), _PIECES):
            found.append(
                Stretch(
                    run.times[rows], run.states[rows, state][:, None], weights[rows][:, None], inputs,
                    curve[rows][:1],
                )
            )  # fmt: skip
    return found


def cut(n_rows: int, pieces: int) -> list[slice]:
    """Rows of each stretch of a run; each has four at least where there are as many."""
    count = max(1, min(pieces, n_rows // 4))
    ends = np.linspace(0, n_rows, count + 1).astype(int)
    return [slice(int(a), int(b)) for a, b in zip(ends, ends[1:], strict=False)]


def _with_others(data: Smoothed, number: int, state: int) -> Inputs:
    """The smooth curves of all states but one, and the run's own inputs."""
    run = data.runs[number]
    times = np.unique(
        np.concatenate([run.times, np.linspace(run.times[0], run.times[-1], _DENSER * len(run.times))])
    )
    others = [k for k in range(run.states.shape[1]) if k != state]
    curves = [data.curves[number][k] for k in others]
    own = [np.interp(times, run.times, column) for column in run.inputs.T]
    values = np.array([curve(times) for curve in curves] + own).reshape(-1, len(times))
    slopes = np.array([curve(times, 1) for curve in curves] + [0.0 * row for row in own]).reshape(-1, len(times))
    kinds = np.array([CUBIC] * len(others) + [LINEAR] * len(own), np.int64)
    return Inputs(times, np.ascontiguousarray(values), np.ascontiguousarray(slopes), kinds, np.zeros(1))
