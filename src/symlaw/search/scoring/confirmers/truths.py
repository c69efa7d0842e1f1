"""From a formula of truths to an entry: the rows that it gets wrong are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.values import values
from symlaw.search.archive import Entry, formula_of

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.search.evolution.population import Population
    from symlaw.search.problem import Problem


@dataclass
class TruthConfirmer:
    """Makes entries of formulas of truths; it has the attributes of `Confirmer`."""

    problem: Problem
    slowest: float = 0.0
    sampled: dict[float, float] = field(default_factory=dict)
    least: float = np.inf

    def entries(self, genomes: Population, slot: int, source: str) -> list[Entry]:
        """The formula of a genome."""
        return self.guess(formula_of(genomes, slot, self.problem.language), source=source)

    def guess(self, expression: Expression, limit: float = np.inf, source: str = "guess") -> list[Entry]:
        """A formula with its share of wrong rows, as a fraction of the best constant's."""
        problem, rows = self.problem, self.problem.rows
        given = values(expression, dict(zip(problem.language.variables, rows.X, strict=True)))
        asked = problem.y != 0
        wrong = float(np.sum(rows.weights * ((given != 0) != asked)))
        right = float(np.sum(rows.weights * asked))
        loss = wrong / min(right, float(rows.total) - right)
        self.least = min(self.least, loss)
        return [Entry(expression, problem.language.complexity(expression), loss, expression, source)]

    def genome(self, _expression: Expression) -> Population | None:
        """None: nobody varies genomes of truths."""
        return None
