"""Hypothesis strategies of hostile tables: what `fit` is handed by accident. Needs Hypothesis and pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from symlaw.engine.losses.table import loss_named
from symlaw.testing.strategies import HOSTILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

Cell = tuple[int, int, Any]

MAX_ROWS, MAX_COLUMNS, MAX_TARGETS = 60, 8, 3

NAMES = (
    *(name for name in HOSTILE_NAMES if len(name) < 12), "x", "y", "x0", "x1", "y0", "exp", "log", "+", "pow",
    "e", "inv", "c", "target", "weight", "y_err", "error", "1950", "0", "-1", "x 1", "x;1", "θ", "质量",
    "a[b]", "if",
)  # fmt: skip
# Names of columns that are no text.
ODD_NAMES: tuple[Any, ...] = (1950, 0, 2.5, None, ("wing", "lift"), True)

CELLS: tuple[Any, ...] = (
    float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 1e200, 5e-324, -1e-17, 0.0, -0.0, 1.0, 1e16,
)  # fmt: skip
# Cells that are no numbers, or only for some readers.
ODD_CELLS: tuple[Any, ...] = (None, "", "text", "3.5", "1,5", True, 10**30, 1 + 2j, (), {})

NUMBERS: dict[str, Callable[[Generator, int], NDArray[Any]]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform": lambda rng, n: rng.uniform(0.5, 5.0, n),
    "integers": lambda rng, n: rng.integers(-3, 9, n),
    "decades": lambda rng, n: 10.0 ** rng.uniform(-12, 12, n),
    "all decades": lambda rng, n: rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-308, 308, n),
    "huge": lambda rng, n: 1e300 * rng.normal(size=n),
    "tiny": lambda rng, n: 1e-300 * rng.normal(size=n),
    "denormal": lambda rng, n: 5e-324 * rng.integers(-4, 5, n),
    "on an offset": lambda rng, n: 1e12 + rng.normal(size=n),
    "last digits": lambda rng, n: 1.0 + 2.0**-52 * rng.integers(0, 3, n),
    "constant": lambda rng, n: np.full(n, float(rng.integers(-2, 4))),
    "zero": lambda rng, n: np.zeros(n),
    "two values": lambda rng, n: rng.integers(0, 2, n).astype(float),
    "all but one": lambda rng, n: np.where(np.arange(n) == n // 2, 1.0, 0.0),
    "grid": lambda rng, n: np.arange(n) / 10.0,
    "years": lambda rng, n: 1950.0 + np.arange(n),
    "rounded": lambda rng, n: np.round(rng.normal(size=n), 1),
    "signless": lambda rng, n: rng.integers(0, 2, n).astype(bool),
    "bytes": lambda rng, n: rng.integers(0, 256, n).astype(np.uint8),
    "single": lambda rng, n: rng.normal(size=n).astype(np.float32),
}
# Columns that are no numbers as they are.
OTHERS: dict[str, Callable[[Generator, int], NDArray[Any]]] = {
    "words": lambda rng, n: rng.choice(["red", "green", ""], n).astype(object),
    "numerals": lambda rng, n: rng.normal(size=n).astype(str).astype(object),
    "objects": lambda rng, n: rng.normal(size=n).astype(object),
    "nothing": lambda rng, n: np.full(n, None, dtype=object),
    "nan": lambda rng, n: np.full(n, np.nan),
    "dates": lambda rng, n: np.datetime64("2024-03-30T00", "h") + np.arange(n),
    "spans": lambda rng, n: np.timedelta64(1, "h") * np.arange(n),
    "complex": lambda rng, n: rng.normal(size=n) * (1 + 1j),
}
# Targets made of the first column that holds numbers.
LAWS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "the column": lambda x: x,
    "a line": lambda x: 3.0 * x - 2.0,
    "a parabola": lambda x: x * x + 1.0,
    "a root": lambda x: np.sqrt(np.abs(x)),
    "a wave": lambda x: 2.0 * np.sin(x) + 0.5,
    "a pole": lambda x: 1.0 / x,
    "an exponential": np.exp,
}
WEIGHTS: dict[str, Callable[[Generator, int], Any]] = {
    "even": lambda rng, n: np.full(n, 2.0),
    "uniform": lambda rng, n: rng.uniform(0.1, 2.0, n),
    "some zero": lambda rng, n: rng.integers(0, 3, n),
    "zero": lambda rng, n: np.zeros(n),
    "negative": lambda rng, n: rng.normal(size=n),
    "nan": lambda rng, n: np.where(np.arange(n) == 1, np.nan, 1.0),
    "inf": lambda rng, n: np.where(np.arange(n) == 1, np.inf, 1.0),
    "huge": lambda rng, n: 1e300 * rng.uniform(0.5, 1.5, n),
    "tiny": lambda rng, n: 1e-300 * rng.uniform(0.5, 1.5, n),
    "decades": lambda rng, n: 10.0 ** rng.uniform(-300, 300, n),
    "one alone": lambda rng, n: np.where(np.arange(n) == 0, 1e12, 1e-12),
    "too few": lambda rng, n: np.ones(max(n - 1, 0)),
    "two columns": lambda rng, n: np.ones((n, 2)),
    "a list": lambda rng, n: [1.0] * n,
    "words": lambda rng, n: ["much"] * n,
    "a name": lambda rng, n: "y_err",
    "a number": lambda rng, n: 0.5,
}

OPERATORS = (
    ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "asin", "acos", "tanh"),
    ("+", "*"),
    ("*", "/", "pow"),
    ("+", "-", "*", "/"),
    ("sin", "exp"),
    ("min", "max", "abs", "sign"),
    ("floor", "step", "clamp", "+"),
    ("sinh", "cosh", "tan", "*"),
    ("inv", "neg", "cube", "cbrt"),
    ("/",),
    ("exp",),
    ("log", "log1p", "expm1", "log10"),
    ("atan2", "hypot", "-"),
    ("logistic", "gaussian", "erf", "+"),
)
ODD_OPERATORS = ((), ("plus",), ("+", "+"), "+-", None)  # fmt: skip
ANY_LOSSES = ("squared", "squared", "squared", "absolute", "huber", "huber:1.5", "log-cosh", "quantile:0.9")
LOSSES = ("relative", "log", "poisson", "logistic", "quantile:2", "none", None)
# All of them take a good part of a second, so that parts of them are tried as often.
SEARCHERS = (
    ("sparse",), ("sparse", "bank"), ("bank",), ("tree_search",), ("decomposition",),
    ("bank", "decomposition"), ("evolution",), ("sparse", "evolution"), None, None, None, None,
)  # fmt: skip
CONSTANTS: tuple[Any, ...] = (True, True, False, "integer", "rational", "positive", "some")


class Recipe(NamedTuple):
    """How to make a hostile table and the settings of its fit; its `repr` makes it again.

    Attributes
    ----------
    n_rows, seed
        Rows, and the seed of all their numbers.
    columns, targets
        Kind of each: names of `NUMBERS`, `OTHERS` and, of targets, `LAWS`; ``"copy"`` is the column before.
    is_flat
        Whether a single target is an array of one dimension.
    is_doubled
        Whether the second half of the rows is the first again.
    cells
        Row, column (targets come after columns) and value of cells that are put in.
    names
        Names of the columns, as a frame has them.
    container
        What the table is given in: ``"frame"``, ``"array"``, ``"objects"``, ``"lists"`` or ``"single"``.
    weights, deviations
        Kind of the weights and of the standard deviations, see `WEIGHTS`; None for none.
    settings
        Arguments of `SymbolicRegressor`.
    """

    n_rows: int
    seed: int
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    is_flat: bool
    is_doubled: bool
    cells: tuple[Cell, ...]
    names: tuple[Any, ...]
    container: str
    weights: str | None
    deviations: str | None
    settings: dict[str, Any]

    def table(self) -> tuple[Any, Any]:
        """X and y, as they are handed to `fit`."""
        rng = np.random.default_rng(self.seed)
        columns: list[NDArray[Any]] = []
        for kind in self.columns:
            again = columns[-1] if kind == "copy" and columns else None
            columns.append(_made(kind, rng, self.n_rows) if again is None else again)
        targets = [self._target(kind, columns, rng) for kind in self.targets]
        if self.is_doubled:
            half = np.arange(self.n_rows) % max(1, self.n_rows // 2)
            columns, targets = [one[half] for one in columns], [one[half] for one in targets]
        cells = [_with_cells(one, place, self.cells) for place, one in enumerate([*columns, *targets])]
        X = _contained(cells[: len(columns)], self.n_rows, self.container, self.names)
        if self.is_flat and len(targets) == 1:
            return X, cells[-1]
        kind = "array" if self.container == "frame" else self.container
        return X, _contained(cells[len(columns) :], self.n_rows, kind, ())

    def weighing(self) -> dict[str, Any]:
        """Arguments of `fit` besides X and y."""
        rng = np.random.default_rng([self.seed, 1])
        given = {"sample_weight": self.weights, "y_std": self.deviations}
        return {name: WEIGHTS[kind](rng, self.n_rows) for name, kind in given.items() if kind is not None}

    def _target(self, kind: str, columns: list[NDArray[Any]], rng: Generator) -> NDArray[Any]:
        if kind not in LAWS:
            return _made(kind, rng, self.n_rows)
        numbers = [one for one in columns if one.dtype.kind in "fiu"]
        with np.errstate(all="ignore"):
            return LAWS[kind](numbers[0].astype(float) if numbers else rng.normal(size=self.n_rows))


def _made(kind: str, rng: Generator, n_rows: int) -> NDArray[Any]:
    return {**NUMBERS, **OTHERS}.get(kind, NUMBERS["normal"])(rng, n_rows)


def _with_cells(column: NDArray[Any], place: int, cells: tuple[Cell, ...]) -> NDArray[Any]:
    own = [(row, value) for row, where, value in cells if where == place and row < len(column)]
    if not own:
        return column
    plain = all(isinstance(value, float) for _, value in own) and column.dtype.kind in "fiub"
    changed = column.astype(float if plain else object)
    for row, value in own:
        changed[row] = value
    return changed


def _contained(columns: list[NDArray[Any]], n_rows: int, container: str, names: tuple[Any, ...]) -> Any:
    """Columns in one container."""
    if container == "frame":
        import pandas as pd

        frame = (
            pd.concat([pd.Series(one) for one in columns], axis=1)
            if columns
            else pd.DataFrame(index=range(n_rows))
        )
        frame.columns = pd.Index(list(names[: len(columns)]), dtype=object, tupleize_cols=False)
        return frame
    plain = [one.astype(object) if one.dtype.kind in "mM" else one for one in columns]
    if container == "lists":
        return [list(row) for row in zip(*plain, strict=True)] if plain else [[] for _ in range(n_rows)]
    table = np.empty((n_rows, len(plain)), dtype=object)
    for place, one in enumerate(plain):
        table[:, place] = one
    if container == "objects" or any(one.dtype.kind not in "fiub" for one in plain):
        return table
    with np.errstate(over="ignore"):
        return np.asarray(table.astype(np.float32 if container == "single" else float))


def hostile_tables() -> st.SearchStrategy[Recipe]:
    """Tables, weights and settings of which much is odd; most can be fitted, and the budget is tiny."""
    return _recipes()


@st.composite
def _recipes(draw: st.DrawFn) -> Recipe:
    numbers, rarely = st.sampled_from([*NUMBERS, "copy"]), st.sampled_from((False,) * 15 + (True,))
    n_rows = draw(st.integers(0, 5) if draw(rarely) else st.integers(3, MAX_ROWS))
    n_columns = draw(st.integers(0, MAX_COLUMNS) if draw(rarely) else st.integers(1, 4))
    others = st.sampled_from([*NUMBERS, *OTHERS])
    kinds = others if draw(rarely) else numbers
    columns = tuple(draw(st.lists(kinds, min_size=n_columns, max_size=n_columns)))
    wanted = st.sampled_from([*NUMBERS, *LAWS, *LAWS]) if not draw(rarely) else others
    n_targets = draw(st.sampled_from((1, 1, 1, 1, 2, MAX_TARGETS)))
    targets = tuple(draw(st.lists(wanted, min_size=n_targets, max_size=n_targets)))
    cells: tuple[Cell, ...] = ()
    if n_rows and draw(rarely):
        values = st.sampled_from(CELLS if not draw(rarely) else ODD_CELLS)
        places = st.tuples(st.integers(0, n_rows - 1), st.integers(0, n_columns + n_targets - 1), values)
        cells = tuple(draw(st.lists(places, max_size=3)))
    container = draw(st.sampled_from(("array", "frame", "frame", "objects", "lists", "single")))
    names: tuple[Any, ...] = ()
    if container == "frame":
        named = st.sampled_from(NAMES) | st.text(max_size=6) | st.sampled_from(("a", "b", "c d"))
        if draw(rarely):
            named = named | st.sampled_from(ODD_NAMES)
        names = tuple(draw(st.lists(named, min_size=n_columns, max_size=n_columns, unique=not draw(rarely))))
    weights = draw(st.sampled_from(sorted(WEIGHTS))) if draw(rarely) else None
    deviations = draw(st.sampled_from(sorted(WEIGHTS))) if draw(rarely) else None
    return Recipe(
        n_rows, draw(st.integers(0, 999)), columns, targets, draw(st.booleans()), draw(rarely), cells, names,
        container, weights, deviations, draw(_settings(rarely)),
    )  # fmt: skip


@st.composite
def _settings(draw: st.DrawFn, rarely: st.SearchStrategy[bool]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "max_evaluations": draw(st.integers(200, 2000)),
        "time_budget": None,
        "n_jobs": 1,
        "bank_memory": 16,
        "random_state": draw(st.integers(0, 9)),
        "max_complexity": draw(st.integers(1, 20)),
        "operators": draw(st.sampled_from(OPERATORS)),
        "loss": draw(st.sampled_from(ANY_LOSSES)),
        "simplify": draw(st.booleans()),
    }
    # the sparse searcher needs least squares
    able = [one for one in SEARCHERS if loss_named(settings["loss"]).by_squares or one != ("sparse",)]
    settings["searchers"] = draw(st.sampled_from(able))
    if draw(rarely):
        settings["operators"] = draw(st.sampled_from(ODD_OPERATORS))
    if draw(rarely):
        settings["loss"] = draw(st.sampled_from(LOSSES))
    if draw(rarely):
        settings["constants"] = draw(st.sampled_from(CONSTANTS))
    if draw(rarely):
        settings["shared_parts"] = True
    if draw(rarely):
        settings["searchers"] = draw(st.sampled_from(((), ("nobody",), "bank")))
    if draw(rarely):
        settings["target_loss"] = draw(st.sampled_from((0.0, 0.1, -1.0)))
    return settings
