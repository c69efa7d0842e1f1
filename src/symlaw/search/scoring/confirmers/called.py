"""From a genome that has a good score to an entry, where a Python function judges: constants by a simplex."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES
from symlaw.engine.tape import to_tape
from symlaw.search.archive import Entry, formula_of
from symlaw.search.evolution.population import Population, population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.objectives.called import CalledObjective
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Calls for each constant in a fit, first steps beside the constants, and the least of them.
_CALLS, _STEP, _LEAST_STEP = 60, 0.05, 0.05
# A constant is tried as a fraction of a denominator up to this where it is nearer than the share of itself.
_DENOMINATORS, _NEAR = (1, 2, 3, 4, 5, 6, 8, 10), 2e-3
# Scores that are worse by no more than this, relatively, count as the same.
_SAME = 1e-9


@dataclass
class CalledConfirmer:
    """Makes entries of formulas that a function judges; it has the attributes of `Confirmer`."""

    problem: Problem
    objective: CalledObjective
    slowest: float = 0.0
    sampled: dict[float, float] = field(default_factory=dict)
    least: float = math.inf

    def entries(self, genomes: Population, slot: int, source: str) -> list[Entry]:
        """The formula of a genome, its constants fitted."""
        return self.guess(formula_of(genomes, slot, self.problem.language), source=source)

    def guess(self, expression: Expression, limit: float = math.inf, source: str = "guess") -> list[Entry]:
        """A formula with its constants fitted, and with those near to fractions as these."""
        began = time.monotonic()
        found = [self._entry(expression, source)]
        if expression.constants and math.isfinite(found[0].loss):
            fitted = self._fitted(expression)
            found += [self._entry(one, source) for one in (fitted, *self._named(fitted))]
        self.slowest = max(self.slowest, time.monotonic() - began)
        usable = [entry for entry in found if math.isfinite(entry.loss)]
        if not usable:
            return []
        best = min(entry.loss for entry in usable)
        self.least = min(self.least, best)
        # the last of those that are the same is the one with fractions
        enough = best + _SAME * abs(best)
        return [next(entry for entry in reversed(usable) if entry.loss <= max(enough, self.objective.exact))]

    def genome(self, expression: Expression) -> Population | None:
        """A formula as a genome with its score, alone in its population; None if too complex."""
        language = self.problem.language
        few = len(expression.nodes) <= MAX_NODES and len(expression.constants) <= MAX_CONSTANTS
        if not few or not language.varies(expression):
            return None
        tape = to_tape([expression], language.operators, language.variables)
        alone, size = population(1), len(tape.codes)
        alone.codes[0, :size], alone.columns[0, :size] = tape.codes, tape.columns
        alone.values[0, :size] = tape.values
        alone.size[0], alone.complexity[0] = size, language.complexity(expression)
        alone.loss[0] = self.objective.judge.score(language.shown(expression))
        return alone

    def _entry(self, inner: Expression, source: str) -> Entry:
        language = self.problem.language
        shown = language.shown(inner)
        score = self.objective.judge.score(shown)
        return Entry(shown, language.complexity(shown), score, inner, source)

    def _score(self, expression: Expression) -> float:
        return self.objective.judge.score(self.problem.language.shown(expression))

    def _fitted(self, expression: Expression) -> Expression:
        """The formula with constants at a minimum of the score (Nelder and Mead 1965)."""
        from scipy.optimize import minimize

        start = np.array(expression.constants)
        steps = np.diag(np.where(start != 0.0, _STEP * np.abs(start), _LEAST_STEP))

        def score(constants: Array) -> float:
            found = self._score(expression.with_constants(constants.tolist()))
            # the simplex takes differences of what it is given
            return found if math.isfinite(found) else 1e300

        options = {
            "maxfev": _CALLS * len(start), "initial_simplex": np.vstack([start, start + steps]),
            "xatol": 1e-12, "fatol": 0.0,
        }  # fmt: skip
        found = minimize(score, start, method="Nelder-Mead", options=options)
        return expression.with_constants(found.x.tolist())

    def _named(self, expression: Expression) -> Iterator[Expression]:
        """The formula with constants exchanged for the fractions next to them, where that is no worse.

        All of them at once first: where one constant is off, another one makes up for it.
        """
        fitted, best = list(expression.constants), self._score(expression)
        near = [_fraction_near(value) for value in fitted]
        together = [value if one is None else one for value, one in zip(fitted, near, strict=True)]
        if together != fitted and self._score(expression.with_constants(together)) <= self._as_good(best):
            yield expression.with_constants(together)
            return
        constants = fitted
        for place, one in enumerate(near):
            if one is None:
                continue
            tried = [*constants[:place], one, *constants[place + 1 :]]
            score = self._score(expression.with_constants(tried))
            if score <= self._as_good(best):
                constants, best = tried, min(best, score)
        if constants != fitted:
            yield expression.with_constants(constants)

    def _as_good(self, score: float) -> float:
        """Up to which score a formula counts as no worse."""
        return max(score + _SAME * abs(score), self.objective.exact)


def _fraction_near(value: float) -> float | None:
    """The fraction of small denominator next to a constant, where it is near."""
    for denominator in _DENOMINATORS:
        near = round(value * denominator) / denominator
        if near != value and abs(near - value) <= _NEAR * max(abs(value), 1e-6):
            return near
    return None
