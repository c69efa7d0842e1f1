"""Islands that reach nothing better begin anew."""

from __future__ import annotations

import numpy as np

from symlaw.search.evolution.stagnation import stagnation
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Progress, search
from symlaw.search.searchers.evolution import Evolution

from ..conftest import law_problem


def test_clear_progress_is_waited_for_and_longer_each_time() -> None:
    island = stagnation(3)
    island.note(np.array([np.inf, 1.0, 0.5]), 100)
    assert island.idle == 0
    island.note(np.array([np.inf, 1.0, 0.49]), 100)
    assert island.idle == 100 and island.limits[2] == 0.49
    assert island.is_over(99) and not island.is_over(100)
    island.begin_anew()
    assert (island.idle, island.restarts) == (0, 1) and np.all(np.isinf(island.limits))
    island.note(np.full(3, np.inf), 120)
    assert not island.is_over(99) and island.is_over(79)


def test_islands_but_the_first_begin_anew_and_the_front_stays() -> None:
    fronts: list[list[float]] = []

    def listen(progress: Progress) -> None:
        fronts.append([entry.loss for entry in progress.front])

    evolution = Evolution(n_islands=3, epoch_work=1e5, stale_after=500)
    outcome = search(law_problem(), Budget(evaluations=30_000), searchers=[evolution], seed=1, listen=listen)
    restarts = [island.progress.restarts for island in outcome.states["evolution"].islands]
    assert restarts[0] == 0 and min(restarts[1:]) > 0
    best = [min(losses) for losses in fronts]
    assert best == sorted(best, reverse=True)
