"""A Hypothesis strategy of frames as people have them: any dtype, name, index, missing cells, few rows.

It needs Hypothesis and pandas.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from symlaw.testing.strategies import HOSTILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    Maker = Callable[[Generator, int], Any]

MAX_ROWS, MAX_COLUMNS = 30, 6
_DAY = np.datetime64("2026-03-01")
_BEGIN = dt.datetime(2026, 3, 1, 7, 30)


def _texts(cells: Any) -> pd.Series:
    return pd.Series([str(cell) for cell in cells], dtype=object)


def _among(*cells: Any) -> Maker:
    """Cells of a few values, as Python objects."""
    return lambda rng, n: pd.Series([cells[k] for k in rng.integers(0, len(cells), n)], dtype=object)


def _as(dtype: Any, maker: Maker) -> Maker:
    return lambda rng, n: pd.Series(maker(rng, n)).astype(dtype)


def _whole(low: int, high: int) -> Maker:
    return lambda rng, n: rng.integers(low, high, n)


def _normal(rng: Generator, n: int) -> Any:
    return rng.normal(size=n)


def _rounded(rng: Generator, n: int) -> Any:
    return np.round(rng.normal(10, 4, n), 2)


def _stamps(rng: Generator, n: int) -> Any:
    return np.datetime64(_BEGIN, "s") + np.cumsum(rng.integers(1, 90_000, n)).astype("timedelta64[s]")


def _spans(rng: Generator, n: int) -> Any:
    return rng.integers(-5000, 500_000, n).astype("timedelta64[s]")


# Columns that have numbers in whatever form.
NUMBERS: dict[str, Maker] = {
    "normal": _normal,
    "rounded": _rounded,
    "decades": lambda rng, n: 10.0 ** rng.uniform(-300, 300, n),
    "whole floats": lambda rng, n: rng.integers(-9, 99, n).astype(float),
    "single": _as("float32", _normal),
    "half": _as("float16", _rounded),
    "int8": _as("int8", _whole(-128, 128)),
    "int16": _as("int16", _whole(-3000, 3000)),
    "int64": _whole(-(10**6), 10**6),
    "uint8": _as("uint8", _whole(0, 256)),
    "uint64": _as("uint64", _whole(0, 10**9)),
    "beyond 2^53": lambda rng, n: rng.integers(2**53, 2**62, n),
    "beyond 2^63": lambda rng, n: rng.integers(2**63, 2**64, n, dtype=np.uint64),
    "endless": lambda rng, n: pd.Series([10**25 + int(k) for k in rng.integers(0, 9, n)], dtype=object),
    "Int64": _as("Int64", _whole(-50, 50)),
    "UInt8": _as("UInt8", _whole(0, 99)),
    "Float64": _as("Float64", _normal),
    "Float32": _as("Float32", _rounded),
    "arrow integers": _as("int32[pyarrow]", _whole(-50, 50)),
    "arrow numbers": _as("double[pyarrow]", _normal),
    "sparse": lambda rng, n: pd.Series(pd.arrays.SparseArray(rng.integers(0, 3, n) * 1.5)),
    "decimal": lambda rng, n: pd.Series([Decimal(int(k)) / 100 for k in rng.integers(-999, 9999, n)]),
    "long decimal": lambda rng, n: pd.Series([Decimal(str(x)) for x in rng.normal(size=n)], dtype=object),
    "objects": _as(object, _normal),
    "whole objects": _as(object, _whole(-50, 50)),
    "numerals": lambda rng, n: _texts(np.round(rng.normal(size=n), 3)),
    "whole numerals": lambda rng, n: _texts(rng.integers(0, 40, n)),
    "decimal commas": lambda rng, n: _texts(f"{x:.2f}".replace(".", ",") for x in rng.normal(size=n)),
    "thousands": lambda rng, n: _texts(f"{x:,.2f}" for x in rng.uniform(0, 1e6, n)),
    "spaced numerals": lambda rng, n: _texts(f" {x:.3f}  " for x in rng.normal(size=n)),
    "dashes": _among("1.5", "2.5", "-", "?", "7"),
    "percent": lambda rng, n: _texts(f"{x:.1f}%" for x in rng.uniform(0, 100, n)),
    "spelled": _among("inf", "1e3", "2.5", "nan", "-4"),
    "categories of numbers": lambda rng, n: pd.Series(pd.Categorical(rng.choice([1.5, 2.5, 8.0], n))),
    "categories of whole": lambda rng, n: pd.Series(pd.Categorical(rng.integers(1, 5, n))),
    "categories of numerals": lambda rng, n: pd.Series(pd.Categorical(rng.choice(["1", "2", "30"], n))),
    "constant": lambda rng, n: np.full(n, 2.5),
    "whole constant": lambda rng, n: np.full(n, 7),
    "zero": lambda rng, n: np.zeros(n),
    "last digits": lambda rng, n: 1.0 + 2.0**-52 * rng.integers(0, 3, n),
    "infinite": lambda rng, n: np.where(rng.uniform(size=n) < 0.1, np.inf, rng.normal(size=n)),
}  # fmt: skip
# Truth values, text, dates, durations, and mixtures.
OTHERS: dict[str, Maker] = {
    "bool": lambda rng, n: rng.integers(0, 2, n).astype(bool),
    "boolean": _as("boolean", _among(True, False)),
    "bool objects": _among(True, False),
    "truth in words": _among("true", "false"),
    "True in words": _among("True", "False"),
    "TRUE or 1": _among("TRUE", "0", "1"),
    "yes": _among("yes", "no"),
    "words": _among("north", "south"),
    "three words": _among("red", "green", "blue"),
    "string": _as("string", _among("red", "green", "blue", "dark red")),
    "arrow text": _as("string[pyarrow]", _among("red", "green")),
    "one word": _among("roof"),
    "odd words": _among('a"b', "c,d", "e\nf", "'g'", "ä;ö", " h "),
    "missing words": _among("NA", "x", "", "null", "y"),
    "labels": lambda rng, n: _texts(f"run {k}" for k in range(n)),
    "codes": lambda rng, n: _texts(f"{k:05d}" for k in rng.integers(0, 9999, n)),
    "hex": lambda rng, n: _texts(hex(k) for k in rng.integers(0, 9999, n)),
    "many words": lambda rng, n: _texts(f"w{k}" for k in rng.integers(0, 15, n)),
    "categories": lambda rng, n: pd.Series(pd.Categorical(rng.choice(["a", "b", "c"], n), list("abcd"))),
    "ordered": lambda rng, n: pd.Series(pd.Categorical(rng.choice(["low", "high"], n), ordered=True)),
    "categories of truth": lambda rng, n: pd.Series(pd.Categorical(rng.integers(0, 2, n).astype(bool))),
    "categories of dates": lambda rng, n: pd.Series(pd.Categorical(_DAY + rng.integers(0, 4, n))),
    "bins": lambda rng, n: pd.Series(pd.cut(rng.uniform(0, 3, n), [0.0, 1.0, 2.0, 3.0])),
    "mixed": _among(1, "a", 2.5, True),
    "numbers and truth": _among(2.5, True, 0.5, False),
    "dates and stamps": _among(_BEGIN.date(), _BEGIN, _BEGIN + dt.timedelta(hours=5)),
    "mostly numbers": _among("1", "2.5", "3", "4", "5", "bad"),
    "dates": lambda rng, n: _DAY + rng.integers(0, 400, n),
    "stamps": lambda rng, n: np.sort(_stamps(rng, n)),
    "stamps in ns": lambda rng, n: _stamps(rng, n).astype("M8[ns]") + rng.integers(0, 10**9, n),
    "stamps in ms": lambda rng, n: _stamps(rng, n).astype("M8[ms]") + rng.integers(0, 999, n),
    "zoned": lambda rng, n: pd.Series(_stamps(rng, n)).dt.tz_localize("UTC"),
    "of Berlin": _as(
        "datetime64[s, Europe/Berlin]", lambda rng, n: pd.Series(_stamps(rng, n), dtype="M8[s, UTC]")
    ),
    "arrow stamps": _as("timestamp[us][pyarrow]", _stamps),
    "date objects": lambda rng, n: pd.Series(
        [_BEGIN.date() + dt.timedelta(int(k)) for k in rng.integers(0, 99, n)], dtype=object
    ),
    "stamp objects": lambda rng, n: pd.Series(
        [_BEGIN + dt.timedelta(hours=int(k)) for k in range(n)], dtype=object
    ),
    "written dates": lambda rng, n: _texts(_DAY + rng.integers(0, 99, n)),
    "written stamps": lambda rng, n: _texts(str(one).replace("T", " ") for one in _stamps(rng, n)),
    "other dates": lambda rng, n: _texts(f"{k:02d}.03.2026" for k in rng.integers(1, 29, n)),
    "written times": lambda rng, n: _texts(f"{k // 60:02d}:{k % 60:02d}" for k in rng.integers(0, 1440, n)),
    "time objects": lambda rng, n: pd.Series(
        [dt.time(int(k) // 60, int(k) % 60, 5) for k in rng.integers(0, 1440, n)], dtype=object
    ),
    "days": lambda rng, n: pd.Series(pd.PeriodIndex(_DAY + rng.integers(0, 99, n), freq="D")),
    "months": lambda rng, n: pd.Series(pd.period_range("2025-11", periods=n, freq="M")),
    "years": lambda rng, n: pd.Series(pd.period_range("1990", periods=n, freq="Y")),
    "durations": _spans,
    "short durations": lambda rng, n: rng.integers(0, 10**10, n).astype("timedelta64[ns]"),
    "duration objects": lambda rng, n: pd.Series(
        [dt.timedelta(seconds=int(k)) for k in rng.integers(0, 9999, n)], dtype=object
    ),
    "nothing": lambda rng, n: pd.Series([None] * n, dtype=object),
    "nan": lambda rng, n: np.full(n, np.nan),
}  # fmt: skip
KINDS: dict[str, Maker] = {**NUMBERS, **OTHERS}
COPY = "copy"

NAMES: tuple[Any, ...] = (
    *HOSTILE_NAMES, "a", "b", "c", "speed", "mass [kg]", "T (°C)", 'q"t', "a,b",
    "α", "质量", " lead", "trail ",
    "x0", "x1", "1950", "1,5", "1e5", "a;b", "a\tb", "a|b", "#a", "# a", "=cmd", "y_err", "t_d", "t", "a_2",
    "True", "NA", "Unnamed: 0", "a\r\nb", "index",
    1950, 0, 7, 2.5, None, ("wing", "lift"), ("wing", ""), ("a", 1),
)  # fmt: skip
TARGETS: tuple[Any, ...] = (
    "y",
    "y",
    "y",
    "target [N]",
    "θ",
    "drag,lift",
    "t_d",
    'the "y"',
    " z",
    1951,
    "-1",
    "2",
)
SHARES = (0.0, 0.0, 0.0, 0.05, 0.2, 0.6, 1.0)
INDEXES = ("range", "range", "letters", "shuffled", "dates", "doubled", "levels", "named")
ROLES = (None, None, None, None, None, None, None, "weights", "y_std", "y_std values")
WEIGHTS = ("ones", "positive", "some zero", "whole", "numerals", "few", *KINDS)

_OWN_WEIGHTS: dict[str, Maker] = {
    "ones": lambda rng, n: np.ones(n),
    "positive": lambda rng, n: rng.uniform(0.1, 2.0, n),
    "some zero": lambda rng, n: rng.integers(0, 3, n),
    "whole": lambda rng, n: rng.integers(1, 9, n),
    "numerals": lambda rng, n: _texts(rng.integers(1, 9, n)),
    "few": lambda rng, n: (np.arange(n) < 2).astype(float),
}  # fmt: skip


class FrameRecipe(NamedTuple):
    """How to make a frame with a target, and columns of weights or errors; its `repr` makes it again.

    Attributes
    ----------
    n_rows, seed
        Rows, and the seed of all their cells.
    columns
        Kind (see `KINDS`; ``"copy"`` is the column before), name, and share of missing cells of each.
    target
        The same of the target, which is the last column.
    labels
        Kind of the index, see `INDEXES`.
    role, weights
        What else a column is for, ``"weights"``, ``"y_std"``, ``"y_std values"`` or None, and its kind.
    """

    n_rows: int
    seed: int
    columns: tuple[tuple[str, Any, float], ...]
    target: tuple[str, Any, float]
    labels: str = "range"
    role: str | None = None
    weights: str = "ones"

    def frame(self) -> pd.DataFrame:
        """All columns; those of weights or errors, called ``"w"``, before the target."""
        rng = np.random.default_rng(self.seed)
        made: list[pd.Series] = []
        for kind, _, share in (*self.columns, self.target):
            again = made[-1].copy() if kind == COPY and made else None
            made.append(_with_gaps(_made(kind, rng, self.n_rows), share, rng) if again is None else again)
        names = [name for _, name, _ in (*self.columns, self.target)]
        if self.role is not None:
            made.insert(-1, _made(self.weights, rng, self.n_rows))
            names.insert(-1, "w")
        frame = pd.concat(made, axis=1)
        frame.columns = pd.Index(names, dtype=object, tupleize_cols=False)
        return frame.set_axis(_index(self.labels, self.n_rows, rng), axis=0)


def frame_recipes() -> st.SearchStrategy[FrameRecipe]:
    """Frames of which much is odd, and of which most have a table that can be searched."""
    return _recipes()


@st.composite
def _recipes(draw: st.DrawFn) -> FrameRecipe:
    names = st.sampled_from(("a", "b", "c", "speed", "t")) | st.sampled_from(NAMES)
    kinds = st.sampled_from([*NUMBERS]) | st.sampled_from([*KINDS, COPY])
    n_rows = draw(st.integers(6, MAX_ROWS) | st.integers(8, MAX_ROWS) | st.integers(0, MAX_ROWS))
    columns = draw(
        st.lists(st.tuples(kinds, names, st.sampled_from(SHARES)), min_size=1, max_size=MAX_COLUMNS)
    )
    target_kinds = st.sampled_from(("normal", "rounded")) | st.sampled_from([*NUMBERS]) | kinds
    target = draw(st.tuples(target_kinds, st.sampled_from(TARGETS), st.sampled_from(SHARES[:-2])))
    return FrameRecipe(
        n_rows,
        draw(st.integers(0, 2**32 - 1)),
        tuple(columns),
        target,
        draw(st.sampled_from(INDEXES)),
        draw(st.sampled_from(ROLES)),
        draw(
            st.sampled_from(("ones", "positive"))
            | st.sampled_from([*_OWN_WEIGHTS])
            | st.sampled_from(WEIGHTS)
        ),
    )


def _made(kind: str, rng: Generator, n_rows: int) -> pd.Series:
    return pd.Series({**KINDS, **_OWN_WEIGHTS}.get(kind, _normal)(rng, n_rows))


def _with_gaps(column: pd.Series, share: float, rng: Generator) -> pd.Series:
    """The column without some of its cells, where its dtype can lack any."""
    gone = rng.uniform(size=len(column)) < share
    return column.mask(gone) if gone.any() else column


def _index(kind: str, n_rows: int, rng: Generator) -> pd.Index:
    """Row labels, which are no part of the table."""
    if kind == "letters":
        return pd.Index([f"r{k}" for k in range(n_rows)])
    if kind == "shuffled":
        return pd.Index(rng.permutation(n_rows))
    if kind == "dates":
        return pd.date_range("2026-01-01", periods=n_rows, freq="D")
    if kind == "doubled":
        return pd.Index(np.arange(n_rows) // 2)
    if kind == "levels":
        return pd.MultiIndex.from_arrays([np.arange(n_rows), np.arange(n_rows) % 3], names=["k", None])
    return pd.RangeIndex(n_rows, name="id" if kind == "named" else None)
