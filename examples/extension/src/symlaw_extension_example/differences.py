"""An objective: of a formula nothing is known but how it changes from row to row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlaw.language.grammar import Language
from symlaw.search.objectives.observed import make_observed_problem
from symlaw.search.problem import Problem


@dataclass(frozen=True)
class Differences:
    """Changes of a formula from each row to the next; an offset of the formula cannot be seen.

    Parameters
    ----------
    columns
        The formula's variables by name, each (n_rows,).
    changes
        What is observed, (n_rows - 1,).
    """

    columns: Mapping[str, ArrayLike]
    changes: ArrayLike

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that formulas may use."""
        return tuple(self.columns)

    def problem(self, language: Language) -> Problem:
        """Rows that are seen through the matrix of differences."""
        X = np.column_stack([self.columns[name] for name in language.variables])
        return make_observed_problem(X, np.diff(np.eye(len(X)), axis=0), self.changes, language)


_t: NDArray[np.float64] = np.linspace(0.0, 3.0, 40)
# A falling body, seen on frames of a film without a fixed point: only the way between frames is known.
free_fall = Differences({"t": _t}, np.diff(4.905 * _t**2))
