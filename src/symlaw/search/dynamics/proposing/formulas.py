"""Right sides that the searchers of formulas find on smooth states and their rates, as in a table.

Weak forms speak for sums of terms of a library; where there is little noise the rates themselves are known
well enough for laws that no library holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.grammar import Language
from symlaw.search.dynamics.sums import expanded
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import make_problem
from symlaw.search.searchers import searchers_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.measured.weak import Grid
    from symlaw.search.watch import Watch

# Sums of mechanisms first, then short formulas of all kinds; how many are scored at most.
SEARCHERS, _EVALUATIONS = ("terms", "bank", "sparse"), 60_000
# Of these so many without an improvement end it.
_PATIENCE = 20_000
# Share of the rates' variance left at which they are known no better.
_ENOUGH = 1e-10


def formulas_on(
    grid: Grid, language: Language, terms_in: Sequence[str], state: int, watch: Watch
) -> list[Expression]:
    """Formulas for the rate of a state, from the simplest to the most accurate; none where it is constant.

    Parameters
    ----------
    grid
        Smooth states and their rates.
    language
        What may be used.
    terms_in
        Columns that formulas may use.
    state
        Place of the state.
    watch
        What ends the search.
    """
    own = Language.of(tuple(terms_in), language.operators)
    X = np.column_stack([grid.columns[name] for name in terms_in])
    try:
        problem = make_problem(X, grid.rates[:, state], own)
        budget = Budget(max(watch.left, 0.1), _EVALUATIONS, _ENOUGH, _PATIENCE)
        outcome = search(problem, budget, searchers=searchers_named(SEARCHERS), stop=watch.stop)
    except (DataError, InvalidSetting):
        return []
    found = [expanded(entry.expression, terms_in) for entry in outcome.front if entry.expression.variables]
    return list({one.text(3): one for one in found}.values())
