"""When a search ends."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Budget:
    """Limits of a search; whichever comes first ends it.

    Parameters
    ----------
    seconds
        Wall time.
    evaluations
        Formulas scored.
    target_loss
        Fraction of the target's variance left, at which the best formula suffices.
    patience
        Evaluations without an improvement of the front.
    reserve
        Seconds kept back for what follows the search.
    settles
        Whether it ends once what would be recommended has not changed for long and nothing else is in sight.
    """

    seconds: float | None = None
    evaluations: int | None = None
    target_loss: float | None = None
    patience: int | None = None
    reserve: float = 0.0
    settles: bool = False

    def seconds_left(self, spent: Spent) -> float:
        """Seconds until the search must end; inf when the clock does not limit it."""
        return math.inf if self.seconds is None else self.seconds - self.reserve - spent.seconds


@dataclass
class Spent:
    """What a search has used so far.

    Attributes
    ----------
    evaluations
        Formulas scored on the probe rows.
    distinct
        Those that were new by the equivalence cache.
    known
        Those whose behaviour was known: hits of the cache.
    skipped
        Proposals refused before scoring: known structure, too large, or without a variable.
    fits
        Formulas whose constants were fitted.
    work
        Node values computed, fits included.
    improved_at
        Evaluations when the front last improved.
    settled_at
        Evaluations when the formula that would be recommended was last another one.
    barren_epochs
        Epochs in a row that scored nothing new.
    seconds_used
        Wall time of the whole search, known at its end.
    """

    started: float = field(default_factory=time.monotonic)
    evaluations: int = 0
    distinct: int = 0
    known: int = 0
    skipped: int = 0
    fits: int = 0
    work: int = 0
    epochs: int = 0
    improved_at: int = 0
    settled_at: int = 0
    barren_epochs: int = 0
    seconds_used: float = 0.0

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.monotonic() - self.started


# After an exact formula the search goes on for as long as it took, at least this, for a simpler one.
EXACT_EVALUATIONS = 300_000
BARREN_EPOCHS = 10
# A search is settled when the formula that would be recommended stays for so many evaluations, and for so
# many times those before it came.
SETTLED_EVALUATIONS, SETTLED_TIMES = 6_000_000, 8


def reason_to_stop(
    budget: Budget, spent: Spent, best_loss: float, floor: float, *, settled: bool = False
) -> str | None:
    """Why the search should end now, or None.

    Parameters
    ----------
    budget, spent
        The limits, and what was used.
    best_loss, floor
        The smallest loss on the front, and the one below which all are exact.
    settled
        Whether the front looks final: what is longer than the formula that would be recommended only follows
        the noise.
    """
    idle = spent.evaluations - spent.improved_at
    if budget.seconds_left(spent) <= 0:
        return f"time budget of {budget.seconds:g} s used"
    if budget.evaluations is not None and spent.evaluations >= budget.evaluations:
        return f"budget of {budget.evaluations:,} evaluations used"
    if budget.target_loss is not None and best_loss <= budget.target_loss:
        return f"target loss {budget.target_loss:g} reached"
    if best_loss <= floor and idle >= max(EXACT_EVALUATIONS, spent.improved_at):
        return "an exact formula was found, and no simpler one after it"
    if spent.barren_epochs >= BARREN_EPOCHS:
        return "no formula was left that had not been tried"
    steady = spent.evaluations - spent.settled_at
    if budget.settles and settled and steady >= max(SETTLED_EVALUATIONS, SETTLED_TIMES * spent.settled_at):
        return f"settled: the same formula is recommended since {steady:,} evaluations"
    if budget.patience is not None and idle >= budget.patience:
        return f"no improvement in {idle:,} evaluations"
    return None
