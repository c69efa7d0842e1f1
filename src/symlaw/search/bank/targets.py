"""What entries are joined for: the target and its transforms, on probe rows and on rows to verify on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.knowledge.units.analysis import units_of
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import operator
from symlaw.search.constraints.units import completer_of
from symlaw.search.scoring.affine import Line, fitted_line, through_zero
from symlaw.search.scoring.transforms import Transform, identity, useful_transforms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.units.dimensions import Dimension
    from symlaw.search.bank.bank import Bank
    from symlaw.search.constraints.units import Completer
    from symlaw.search.problem import Problem

_VERIFYING_ROWS = 2048
# Relative loss below which a look-up is verified, and below which nothing simpler is worth proposing.
MATCHED, EXACT = 1e-6, 1e-16
# A scale is 1 or -1 where it differs by less.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Target:
    """One way to look at the target.

    Parameters
    ----------
    transform
        The way back to the target.
    probe
        Its values on the probe rows, float64 (n_probe_rows,).
    sample
        Its values on the rows to verify on, float64 (n_sample_rows,).
    inside
        Dimension of what it is a function of, where named constants may supply that.
    """

    transform: Transform
    probe: NDArray[np.float64]
    sample: NDArray[np.float64]
    inside: Dimension | None = None


@dataclass(frozen=True)
class Workplace:
    """What joining needs to know.

    Parameters
    ----------
    problem
        What is asked.
    bank
        The entries.
    targets
        The target itself, then its transforms.
    X
        Rows to verify on, none of the probe rows among them if there are enough others,
        float64 (n_sample_rows, n_features).
    completer
        Supplies named constants where units are missing, if it can.
    """

    problem: Problem
    bank: Bank
    targets: tuple[Target, ...]
    X: NDArray[np.float64]
    completer: Completer | None = None

    def values(self, formulas: Sequence[Expression]) -> NDArray[np.float64]:
        """Values on the rows to verify on, float64 (n_formulas, n_sample_rows)."""
        found: NDArray[np.float64] = evaluate(formulas, self.X, self.problem.language.variables)
        return found

    def simplest_exact(self, best: float, formulas: Sequence[Expression], loss: float) -> float:
        """Complexity of the simplest exact formula so far, after some of this relative loss."""
        if not loss < EXACT:
            return best
        return min([best, *(self.problem.language.complexity(formula) for formula in formulas)])

    def seen_through(self, target: Target, inner: Expression, limit: float) -> tuple[list[Expression], float]:
        """Formulas of the target if a transform of it is a line of ``inner``, and the relative loss.

        None are given where the loss on rows never matched is not below ``limit``.
        """
        f, t, fits = self.values([inner])[0], target.sample, self.problem.language.fits
        variance = float(np.var(t))
        # a target that does not vary on these rows verifies nothing
        if not (np.all(np.isfinite(f)) and variance > 0):
            return [], np.inf
        unit = float(np.max(np.abs(f))) or 1.0
        best = fitted_line(f / unit, t)
        loss = best.loss / variance
        if not loss < limit:
            return [], loss
        if target.transform.is_identity:
            return ([inner] if fits(inner) else []), loss
        if target.inside is not None and self.completer is not None:
            named = [form for form in self.completer.forms(inner, target.inside) if form is not inner]
            found = [self.seen_through(replace(target, inside=None), form, limit)[0] for form in named]
            if found:
                return [formula for formulas in found for formula in formulas], loss
        alone = Line(through_zero(f / unit, t).scale / unit, 0.0).tidied(_NOTHING)
        bare = float(np.mean((t - alone.scale * f) ** 2)) / variance
        lines = [_times(inner, alone, fits)] if bare < 4 * limit else []
        if not bare < MATCHED:
            lines.append(Line(best.scale / unit, best.offset).tidied(_NOTHING).of(inner))
        formulas = [target.transform.applied(line) for line in lines]
        return [formula for formula in formulas if fits(formula)], loss


def _times(inner: Expression, line: Line, fits: Callable[[Expression], bool]) -> Expression:
    """``scale * inner``; as a product where the language has no sign of its own."""
    written = line.of(inner)
    return written if fits(written) else Expression((Constant(line.scale), *inner.nodes, operator("*")))


def transforms_of(problem: Problem) -> list[Transform]:
    """The target itself and its useful transforms."""
    largest = float(np.max(np.abs(problem.y)))
    # its scale is free; squares of it must not leave the range
    unit = 1.0 if 1e-60 < largest < 1e60 else largest
    return [identity(problem.y / unit), *useful_transforms(problem.y, problem.language)]


def make_workplace(problem: Problem, bank: Bank, transforms: Sequence[Transform]) -> Workplace:
    """Targets of a problem and rows to verify on."""
    rest = np.ones(problem.n_rows, bool)
    rest[problem.probe_places] = False
    rest &= problem.rows.weights > 0
    places = np.flatnonzero(rest) if np.sum(rest) >= 16 else np.flatnonzero(problem.rows.weights > 0)
    chosen = places[np.linspace(0, len(places) - 1, min(len(places), _VERIFYING_ROWS)).round().astype(int)]
    probe, units = problem.probe_places[: bank.n_rows], units_of(problem.language)
    targets = tuple(
        Target(
            transform, np.ascontiguousarray(transform.values[probe]), transform.values[chosen],
            None if units is None else units.inside(transform.outer),
        )
        for transform in transforms
    )  # fmt: skip
    X = np.ascontiguousarray(problem.rows.X[:, chosen].T)
    return Workplace(problem, bank, targets, X, completer_of(problem.language))
