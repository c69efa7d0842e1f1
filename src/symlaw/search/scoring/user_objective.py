"""Objectives of the user's: Python functions of a whole formula and the data, by which fronts are ordered."""

from __future__ import annotations

import inspect
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.user_operators.operator import digest_of, source_of
from symlaw.language.user_operators.trial import line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry

# A call that takes longer than this is worth a warning, in seconds.
_SLOW = 0.01


@dataclass(frozen=True, eq=False)
class Score:
    """A user's objective.

    Parameters
    ----------
    name
        What the function is called.
    function
        Of a formula, columns (n_rows, n_features), target (n_rows,) and, where ``weighs``, weights.
    weighs
        Whether it takes weights.
    source, digest
        Its source text, and what tells it from others.
    """

    name: str
    function: Callable[..., Any]
    weighs: bool
    source: str
    digest: str

    def on(
        self, X: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64] | None
    ) -> Callable[[Expression], float]:
        """The objective as a function of a formula, on rows; inf where it gives no number."""
        w = np.ones(len(y)) if weights is None else weights
        given = (X, y, w) if self.weighs else (X, y)

        def value(formula: Expression) -> float:
            try:
                with np.errstate(all="ignore"):
                    found = float(self.function(formula, *given))
            except Exception as error:
                raise DataError(
                    f"objective {_where(self.function, error)} fails with {type(error).__name__}: {error},"
                    f" for the formula {formula.text(digits=6)!r}: it has to give a number, nan for no answer"
                ) from error
            return math.inf if math.isnan(found) else found

        return value

    def record(self) -> dict[str, str]:
        """As plain data, for people to read."""
        return {"name": self.name, "digest": self.digest, "source": self.source}


def score_from(given: Any) -> Score | None:
    """The objective of a setting: None, or a function of (expression, X, y) or (expression, X, y, weights).

    Raises
    ------
    InvalidSetting
        When it is no such function.
    """
    if given is None:
        return None
    if not callable(given):
        raise InvalidSetting(f"objective is {given!r}: give a function of (expression, X, y), or None")
    name = str(getattr(given, "__name__", type(given).__name__))
    try:
        count = len([p for p in inspect.signature(given).parameters.values() if p.default is p.empty])
    except (TypeError, ValueError):
        count = 0
    if count not in (3, 4):
        raise InvalidSetting(
            f"objective {_where(given)} takes {count} arguments: write a function of (expression, X, y) or of"
            " (expression, X, y, weights)"
        )
    source = source_of(given)
    return Score(name, given, count == 4, source, digest_of(source or name, None))


def _where(function: Callable[..., Any], error: BaseException | None = None) -> str:
    """Name, file and line of a function."""
    code, name = getattr(function, "__code__", None), getattr(function, "__name__", type(function).__name__)
    if code is None:
        return repr(name)
    line = "" if error is None else line_of(function, error).removeprefix(" in line ")
    return f"{name!r} ({code.co_filename}, line {line or code.co_firstlineno})"


def scored(entries: Sequence[Entry], objective: Callable[[Expression], float] | None) -> list[Entry]:
    """Entries with the objective's value, those that have one already as they are."""
    if objective is None:
        return list(entries)
    return [
        entry if entry.objective is not None else replace(entry, objective=objective(entry.expression))
        for entry in entries
    ]


def warn_if_slow(objective: Callable[[Expression], float], formula: Expression, name: str) -> None:
    """Say what an objective costs, as measured on one formula; nothing depends on it."""
    began = time.perf_counter()
    objective(formula)
    taken = time.perf_counter() - began
    if taken > _SLOW:
        warnings.warn(
            f"objective {name!r} takes {1e3 * taken:.3g} ms a formula: a minute scores"
            f" {60.0 / taken:,.0f} of those that the loss preselects",
            RuntimeWarning,
            stacklevel=2,
        )
