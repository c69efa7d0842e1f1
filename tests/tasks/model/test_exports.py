"""Exports of a fit know its table: labels of groups, cells of a sheet."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.tasks.model.exports import Origin

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"t": RNG.uniform(0, 5, 45), "site": np.repeat(["east", "north", "south"], 15)})


@pytest.fixture(scope="module")
def grouped() -> SymbolicRegressor:
    rate = FRAME["site"].map({"east": 1.5, "north": 2.5, "south": 0.5})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        budget = {"max_evaluations": 2000, "time_budget": None, "random_state": 0, "n_jobs": 1}
        model = SymbolicRegressor(template="a * t + f(t)", groups="site", operators=["+", "*"], **budget)
        return model.fit(FRAME, rate * FRAME["t"] + 0.2)


@pytest.mark.parametrize(("target", "sign"), [("c", "//"), ("python", "#"), ("matlab", "%"), ("rust", "//")])
def test_programs_say_what_the_numbers_of_labels_are(
    grouped: SymbolicRegressor, target: str, sign: str
) -> None:
    assert grouped.export(target).splitlines()[0] == f"{sign} site: 0 is 'east', 1 is 'north', 2 is 'south'"


def test_cells_and_sql_have_the_labels(grouped: SymbolicRegressor) -> None:
    assert 'IF(B2="east",' in grouped.export("excel")
    assert """WHEN "site" = 'east' THEN""" in grouped.export("duckdb")


def test_python_with_labels_still_runs(grouped: SymbolicRegressor) -> None:
    made: dict[str, object] = {}
    exec(grouped.export("python"), made)
    assert made["formula"](**{"t": 2.0, "site": 1.0}) == pytest.approx(5.2)  # type: ignore[operator]


@pytest.mark.parametrize("notation", ["c", "javascript", "matlab", "numpy", "python", "rust", "torch", "jax"])
def test_arguments_of_functions_are_in_the_order_of_the_table(notation: str) -> None:
    recipes = [{"name": name, "kind": "number"} for name in ("height", "age", "mass")]
    origin = Origin(["height", "age", "mass"], {"features": recipes}, "y")
    written = origin.export(parse("mass / age + height"), notation)
    head = next(line for line in written.splitlines() if "height" in line and "(" in line)
    assert head.index("height") < head.index("age") < head.index("mass")
    alone = parse("mass / age").export(notation)
    head = next(line for line in alone.splitlines() if "mass" in line and "(" in line)
    assert head.index("mass") < head.index("age")
