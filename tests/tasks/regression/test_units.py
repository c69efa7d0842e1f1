"""Units given to the estimator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor
from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.analysis import Units
from symlaw.knowledge.units.dimensions import unit_of

RNG = np.random.Generator(np.random.Philox(4))
X = pd.DataFrame(RNG.uniform(1.0, 3.0, (80, 3)), columns=["length", "gravity", "mass"])
Y = 2 * np.pi * np.sqrt(X["length"] / X["gravity"]) * (1 + 0.02 * RNG.normal(size=80))
UNITS = {"length": "m", "gravity": "m/s**2", "mass": "kg"}


def model(**settings: object) -> SymbolicRegressor:
    """A short search."""
    return SymbolicRegressor(
        max_evaluations=20_000, time_budget=None, random_state=0, n_jobs=1, **{"units": UNITS, **settings}
    )


@pytest.mark.long
def test_the_front_is_consistent_and_needs_no_mass() -> None:
    found = model(target_unit="s").fit(X, Y)
    rule = Units({name: unit_of(text) for name, text in UNITS.items()}, unit_of("s"))
    laws = list(found.front_["expression"])
    assert laws and all(rule.allows(law) for law in laws)
    assert "mass" not in found.expression_.variables
    assert found.front_["loss"].min() < 0.1


@pytest.mark.long
def test_free_constants_allow_offsets() -> None:
    found = model(target_unit="s", constant_units="free").fit(X, Y + 5.0)
    assert found.front_["loss"].min() < 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"units": {"lenght": "m"}, "target_unit": "s"}, "units names 'lenght', which is no column"),
        ({"units": {"length": "metrs"}, "target_unit": "s"}, "unit 'metrs' is not known"),
        ({}, "units is given without target_unit"),
        ({"units": None, "target_unit": "s"}, "target_unit is given without units"),
        ({"target_unit": "s", "constant_units": "any"}, "constant_units is 'any': give 'dimensionless'"),
    ],
)
def test_units_that_make_no_sense_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        model(**settings).fit(X, Y)


@pytest.mark.long
def test_rules_of_structure_hold_on_the_front() -> None:
    found = SymbolicRegressor(
        operators=["+", "-", "*", "/", "exp", "sin"],
        max_evaluations=10_000,
        time_budget=None,
        random_state=0,
        n_jobs=1,
        max_nesting={"sin": {"sin": 0}},
        max_argument_size={"exp": 2},
        forbidden=["mass"],
        required=["gravity"],
    ).fit(X, Y)
    laws = list(found.front_["expression"])
    assert laws
    for law in laws:
        assert "gravity" in law.variables
        assert "mass" not in law.variables
        assert "sin(sin" not in law.text()
