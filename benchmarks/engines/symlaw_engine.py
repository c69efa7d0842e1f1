"""symlaw, with default settings.

``symlaw:bank+evolution`` is with these searchers only, ``symlaw:-bank`` with all but this one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from benchmarks.engines import OPERATORS, Accepted, EngineResult, FrontRow
from symlaw import SymbolicRegressor
from symlaw.search.searchers import SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.search.loop.search import Progress


class _With:
    """The engine with some of the searchers."""

    def __init__(self, searchers: Sequence[str] | None, **knowledge: Any) -> None:
        self._searchers, self._knowledge = searchers, knowledge

    def fit(self, *arguments: Any) -> EngineResult:
        """As the module's `fit`."""
        return fit(*arguments, searchers=self._searchers, **self._knowledge)

    def with_units(self, units: Mapping[str, str], target_unit: str) -> _With:
        """The same, told units."""
        return _With(self._searchers, **{**self._knowledge, "units": units, "target_unit": target_unit})

    def with_statements(
        self, statements: Sequence[str], domain: Mapping[str, tuple[float, float]], **more: Any
    ) -> _With:
        """The same, told statements about values, and more of the estimator's settings."""
        told = {"constraints": statements, "domain": domain, **more}
        return _With(self._searchers, **{**self._knowledge, **told})


def variant(text: str) -> _With:
    """The engine with the searchers named, parted by ``+``, or without those that follow a ``-``.

    Raises
    ------
    ValueError
        When one to leave out is not there, or none is left.
    """
    if not text.startswith("-"):
        return _With(text.split("+"))
    left_out = text[1:].split("-")
    kept = [name for name in SCHEDULE if name not in left_out]
    if not set(left_out) <= set(SCHEDULE) or not kept:
        raise ValueError(f"symlaw:{text} leaves out what is not there, or all: {', '.join(SCHEDULE)}")
    return _With(kept)


def with_units(units: Mapping[str, str], target_unit: str) -> _With:
    """The engine told units of columns and target."""
    return _With(None, units=units, target_unit=target_unit)


def with_statements(
    statements: Sequence[str], domain: Mapping[str, tuple[float, float]], **more: Any
) -> _With:
    """The engine told statements about values, and more of the estimator's settings."""
    return _With(None).with_statements(statements, domain, **more)


def accepted_in(progress: Progress) -> list[Accepted]:
    """What came to the front in an epoch, with the time since the start of the search."""
    spent = progress.spent
    return [Accepted(spent.seconds, e.expression, e.loss, spent.work) for e in progress.accepted]


def fit(
    X: NDArray[Any],
    y: NDArray[Any],
    names: Sequence[str],
    seconds: float,
    threads: int,
    seed: int,
    searchers: Sequence[str] | None = None,
    **knowledge: Any,
) -> EngineResult:
    """Search for ``seconds``; the recommended formula is the estimator's own choice."""
    history: list[Accepted] = []
    model = SymbolicRegressor(
        time_budget=seconds,
        n_jobs=threads,
        random_state=seed,
        searchers=searchers,
        callback=lambda progress: history.extend(accepted_in(progress)),
        **{"operators": list(OPERATORS), **knowledge},
    )
    begin = time.perf_counter()
    model.fit(pd.DataFrame(X, columns=list(names)), y)
    used = time.perf_counter() - begin
    front = [
        FrontRow(row.expression, float(row.complexity), float(row.loss)) for row in model.front_.itertuples()
    ]
    place, count = cast("int", model.recommended_), int(model.n_evaluations_)
    return EngineResult(front, place, used, count, history, model.doubts_)
