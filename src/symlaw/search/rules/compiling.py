"""Compiling what a search for rules runs, once on a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.rules.bank.kernels import insert, join, meet
from symlaw.search.rules.counting import counts
from symlaw.search.rules.preparing import Data, Plan
from symlaw.search.rules.screening import best_alone, best_cuts, orders_of
from symlaw.search.rules.search import search
from symlaw.search.tiny_search import is_on_disk

if TYPE_CHECKING:
    from symlaw.search.watch import Watch


def compile_rules(watch: Watch) -> None:
    """Compile the kernels; the watch says so, and does not count the time."""
    if is_rules_on_disk():
        return
    watch.tell("compiling kernels for this machine, once")
    with watch.uncounted():
        compile_now()


def is_rules_on_disk() -> bool:
    """Whether the kernels are compiled."""
    return all(map(is_on_disk, (counts, join, insert, meet, best_cuts)))


def compile_now() -> None:
    """Compile the kernels where that is not done, by a rule for a dozen rows."""
    if is_rules_on_disk():
        return
    rows = np.arange(12)
    columns = {"a": rows % 2.0, "b": rows // 2 % 2.0}
    target, ones = (rows % 4 == 3) ^ (rows == 0), np.ones(12)
    search(Data(columns, target, ones, ones), Plan(most=4))
    best_alone(orders_of(columns, target, ones), target, ones)
