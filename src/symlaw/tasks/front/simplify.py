"""Formulas of a front in their simplest form."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.language.algebra.arranging import arranged
from symlaw.language.algebra.canonical import tidy_signs
from symlaw.language.simplifying.graph import TOGETHER, is_installed
from symlaw.language.simplifying.simplify import simplify_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.search.archive import Entry
    from symlaw.tasks.regression.settings import Settings

# Seconds that egglog takes to load, and to read the rules, and for one more formula, with some to spare.
_LOADING, _READING, _ONE = 0.5, 0.15, 0.03
# Seconds to keep back for it, and the share of the time for a search that this may be.
_SECONDS, _SHARE = 1.0, 0.1
# Rows on which values are compared, at most, and what is rounding, relatively.
_ROWS, _ROUNDING = 20_000, 1e-12


def simplifies(settings: Settings) -> bool:
    """Whether `simplest` can do something for a search with such settings."""
    return settings.rewrites and is_installed()


def seconds_for(settings: Settings) -> float:
    """Seconds to keep back for `simplest`."""
    budget = settings.time_budget
    return 0.0 if budget is None or not simplifies(settings) else min(_SECONDS, _SHARE * budget)


def simplest(
    front: Sequence[Entry],
    language: Language,
    X: NDArray[np.float64],
    seconds: float,
) -> list[Entry]:
    """The entries of a front in their simplest forms within a language, in the same order.

    Parameters
    ----------
    front
        Entries whose constants are final.
    language
        What they may have.
    X
        The data (n_samples, n_features), of the language's variables.
    seconds
        Time that it may take; when it is over, what is left stays as it is.
    """
    began = time.monotonic()
    loading = _READING if "egglog" in sys.modules else _LOADING
    if seconds < loading:
        return list(front)
    columns = _some_rows(language, X)
    box = box_of(dict(zip(language.variables, X.T, strict=True)))
    done: list[Entry] = []
    for start in range(0, len(front), TOGETHER):
        together = front[start : start + TOGETHER]
        left = max(0.0, seconds - (time.monotonic() - began))
        in_time = together[: int(min(left / _ONE, TOGETHER))]
        done += [*_simpler(in_time, language, box, columns), *together[len(in_time) :]]
    return done


def as_written(front: Sequence[Entry], language: Language, X: NDArray[np.float64]) -> list[Entry]:
    """The entries of a front as people write them; X (n_samples, n_features) is the language's columns."""
    columns = _some_rows(language, X)
    return [_as_written(entry, language, columns) for entry in front]


def _some_rows(language: Language, X: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return dict(zip(language.variables, X[:: max(1, len(X) // _ROWS)].T, strict=True))


def _as_written(entry: Entry, language: Language, columns: Mapping[str, NDArray[np.float64]]) -> Entry:
    """An entry as people write it, where that is no longer, equal in value and within the rules."""
    own, operators = entry.expression, language.operators
    for formula in (
        tidy_signs(arranged(own, operators, language.variables, powers=language.writes_powers), operators),
        tidy_signs(arranged(own, operators, language.variables), operators),
        tidy_signs(own, operators),
    ):
        complexity = language.complexity(formula)
        if formula.nodes == own.nodes:
            return entry
        no_longer = complexity <= language.complexity(own)
        if no_longer and language.admits(formula) and _have_equal_values(formula, own, columns):
            return replace(entry, expression=formula, complexity=min(complexity, entry.complexity))
    return entry


def _have_equal_values(
    formula: Expression, other: Expression, columns: Mapping[str, NDArray[np.float64]]
) -> bool:
    """Whether two formulas are the same on rows but for rounding."""
    names = list(columns)
    X = np.column_stack([columns[name] for name in names])
    with np.errstate(all="ignore"):
        ours, theirs = evaluate([formula, other], X, names)
    largest = np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0.0)
    return bool(np.allclose(ours, theirs, rtol=_ROUNDING, atol=_ROUNDING * largest, equal_nan=True))


def box_of(columns: Mapping[str, NDArray[np.float64]]) -> dict[str, tuple[float, float]]:
    """Ends of columns by name."""
    return {name: (float(np.min(column)), float(np.max(column))) for name, column in columns.items()}


def _simpler(
    entries: Sequence[Entry],
    language: Language,
    box: Mapping[str, tuple[float, float]],
    columns: Mapping[str, NDArray[np.float64]],
) -> list[Entry]:
    """Entries in their simplest forms, each as it was where that breaks a rule."""
    before = [entry.expression for entry in entries]
    found = simplify_all(before, box, language.costs, language.shown_operators, columns)
    return [_within(entry, formula, language) for entry, formula in zip(entries, found, strict=True)]


def _within(entry: Entry, formula: Expression, language: Language) -> Entry:
    """An entry with a simpler form, where that is simpler and within the rules."""
    complexity = language.complexity(formula)
    if complexity >= entry.complexity or not _is_within(formula, entry.expression, language):
        return entry
    return replace(entry, expression=formula, complexity=complexity)


def _is_within(formula: Expression, before: Expression, language: Language) -> bool:
    """Whether a formula obeys all rules and has only operators that were there or that the language has."""
    known = {*language.operators, *language.searched(before).operators}
    return set(language.searched(formula).operators) <= known and language.admits(formula)
