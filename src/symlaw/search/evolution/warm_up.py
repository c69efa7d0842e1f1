"""Arguments by whose types the epoch and its parts are compiled before they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import make_rows
from symlaw.search.archive import Archive
from symlaw.search.evolution import workspace
from symlaw.search.evolution.epoch import NOT_COMPILED, Epoch
from symlaw.search.evolution.population import population
from symlaw.search.genome.genome import grammar_of

if TYPE_CHECKING:
    from symlaw.language.grammar import Language

_ROWS = 8


def arguments_of(language: Language) -> dict[str, Any]:
    """Arguments of `run_epoch` and its parts of the types that a search gives them, by name."""
    grammar = grammar_of(language)
    levels = int(grammar.max_complexity) + 1
    rows = make_rows(np.ones((1, _ROWS)), np.arange(float(_ROWS)))
    snapshot = Archive(language.max_complexity, 0.0, cache_keys=4).snapshot()
    table, rates = kernel_table((), derivatives=False), workspace.default_rates()
    given = Epoch(NOT_COMPILED, grammar, table, rows, rates, snapshot.cache, snapshot.elites, snapshot.limits)
    return {
        "epoch": given,
        "island": population(levels),
        "workspace": workspace.make_workspace(_ROWS, levels - 1),
        "parent_loss": 0.0,
    }
