"""Fitting sums of terms: coefficients by least squares, constants inside by variable projection.

Golub and Pereyra 1973, with Kaufman's 1975 simplification of the Jacobian. Unknown parts are sums of smooth
functions, so that they are fitted as the coefficients are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from symlaw.engine.step_control import FIRST_DAMPING
from symlaw.search.terms.flexible import Detail, Flexible
from symlaw.search.terms.sums import Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from symlaw.search.terms.columns import Columns
    from symlaw.search.terms.families import Family, Known
    from symlaw.search.terms.sums import Sum

    Array = NDArray[np.float64]

# A fit ends after two steps that gain less than this share of the loss.
_LITTLE = 2e-3
_TRIES = 4
# A constant moves by at most this share of its size in a step.
FARTHEST, LEAST_SIZE = 0.7, 1e-3
# Slopes by constants are differences over this share of their size, or of the least size there.
STEP, LEAST_STEPPED = 1e-6, 1e-4
# Keeps functions that are nearly the same on the rows from having huge coefficients of opposite signs.
_RIDGE = 1e-18
# Columns that are made orthonormal by reflections, where none is nearly a sum of the others.
_FEW, _SINGULAR = 12, 1e-10
# Multiply-adds of a matrix product in the time of one node value.
_PRODUCTS_PER_VALUE = 16
# Node values in the time that a projection takes beside what depends on the number of rows.
_PROJECTION = 50_000
# Losses below which sums with unknown parts on rows along a curve, and others, are not told apart.
_POLYNOMIAL, _ROUNDING = 1e-12, 1e-28
# Sets of functions whose basis is kept.
_FRAMES = 16
_NONE = np.zeros(0)


class Frame(NamedTuple):
    """Functions that stay as they are while constants are fitted, and what they leave of the target.

    Attributes
    ----------
    basis
        Orthonormal columns that span them, float64 (n_rows, n).
    back
        Coefficients of the functions from those of the basis, float64 (n, n).
    target
        What they leave, float64 (n_rows,).
    """

    basis: Array
    back: Array
    target: Array


class Projection(NamedTuple):
    """The target's best approximation by the functions of a sum.

    Attributes
    ----------
    frame
        Functions of terms without constants.
    functions
        Weighted values of the others, float64 (n_rows, n).
    basis
        Orthonormal columns that span what the frame leaves of them, float64 (n_rows, n).
    coefficients
        Of the others, float64 (n,).
    residual
        float64 (n_rows,).
    """

    frame: Frame
    functions: Array
    basis: Array
    coefficients: Array
    residual: Array

    @property
    def loss(self) -> float:
        """Share of the target's squares that is left."""
        return float(self.residual @ self.residual)

    def beyond(self, functions: Array) -> Array:
        """What the sum cannot make up for of functions (n_rows, n)."""
        left = functions - self.frame.basis @ (self.frame.basis.T @ functions)
        return np.asarray(left - self.basis @ (self.basis.T @ left))


@dataclass
class Ground:
    """The rows that sums are fitted on.

    Parameters
    ----------
    columns
        Columns, float64 (n_columns, n_rows), with the families that suit them.
    y, weights
        Target, and weights above 0; float64 (n_rows,).
    work, fits, steps
        Node values computed, sums fitted, and steps of these fits, so far.
    """

    columns: Columns
    y: Array
    weights: Array
    work: int = 0
    fits: int = 0
    steps: int = 0
    _frames: dict[object, Frame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.flexible = Flexible(self.X, Detail())
        self.root = np.sqrt(self.weights / np.sum(self.weights))
        self.centre = float(self.root**2 @ self.y)
        centred = (self.y - self.centre) * self.root
        self.norm = float(np.linalg.norm(centred))
        self.target = centred / self.norm

    def use(self, flexible: Flexible) -> None:
        """Have other functions of the columns stand for what is unknown."""
        self.flexible = flexible
        self._frames.clear()

    @property
    def X(self) -> Array:
        """Columns, float64 (n_columns, n_rows)."""
        return self.columns.X

    @property
    def families(self) -> dict[Family, Known]:
        """Functions of columns, and what the language makes of them."""
        return self.columns.families

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    def cost(self, term: Term) -> float:
        """Complexity of what is known of a term: its coefficient, its atoms, and their products."""
        return 2.0 + sum(1.0 + self.families[atom.family].cost for atom in term.atoms)

    def known(self, term: Term, constants: Array) -> Array:
        """Values of a term's known factors, float64 (n_rows,)."""
        values = np.ones(self.n_rows)
        for (family, column), own in term.factors(constants):
            values = values * self.families[family].values(self.columns.at(column), own)
        return values

    def functions(self, term: Term, constants: Array) -> Array:
        """Weighted values of what a term is a sum of, float64 (n, n_rows)."""
        known = self.known(term, constants) * self.root
        return self.flexible.beside(term.open) * known if term.open else known[None]

    def _unknown(self, asked: Sum) -> Array:
        """Weighted values of 1 and of what stands for all that is unknown, float64 (n, n_rows)."""
        return self.flexible.alone(asked.unknown_groups) * self.root

    def within(self, fitted: Sum) -> bool:
        """Whether no constant is where its family is as good as a simpler one."""
        for term, constants in zip(fitted.terms, fitted.constants, strict=True):
            for (family, column), own in term.factors(constants):
                grid, sizes = self.columns.grid(family, column), np.abs(own)
                if np.any(sizes < grid.least) or np.any(sizes > grid.most):
                    return False
        return True

    def frame(self, asked: Sum, held: int = 0) -> Frame:
        """What stays: the constant 1, what is unknown, terms without constants, and the first ``held``."""
        still = [(asked.terms[place], asked.constants[place]) for place in _still(asked, held)]
        key = (asked.unknown_groups, tuple((term, own.tobytes()) for term, own in still))
        if key not in self._frames:
            parts = [self._unknown(asked), *(self.functions(term, own) for term, own in still)]
            basis, back = self._orthonormal(np.concatenate(parts).T)
            left = self.target - basis @ (basis.T @ self.target)
            if len(self._frames) >= _FRAMES:
                self._frames.clear()
            self._frames[key] = Frame(basis, back, left - basis @ (basis.T @ left))
        return self._frames[key]

    def _moving(self, asked: Sum, held: int) -> Array:
        """Weighted values of what terms are sums of whose constants are fitted, float64 (n_rows, n)."""
        parts = [self.functions(asked.terms[p], asked.constants[p]) for p in _moved(asked, held)]
        return np.concatenate(parts or [np.zeros((0, self.n_rows))]).T

    def _orthonormal(self, functions: Array) -> tuple[Array, Array]:
        """Orthonormal columns that span functions, and what brings coefficients back."""
        sizes = np.sqrt(np.einsum("ij,ij->j", functions, functions))
        sizes = np.where(sizes > 0.0, sizes, 1.0)
        basis = functions / sizes
        if functions.shape[1] <= _FEW:
            orthonormal, triangle = np.linalg.qr(basis)
            diagonal = np.abs(np.diagonal(triangle))
            if len(diagonal) and np.min(diagonal) > _SINGULAR * np.max(diagonal):
                return orthonormal, np.linalg.inv(triangle) / sizes[:, None]
        back = np.diag(1.0 / sizes)
        for ridge in (_RIDGE, 0.0):
            # the second pass makes columns orthonormal to rounding
            inverse = _inverse_root(basis.T @ basis, ridge)
            basis, back = basis @ inverse, back @ inverse
        return basis, back

    def projected(self, asked: Sum, held: int = 0) -> Projection | None:
        """The target's best approximation with constants as they are; None where the sum has no values."""
        frame, functions = self.frame(asked, held), self._moving(asked, held)
        # what is kept counts as what is made, so that work does not depend on what is
        count = frame.basis.shape[1] + functions.shape[1]
        self.work += _PROJECTION + functions.size * (1 + count // _PRODUCTS_PER_VALUE)
        if not (np.all(np.isfinite(functions)) and np.all(np.isfinite(frame.target))):
            return None
        basis, back = self._orthonormal(functions - frame.basis @ (frame.basis.T @ functions))
        along = basis.T @ frame.target
        residual = frame.target - basis @ along
        more = basis.T @ residual
        return Projection(frame, functions, basis, back @ (along + more), residual - basis @ more)

    def _coefficients(self, asked: Sum, now: Projection, held: int) -> Array:
        """Of the constant 1 and of each term, where all is known."""
        if asked.is_open:
            return _NONE
        rest = self.target - now.functions @ now.coefficients
        of_frame = now.frame.back @ (now.frame.basis.T @ rest)
        found = np.empty(1 + len(asked.terms))
        found[[0, *(1 + place for place in _still(asked, held))]] = of_frame
        found[[1 + place for place in _moved(asked, held)]] = now.coefficients
        return found

    def fit(
        self, asked: Sum, steps: int, floor: float = 0.0, little: float = _LITTLE, held: int = 0
    ) -> Sum | None:
        """A sum with its inner constants fitted; None where it has no values.

        Nor is there one where a constant goes to where its family is as good as a simpler one.

        Parameters
        ----------
        asked
            The sum, with constants to begin with.
        steps
            Most steps.
        floor, little
            Loss that is small enough, and the gain of two steps at which no more are taken.
        held
            How many of the first terms keep their constants.
        """
        self.fits += 1
        asked = asked if held else asked.lean
        now = self.projected(asked, held)
        if now is None:
            return None
        damping, idle = FIRST_DAMPING[0], 0
        for _ in range(steps if any(asked.terms[p].size for p in _moved(asked, held)) else 0):
            if now.loss <= floor or idle == 2:
                break
            self.steps += 1
            tried = self._step(asked, now, damping, held)
            if tried is None:
                break
            gain = 1.0 - tried[1].loss / now.loss
            idle = idle + 1 if gain < little else 0
            asked, now, damping = tried
        fitted = replace(asked, loss=now.loss, coefficients=self._coefficients(asked, now, held))
        return fitted if self.within(fitted) else None

    def fit_each(self, sums: Iterable[Sum], steps: int) -> list[Sum]:
        """Those of some sums that have values, fitted."""
        fitted = (self.fit(one, steps) for one in sums)
        return [one for one in fitted if one is not None]

    def _step(
        self, asked: Sum, now: Projection, damping: float, held: int
    ) -> tuple[Sum, Projection, float] | None:
        """A step that gains, with the damping after it; None where none does."""
        slopes = self._slopes(asked, now, held)
        if not np.all(np.isfinite(slopes)):
            return None
        gradient, square = slopes.T @ now.residual, slopes.T @ slopes
        diagonal = np.diag(square) + 1e-300
        begin = sum(term.size for term in asked.terms[:held])
        flat = asked.flat
        farthest = FARTHEST * np.maximum(np.abs(flat[begin:]), LEAST_SIZE)
        for _ in range(_TRIES):
            try:
                step = np.linalg.solve(square + damping * np.diag(diagonal), gradient)
            except np.linalg.LinAlgError:
                step = gradient / diagonal
            tried = flat.copy()
            tried[begin:] += np.clip(step, -farthest, farthest)
            moved = asked.with_flat(tried)
            then = self.projected(moved, held)
            if then is not None and then.loss < now.loss:
                return moved, then, max(damping * 0.1, 1e-12)
            damping *= 8.0
        return None

    def _slopes(self, asked: Sum, now: Projection, held: int) -> Array:
        """How the approximation moves with each inner constant, beyond what coefficients make up for."""
        begin, slopes = 0, []
        for place in _moved(asked, held):
            term, constants = asked.terms[place], asked.constants[place]
            end = begin + len(self.flexible.beside(term.open))
            functions, coefficients = now.functions[:, begin:end], now.coefficients[begin:end]
            begin = end
            for k, value in enumerate(constants):
                moved, step = constants.copy(), STEP * max(abs(value), LEAST_STEPPED)
                moved[k] += step
                slopes.append((self.functions(term, moved).T - functions) @ coefficients / step)
        return now.beyond(np.array(slopes).T)

    def expected_loss(self, fitted: Sum) -> float:
        """Loss to be expected on other rows.

        Along a curve, what unknown functions leave as polynomials tells nothing.
        """
        n_fitted = self.freedom(fitted) + len(fitted.flat) + len(fitted.terms)
        least = _POLYNOMIAL if fitted.is_open and self.columns.on_curve else _ROUNDING
        return max(fitted.loss, least) / max(1.0 - n_fitted / self.n_rows, 0.1) ** 2

    def nats_above(self, one: Sum, other: Sum) -> float:
        """Nats by which other rows are described worse by a sum than by another."""
        return 0.5 * self.n_rows * log(self.expected_loss(one) / self.expected_loss(other))

    def freedom(self, fitted: Sum) -> int:
        """Coefficients of what is unknown."""
        flexible = self.flexible
        factors = sum(len(flexible.beside(term.open)) for term in fitted.terms if term.open and term.atoms)
        return len(flexible.products(fitted.unknown_groups)) - 1 + factors


def _moved(asked: Sum, held: int) -> list[int]:
    """Places of the terms whose constants are fitted."""
    return [place for place, term in enumerate(asked.terms) if place >= held and term.size]


def _still(asked: Sum, held: int) -> list[int]:
    """Places of the known terms that stay: those without constants, then those that are held."""
    without = [place for place, term in enumerate(asked.terms) if term.atoms and not term.size]
    return [*without, *(place for place in range(held) if asked.terms[place].size)]


def _inverse_root(gram: Array, ridge: float) -> Array:
    """Triangular matrix that makes columns of a Gram matrix orthonormal, with as much ridge as it takes."""
    size, unit = float(np.trace(gram)) or 1.0, np.eye(len(gram))
    while True:
        try:
            root = np.linalg.cholesky(gram + ridge * size * unit)
            return np.asarray(solve_triangular(root, unit, lower=True, check_finite=False).T)
        except np.linalg.LinAlgError:
            ridge = max(100.0 * ridge, 1e-16)
