"""Which rules are found on tables of rows that are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from symlaw.errors import InvalidSetting
from symlaw.language.rules.formula import literals_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Draws of a table without one of the classes that are tried again.
_AGAIN = 20


def stability(model: Any, X: Any, y: ArrayLike, draws: int, seconds: float) -> pd.DataFrame:
    """See `symlaw.RuleClassifier.stability` (the bootstrap of Efron 1979)."""
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise InvalidSetting(f"draws is {draws!r}: give a whole number from 1 up")
    labels = np.asarray(y)
    # an array's columns get the names that rules give them
    names = None if hasattr(X, "columns") else [f"x{k}" for k in range(np.shape(X)[1])]
    table = pd.DataFrame(X, columns=names)
    said = model.predict(X)
    generator = np.random.Generator(np.random.Philox(key=len(labels)))
    found: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for _ in range(draws):
        rows = _drawn(generator, labels)
        own = clone(model).set_params(time_budget=seconds)
        own.fit(table.iloc[rows].reset_index(drop=True), labels[rows])
        agrees = float(np.mean(own.predict(table) == said))
        used = {name for clause in own.decision_.clauses for name in _columns(clause.formula)}
        columns = tuple(sorted(used))
        found.setdefault(columns, []).append((str(own), agrees))
    rows_found = [
        {
            "columns": ", ".join(columns), "share": len(each) / draws, "rule": each[0][0],
            "agrees": float(np.mean([agrees for _, agrees in each])),
        }
        for columns, each in found.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows_found).sort_values("share", ascending=False, kind="stable")
    return frame.reset_index(drop=True)


def _drawn(generator: np.random.Generator, labels: Any) -> Any:
    """Rows drawn with replacement that have all classes."""
    count = len(np.unique(labels))
    for _ in range(_AGAIN):
        rows = generator.integers(0, len(labels), len(labels))
        if len(np.unique(labels[rows])) == count:
            return rows
    raise InvalidSetting("a class has so few rows that drawn tables lack it: stability needs more of them")


def _columns(formula: Any) -> set[str]:
    return {name for one in literals_of(formula) for name in one.columns}
