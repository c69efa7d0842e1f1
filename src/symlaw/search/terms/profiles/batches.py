"""Many sums of functions of one column, fitted at once by variable projection (Golub and Pereyra 1973)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.step_control import FIRST_DAMPING
from symlaw.search.terms.fitting import FARTHEST, LEAST_SIZE, LEAST_STEPPED, STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.terms.profiles.nodes import Axis

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

_MORE, _LESS, _LEAST_DAMPING = 8.0, 0.15, 1e-12
# Losses that are no numbers.
_NONE = np.inf


class Choice(NamedTuple):
    """A family by its number, with constants (size,)."""

    family: int
    constants: Array


class State(NamedTuple):
    """Sums with their constants.

    Attributes
    ----------
    constants
        float64 (n, most constants of a sum); 0 where a sum has fewer.
    functions
        What is seen of each function, float64 (n, functions of a sum, n_seen).
    basis
        Orthonormal columns that span them, float64 (n, n_seen, functions of a sum).
    coefficients
        float64 (n, functions of a sum).
    residual
        float64 (n, n_seen).
    loss
        float64 (n,); infinite where there are no values.
    """

    constants: Array
    functions: Array
    basis: Array
    coefficients: Array
    residual: Array
    loss: Array


class Batch:
    """Sums of equally many functions of a column.

    Parameters
    ----------
    axis
        The column.
    back
        Gives what is seen of functions from their values at the nodes, float64 (n_nodes, n_seen).
    target
        What is seen of the target, float64 (n_seen,).
    asked
        The sums, with constants to begin with.
    """

    def __init__(self, axis: Axis, back: Array, target: Array, asked: Sequence[Sequence[Choice]]) -> None:
        self._axis, self._back, self._target = axis, back, target
        self.families: Whole = np.array([[one.family for one in some] for some in asked])
        sizes = np.array([[len(one.constants) for one in some] for some in asked])
        self._ends: Whole = np.cumsum(sizes, axis=1)
        self._begins: Whole = self._ends - sizes
        constants = np.zeros((len(asked), max(int(self._ends[:, -1].max()), 1)))
        for place, some in enumerate(asked):
            flat = np.concatenate([np.zeros(0), *(one.constants for one in some)])
            constants[place, : len(flat)] = flat
        self.state = self._projected(constants)

    def descend(self, steps: int) -> None:
        """Steps of Levenberg and Marquardt, each sum with a damping of its own."""
        if not np.any(self._ends[:, -1]):
            return
        damping = np.full(len(self.families), FIRST_DAMPING[0])
        for _ in range(steps):
            moved = self._projected(self._moved(damping))
            better = moved.loss < self.state.loss
            damping = np.maximum(damping * np.where(better, _LESS, _MORE), _LEAST_DAMPING)
            parts = (
                np.where(better.reshape(-1, *(1,) * (new.ndim - 1)), new, old)
                for new, old in zip(moved, self.state, strict=True)
            )
            self.state = State(*parts)

    def found(self) -> Iterator[tuple[tuple[Choice, ...], float]]:
        """Functions and loss of each sum that has values and whose constants are within bounds."""
        good = np.isfinite(self.state.loss)
        for family, sums, slots in self._by_family():
            own = self._own(self.state.constants, family, sums, slots)
            good[sums[~self._axis.within(family, own)]] = False
        for place in np.flatnonzero(good):
            ends = zip(self._begins[place], self._ends[place], strict=True)
            own_constants = [self.state.constants[place, begin:end] for begin, end in ends]
            choices = map(Choice, self.families[place].tolist(), own_constants)
            yield tuple(choices), float(self.state.loss[place])

    def _by_family(self) -> Iterator[tuple[int, Whole, Whole]]:
        """Each family, with the sums and their places that it is in."""
        for family in np.unique(self.families):
            sums, slots = np.nonzero(self.families == family)
            yield int(family), sums, slots

    def _own(self, constants: Array, family: int, sums: Whole, slots: Whole) -> Array:
        """A family's constants wherever it stands, float64 (n, size)."""
        size = len(self._axis.grids[family].least)
        places = self._begins[sums, slots][:, None] + np.arange(size)
        return np.asarray(constants[sums[:, None], places])

    def _functions(self, constants: Array) -> Array:
        found = np.empty((*self.families.shape, self._back.shape[1]))
        for family, sums, slots in self._by_family():
            own = self._own(constants, family, sums, slots)
            found[sums, slots] = self._seen(family, own)
        return found

    def _seen(self, family: int, constants: Array) -> Array:
        """What is seen of a family for constants (n, size), float64 (n, n_seen); nan where not finite."""
        values = self._axis.values(family, constants)
        bad = ~np.all(np.isfinite(values), axis=1)
        values[bad] = 0.0
        seen = values @ self._back
        seen[bad] = np.nan
        return np.asarray(seen)

    def _slopes(self) -> Array:
        """How each sum changes with each constant, float64 (n, n_constants, n_seen)."""
        constants, slopes = self.state.constants, np.zeros((*self.state.constants.shape, self._back.shape[1]))
        for family, sums, slots in self._by_family():
            own = self._own(constants, family, sums, slots)
            for k in range(own.shape[1]):
                moved, step = own.copy(), STEP * np.maximum(np.abs(own[:, k]), LEAST_STEPPED)
                moved[:, k] += step
                change = self._seen(family, moved) - self.state.functions[sums, slots]
                scale = self.state.coefficients[sums, slots] / step
                slopes[sums, self._begins[sums, slots] + k] = change * scale[:, None]
        return slopes

    @np.errstate(all="ignore")
    def _projected(self, constants: Array) -> State:
        functions = self._functions(constants)
        good = np.all(np.isfinite(functions), axis=(1, 2))
        functions = np.where(good[:, None, None], functions, 0.0)
        sizes = np.linalg.norm(functions, axis=2)
        good &= np.all(sizes > 0.0, axis=1)
        scaled = functions / np.where(sizes > 0.0, sizes, 1.0)[:, :, None]
        basis, triangle = np.linalg.qr(scaled.transpose(0, 2, 1))
        diagonal = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
        good &= np.min(diagonal, axis=1) > 1e-10
        triangle = np.where(good[:, None, None], triangle, np.eye(triangle.shape[1]))
        along = np.einsum("nsf,s->nf", basis, self._target)
        residual = self._target - np.einsum("nsf,nf->ns", basis, along)
        coefficients = np.linalg.solve(triangle, along[..., None])[..., 0] / np.where(sizes > 0.0, sizes, 1.0)
        loss = np.where(good, np.einsum("ns,ns->n", residual, residual), _NONE)
        return State(constants, functions, basis, coefficients, residual, loss)

    @np.errstate(all="ignore")
    def _moved(self, damping: Array) -> Array:
        now, slopes = self.state, self._slopes()
        inside = np.einsum("npk,nkf->npf", slopes, now.basis)
        slopes = slopes - np.einsum("npf,nkf->npk", inside, now.basis)
        slopes = np.where(np.isfinite(slopes), slopes, 0.0)
        gradient = np.einsum("npk,nk->np", slopes, now.residual)
        square = slopes @ slopes.transpose(0, 2, 1)
        diagonal = np.diagonal(square, axis1=1, axis2=2)
        own = np.where(diagonal > 0.0, diagonal * damping[:, None], 1.0)
        square = square + own[:, :, None] * np.eye(own.shape[1])
        step = np.linalg.solve(square, gradient[..., None])[..., 0]
        farthest = FARTHEST * np.maximum(np.abs(now.constants), LEAST_SIZE)
        return np.asarray(now.constants + np.clip(step, -farthest, farthest))
