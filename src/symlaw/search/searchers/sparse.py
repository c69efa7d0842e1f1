"""Sparse: models that are linear in their coefficients, answered at once.

Each call of `Sparse.ask` fits the next models (a sum of columns, a polynomial, a power law, a quotient, ...),
several where rows are few, each for every number of terms up to where more do not help, and proposes the
formulas; after the last model it proposes nothing. Selection: see `symlaw.search.sparse.selection`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from symlaw.search.objectives.base import Ability
from symlaw.search.searchers.base import Mapper, Proposals
from symlaw.search.sparse.exact_quotients import exactly_rational
from symlaw.search.sparse.models import (
    Answer,
    exponentials,
    linear,
    of_functions,
    polynomial,
    power_laws,
    views_of,
)
from symlaw.search.sparse.oscillations import oscillations
from symlaw.search.sparse.rational import rational
from symlaw.search.sparse.terms import Table, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

# The next model waits for the next epoch after so many node values, or so many formulas to be fitted.
_WORK, _FORMULAS = 200_000, 12


@dataclass
class SparseState:
    """How far the list of models was gone through.

    Attributes
    ----------
    position
        Models fitted so far; -1 after the last.
    models
        All of them over their rows; left out of pickles and made anew.
    """

    position: int = 0
    models: list[Callable[[], Answer]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "models": None}


@dataclass(frozen=True)
class Sparse:
    """Sums of few terms for the target and its transforms, power laws, exponentials and quotients.

    Parameters
    ----------
    max_degree
        Largest total degree of the numerator and denominator of quotients.
    """

    max_degree: int = 2
    name: str = "sparse"
    stores: ClassVar[tuple[type, ...]] = (SparseState,)
    solves_parts: ClassVar[bool] = True
    needs_no_kernels: ClassVar[bool] = True

    @classmethod
    def for_parts(cls) -> Sparse:
        """As it is: it is small."""
        return cls()

    def objection(self, problem: Problem) -> str | None:
        """Any loss but least squares, and that of the logarithm, for which there are models too."""
        return None if problem.offers(Ability.LOG_SQUARES) else problem.lacks(Ability.VALUES, Ability.SQUARES)

    def start(self, problem: Problem, seed: int) -> SparseState:
        """Before the first model; nothing here is random."""
        return SparseState()

    def ask(
        self, state: SparseState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Fit the next model and propose its formulas; nothing after the last."""
        if state.position < 0:
            return Proposals()
        if state.models is None:
            state.models = self._models(table_of(problem), least_squares=problem.offers(Ability.SQUARES))
        if state.position >= len(state.models):
            state.position, state.models = -1, None
            return Proposals()
        formulas: list[Expression] = []
        tried = work = 0
        most = max(1, evaluations)
        # on small tables several models take less time than the others' share of an epoch
        while state.position < len(state.models) and tried < min(most, _FORMULAS) and work < _WORK:
            answer = state.models[state.position]()
            state.position += 1
            new = answer.formulas[: most - tried]
            formulas += new
            # a model that brings nothing was tried all the same
            tried += max(1, len(new))
            work += answer.work
        counters = {"evaluations": tried, "distinct": tried, "work": work}
        return Proposals(formulas=formulas, counters=counters)

    def tell(self, state: SparseState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn: the models do not depend on what came to the front."""

    def _models(self, table: Table, *, least_squares: bool) -> list[Callable[[], Answer]]:
        """The models in the order in which they are fitted, the simplest first."""
        if table.sight is not None:
            return self._observed_models(table)
        of_logs: list[Callable[[], Answer]] = [partial(power_laws, table), partial(exponentials, table)]
        if not least_squares:
            return of_logs
        views = views_of(table)
        target = views[0]
        models: list[Callable[[], Answer]] = [partial(linear, table, target), *of_logs]
        models += [partial(polynomial, table, target, size) for size in range(3)]
        models.append(partial(of_functions, table, target))
        models += [partial(rational, table, degree) for degree in range(1, self.max_degree + 1)]
        models.append(partial(exactly_rational, table))
        for view in views[1:]:
            models += [partial(polynomial, table, view, 1), partial(of_functions, table, view)]
        models.append(partial(oscillations, table))
        return models

    def _observed_models(self, table: Table) -> list[Callable[[], Answer]]:
        """Those that are sums of terms: what is seen of a sum is the sum of what is seen."""
        (target,) = views_of(table)
        models: list[Callable[[], Answer]] = [partial(linear, table, target)]
        models += [partial(polynomial, table, target, size) for size in range(3)]
        return [*models, partial(of_functions, table, target)]
