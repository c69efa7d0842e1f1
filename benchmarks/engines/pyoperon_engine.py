"""Operon through pyoperon: NSGA-II on R2 and length, constants fitted in the loop.

Settings that differ from pyoperon's defaults, and why:

- objectives ``r2`` and ``length``: its multi-objective mode, which gives a whole front;
- ``optimizer_iterations=10``: without it constants are only mutated;
- ``model_selection_criterion="bayesian_information_criterion"``: the default assumes noise of standard
  deviation 1;
- generations and evaluations without bound: the clock alone ends the run.

The default ``epsilon`` stays: of formulas whose R2 differ by less than 1e-5 the shorter survives. It
neither ends a run nor was 0 better where both were tried. pyoperon 0.6.2 has every operator of the set.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyoperon.sklearn import SymbolicRegressor

from benchmarks.candidates import with_free_numbers
from benchmarks.engines import OPERATORS, EngineResult, FrontRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SYMBOLS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
UNBOUNDED = 10**15
CRITERION = "bayesian_information_criterion"
# more decimals than float32 has; small constants need them
DECIMALS = 30


def fit(
    X: NDArray[Any], y: NDArray[Any], names: Sequence[str], seconds: float, threads: int, seed: int
) -> EngineResult:
    """Search for ``seconds``, rounded to whole ones; the recommended formula is the best by BIC."""
    model = SymbolicRegressor(
        allowed_symbols=",".join([*(SYMBOLS.get(o, o) for o in OPERATORS), "constant", "variable"]),
        objectives=["r2", "length"],
        optimizer_iterations=10,
        model_selection_criterion=CRITERION,
        generations=UNBOUNDED,
        max_evaluations=UNBOUNDED,
        max_time=max(1, round(seconds)),
        n_threads=threads,
        random_state=seed,
    )
    begin = time.perf_counter()
    model.fit(X, y)
    used = time.perf_counter() - begin
    rows = model.pareto_front_
    front = [
        FrontRow(_formula(model, row["tree"], names), row["length"], float(row["mean_squared_error"]))
        for row in rows
    ]
    picked = min(range(len(rows)), key=lambda i: rows[i][CRITERION])
    return EngineResult(front, picked, used, int(model.stats_["residual_evaluations"]))


def _formula(model: SymbolicRegressor, tree: Any, names: Sequence[str]) -> Any:
    quoted = [f"`{name}`" for name in names]
    return with_free_numbers(model.get_model_string(tree, DECIMALS, quoted), names)
