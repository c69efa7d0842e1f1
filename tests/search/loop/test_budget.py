"""When a search ends, and the reason it gives."""

from __future__ import annotations

import math
import time

import pytest

from symlaw.search.loop.budget import EXACT_EVALUATIONS, Budget, Spent, reason_to_stop

FLOOR = 1e-24


def spent(**more: float) -> Spent:
    """What a search has used."""
    return Spent(**more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("budget", "used", "loss", "reason"),
    [
        (Budget(evaluations=1000), spent(evaluations=1000), 1.0, "budget of 1,000 evaluations used"),
        (Budget(seconds=2.5), spent(started=time.monotonic() - 3), 1.0, "time budget of 2.5 s used"),
        (Budget(target_loss=0.01), spent(), 0.01, "target loss 0.01 reached"),
        (Budget(patience=50), spent(evaluations=80, improved_at=30), 1.0, "no improvement in 50 evaluations"),
        (Budget(), spent(evaluations=EXACT_EVALUATIONS), 0.0, "an exact formula was found"),
    ],
)
def test_reason_is_given(budget: Budget, used: Spent, loss: float, reason: str) -> None:
    answer = reason_to_stop(budget, used, loss, FLOOR)
    assert answer is not None and answer.startswith(reason)


@pytest.mark.parametrize(
    ("budget", "used", "loss"),
    [
        (Budget(), spent(evaluations=10**9), 1.0),
        (Budget(evaluations=1000), spent(evaluations=999), 1.0),
        (Budget(seconds=1e6), spent(), 1.0),
        (Budget(target_loss=0.01), spent(), 0.011),
        (Budget(patience=50), spent(evaluations=79, improved_at=30), 1.0),
        (Budget(), spent(evaluations=EXACT_EVALUATIONS - 1), 0.0),
        (Budget(), spent(evaluations=3 * EXACT_EVALUATIONS, improved_at=2 * EXACT_EVALUATIONS), 0.0),
    ],
)
def test_search_goes_on(budget: Budget, used: Spent, loss: float) -> None:
    assert reason_to_stop(budget, used, loss, FLOOR) is None


def test_seconds_kept_back_end_the_search_earlier() -> None:
    used = spent()
    assert Budget().seconds_left(used) == math.inf
    assert Budget(seconds=100, reserve=40).seconds_left(used) <= 60
    assert reason_to_stop(Budget(seconds=10, reserve=11), used, 1.0, FLOOR) == "time budget of 10 s used"
