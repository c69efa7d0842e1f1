"""Noisy tables without a known law that scikit-learn and statsmodels ship, chosen by a rule before any fit.

The rule: every table that the two packages ship (nothing is downloaded) with 50 to 1,000 rows without gaps,
one row for each case, and 4 to 20 columns of numbers beside a target. That leaves 10. Two targets of each:
the one that the package names, where it is no class, else the first column that was measured; and the last
column with 10 or more different values. A target is neither computed from other columns nor are others
computed from it, by the package's own description. Classes stay as numbers; dates become years.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn import datasets as sklearn_sets

if TYPE_CHECKING:
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[np.float64]]


class PlainTable(NamedTuple):
    """A table and which of its columns to predict.

    Attributes
    ----------
    name
        ``set/target``.
    inputs
        Names of the columns of ``X``.
    X, y
        The rows, float64 (n_rows, n_columns) and (n_rows,).
    """

    name: str
    inputs: tuple[str, ...]
    X: Array
    y: Array


# Of each set: its two targets, and columns that are left out, which are parts of the first target.
CHOSEN: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "anes96": (("PID", "income"), ()),
    "ccard": (("AVGEXP", "AGE"), ()),
    "danish_data": (("lrm", "ide"), ()),
    "elnino": (("JAN", "DEC"), ()),
    "macrodata": (("realgdp", "pop"), ()),
    "star98": (("SHARE_ABOVE", "PCTYRRND"), ("NABOVE", "NBELOW")),
    "statecrime": (("murder", "urban"), ()),
    "diabetes": (("target", "s6"), ()),
    "iris": (("sepal length (cm)", "petal width (cm)"), ()),
    "wine": (("alcohol", "proline"), ()),
}


def load(sets: Callable[[str], pd.DataFrame] | None = None) -> list[PlainTable]:
    """The 20 tables, first targets first."""
    frame = sets or frame_of
    frames = {name: frame(name) for name in CHOSEN}
    return [
        _table(name, frames[name], targets[place], left_out)
        for place in (0, 1)
        for name, (targets, left_out) in CHOSEN.items()
    ]


def _table(name: str, frame: pd.DataFrame, target: str, left_out: tuple[str, ...]) -> PlainTable:
    inputs = [column for column in frame.columns if column != target and column not in left_out]
    if target != "SHARE_ABOVE":
        inputs = [column for column in inputs if column != "SHARE_ABOVE"]
    X, y = frame[inputs].to_numpy(float), frame[target].to_numpy(float)
    return PlainTable(f"{name}/{target}", tuple(_plain(one) for one in inputs), X, y)


def _plain(name: str) -> str:
    """A column's name as formulas can have it."""
    return "".join(one if one.isalnum() else "_" for one in str(name)).strip("_")


def frame_of(name: str) -> pd.DataFrame:
    """A shipped set: rows without gaps, columns of numbers."""
    if name in ("diabetes", "iris", "wine"):
        load_set = getattr(sklearn_sets, f"load_{name}")
        kept = load_set(as_frame=True, scaled=False) if name == "diabetes" else load_set(as_frame=True)
        return kept.frame.astype(float)
    import statsmodels.api

    frame = getattr(statsmodels.api.datasets, name).load_pandas().data
    if name == "danish_data":
        frame = frame.assign(year=frame.index.year + (frame.index.month - 1) / 12.0)
    if name == "star98":
        frame = frame.assign(SHARE_ABOVE=frame["NABOVE"] / (frame["NABOVE"] + frame["NBELOW"]))
    return frame.select_dtypes("number").dropna().astype(float)
