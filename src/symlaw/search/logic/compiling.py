"""Compiling what makes circuits smaller, once on a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.engine.bits.words import packed
from symlaw.search.logic.resynthesis import begin, resynthesised, rewrite
from symlaw.search.logic.starting import decided
from symlaw.search.tiny_search import is_on_disk

if TYPE_CHECKING:
    from symlaw.search.watch import Watch


def compile_circuits(watch: Watch) -> None:
    """Compile the kernels; the watch says so, and does not count the time."""
    if is_circuits_on_disk():
        return
    watch.tell("compiling kernels for this machine, once")
    with watch.uncounted():
        compile_now()


def is_circuits_on_disk() -> bool:
    """Whether the kernels are compiled."""
    return is_on_disk(rewrite) and is_on_disk(begin)


def compile_now() -> None:
    """Compile the kernels where that is not done, by a circuit of three inputs."""
    if is_circuits_on_disk():
        return
    rows = every_row(3)
    graph = decided((rows.sum(axis=1) > 1)[None])
    resynthesised(graph, packed(rows.T), packed(np.ones(len(rows), bool)), moves=1, seed=0)
