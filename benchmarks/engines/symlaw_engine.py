"""symlaw, with default settings; ``symlaw:bank+evolution`` with these searchers only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from benchmarks.engines import OPERATORS, EngineResult, FrontRow
from symlaw import SymbolicRegressor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class _With:
    """The engine with some of the searchers."""

    def __init__(self, searchers: Sequence[str]) -> None:
        self._searchers = searchers

    def fit(self, *arguments: Any) -> EngineResult:
        """As the module's `fit`."""
        return fit(*arguments, searchers=self._searchers)


def variant(text: str) -> _With:
    """The engine with the searchers named, parted by ``+``."""
    return _With(text.split("+"))


def fit(
    X: NDArray[Any],
    y: NDArray[Any],
    names: Sequence[str],
    seconds: float,
    threads: int,
    seed: int,
    searchers: Sequence[str] | None = None,
) -> EngineResult:
    """Search for ``seconds``; the recommended formula is the estimator's own choice."""
    model = SymbolicRegressor(
        time_budget=seconds,
        n_jobs=threads,
        random_state=seed,
        operators=list(OPERATORS),
        searchers=searchers,
    )
    begin = time.perf_counter()
    model.fit(pd.DataFrame(X, columns=list(names)), y)
    used = time.perf_counter() - begin
    front = [
        FrontRow(row.expression, float(row.complexity), float(row.loss)) for row in model.front_.itertuples()
    ]
    return EngineResult(front, cast("int", model.recommended_), used, int(model.n_evaluations_))
