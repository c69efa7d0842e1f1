"""What users ask of trajectories, and what they get."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp
from sklearn.base import clone

from symlaw import DynamicsRegressor
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting, ParseError, RunError
from symlaw.language import parse
from tests.search.dynamics.systems import GROWTH, PENDULUM, PREY, UPTAKE, measured, simulated

FEW = ["+", "-", "*", "square", "cube", "sin"]


def regressor(**settings: Any) -> DynamicsRegressor:
    """One that gives the searchers of formulas a second: what these tests ask for is found without them."""
    return DynamicsRegressor(**{"time_budget": 12.0, **settings})


@pytest.fixture(scope="module")
def pendulum() -> DynamicsRegressor:
    frame = pd.DataFrame(measured(PENDULUM, count=120))
    return regressor(operators=FEW, known={"x": "v"}).fit([frame[:70], frame[70:]])


def test_a_pendulum_is_found_with_its_errors(pendulum: DynamicsRegressor) -> None:
    law = pendulum.system_["v"]
    constants = sorted(law.constants)
    assert law == parse(f"{constants[1]!r} * v + {constants[0]!r} * sin(x)")
    np.testing.assert_allclose(constants, [-4.9, -0.3], rtol=0.02)
    assert pendulum.system_.lines()[0] == "x' = v"
    assert "(" in pendulum.system_.lines()[1]


def test_what_was_found_out_is_said(pendulum: DynamicsRegressor) -> None:
    assert pendulum.noise_.endswith("of each value")
    assert pendulum.reason_.startswith("the shortest description")
    assert list(pendulum.front_["complexity"]) == sorted(pendulum.front_["complexity"])
    assert pendulum.front_["r2"][pendulum.recommended_] > 0.99
    assert str(pendulum).startswith("x' = v\nv' = ")
    assert "<table>" in pendulum._repr_html_()


def test_a_simulation_is_near_the_truth_and_has_bands(pendulum: DynamicsRegressor) -> None:
    t = np.linspace(0.0, 6.0, 30)
    found = pendulum.simulate({"x": 1.0, "v": 0.0}, t, level=0.9)
    truth = simulated(PENDULUM, t, [1.0, 0.0])
    np.testing.assert_allclose(found[["x", "v"]].to_numpy(), truth, atol=0.05)
    assert (found["x_low"] <= found["x"]).all() and (found["x"] <= found["x_high"]).all()
    assert (found["x_high"] - found["x_low"]).iloc[-1] > 0.0


def test_a_forecast_goes_on_from_the_last_row(pendulum: DynamicsRegressor) -> None:
    found = pendulum.forecast(4.0, points=9)
    t = np.concatenate([[0.0], found["t"].to_numpy()])
    truth = simulated(PENDULUM, t)[1:, 0]
    np.testing.assert_allclose(found["x"], truth, atol=0.05)
    assert found["t"].iloc[0] == 10.0 and found["t"].iloc[-1] == 14.0


def test_fixed_points_and_their_kinds(pendulum: DynamicsRegressor) -> None:
    points = pendulum.fixed_points_
    middle = points[points["x"].abs() < 0.1]
    assert list(middle["kind"]) == ["stable focus"]
    assert "stay bounded" in pendulum.stability_


def test_a_model_is_saved_and_loaded(pendulum: DynamicsRegressor, tmp_path: Path) -> None:
    path = tmp_path / "pendulum.json"
    pendulum.save(path)
    again = DynamicsRegressor.load(path)
    assert str(again) == str(pendulum)
    pd.testing.assert_frame_equal(again.forecast(2.0, points=5), pendulum.forecast(2.0, points=5))
    path.write_text(json.dumps({"symlaw_dynamics": 1}))
    with pytest.raises(RunError, match="damaged"):
        DynamicsRegressor.load(path)


@pytest.mark.long
def test_the_same_data_give_the_same_system() -> None:
    data = measured(GROWTH, count=60)
    each = [str(regressor(operators=FEW).fit(data)) for _ in range(2)]
    assert each[0] == each[1]


@pytest.mark.long
def test_a_second_species_that_was_not_measured_is_a_conjecture() -> None:
    data = measured(PREY, noise=0.01, span=20.0)
    model = regressor(operators=["+", "*"], hidden=1)
    model.fit({"t": data["t"], "x": data["x"]})
    assert model.states_ == ("x", "dx") and model.system_.lines()[0] == "x' = dx"
    assert model.notes_[0].startswith("a conjecture: dx was not measured, and with it the description is ")
    assert "dx" not in model.noise_


@pytest.mark.long
def test_none_is_called_for_where_the_measured_ones_do() -> None:
    model = regressor(operators=["+", "*"], hidden=1).fit(measured(GROWTH, count=60))
    assert model.states_ == ("x",)
    assert model.notes_[-1].startswith("no state that was not measured is called for")


def test_each_row_of_a_front_says_how_often_it_is_preferred(pendulum: DynamicsRegressor) -> None:
    shares = pendulum.front_["preferred"]
    assert shares.sum() == pytest.approx(1.0) and shares[pendulum.recommended_] > 0.5
    assert "% of tables of drawn rows" in pendulum.reason_


def test_constants_that_trade_off_are_named() -> None:
    # near its fixed point a logistic law is a line: one slope, two constants
    times = np.linspace(0.0, 2.0, 60)
    states = simulated(GROWTH, times, [6.5])
    states = states * (1.0 + 1e-4 * np.random.default_rng(1).standard_normal(states.shape))
    model = regressor(operators=["+", "*"], guess={"x": "a*x + b*x**2 + c"})
    model.fit({"t": times, "x": states[:, 0]})
    row = next(row for row in model.front_["equations"] if len(row["x"].constants) == 2)
    assert len(row.constants()) == 2
    assert any("trade off" in note for note in model.notes_)


@pytest.mark.long
def test_two_species() -> None:
    model = regressor(operators=["+", "*"]).fit(measured(PREY))
    assert {tuple(sorted(one.variables)) for one in model.system_.expressions} == {("x", "y")}
    np.testing.assert_allclose(sorted(model.system_["x"].constants), [-0.4, 1.1], rtol=0.05)


@pytest.mark.long
def test_a_saturation_with_a_constant_inside() -> None:
    model = regressor(operators=["+", "*", "/"]).fit(measured(UPTAKE, noise=0.002))
    x = np.linspace(0.6, 4.0, 20)
    np.testing.assert_allclose(model.system_["x"].evaluate({"x": x}), 0.8 - 2.1 * x / (0.7 + x), atol=0.02)


@pytest.mark.long
def test_positions_alone_give_second_order() -> None:
    given = measured(PENDULUM, count=120)
    model = regressor(operators=FEW, order=2).fit({"t": given["t"], "x": given["x"]})
    assert model.states_ == ("x", "dx")
    np.testing.assert_allclose(sorted(model.system_["dx"].constants), [-4.9, -0.3], rtol=0.03)


@pytest.mark.long
def test_inputs_gaps_and_runs_of_uneven_times() -> None:
    def run(seed: int) -> dict[str, np.ndarray]:
        generator = np.random.default_rng(seed)
        t = np.sort(generator.uniform(0.0, 8.0, 90))
        force = np.sin(0.9 * t + seed)
        solution = solve_ivp(
            lambda s, u: [0.5 * np.interp(s, t, force) - 0.7 * u[0]], (t[0], t[-1]), [1.0 - seed], t_eval=t,
            rtol=1e-8, max_step=0.05,
        )  # fmt: skip
        x = solution.y[0] + 0.01 * generator.standard_normal(90)
        x[20:30] = np.nan
        return {"t": t, "x": x, "F": force}

    model = regressor(operators=["+", "*"]).fit([run(1), run(2)], states=["x"], inputs=["F"])
    law = model.system_["x"]
    assert set(law.variables) == {"x", "F"}
    np.testing.assert_allclose(sorted(law.constants), [-0.7, 0.5], atol=0.05)
    ahead = model.forecast(1.0, inputs={"t": [7.0, 10.0], "F": [0.0, 0.0]}, points=5)
    assert np.all(np.isfinite(ahead["x"]))
    with pytest.raises(DataError, match="the system has inputs: give F"):
        model.simulate([1.0], [0.0, 1.0])


@pytest.mark.long
def test_a_discrete_map() -> None:
    x = [[0.4, 0.2]]
    for _ in range(120):
        x.append([1.0 - 1.4 * x[-1][0] ** 2 + x[-1][1], 0.3 * x[-1][0]])
    data = {"k": np.arange(121), **dict(zip("xy", np.array(x).T, strict=True))}
    model = regressor(operators=["+", "*", "square"], discrete=True).fit(data, time="k")
    assert model.system_.lines()[1].startswith("y[k+1] = 0.3")
    at = {"x": np.array([0.3, -0.8]), "y": np.array([0.1, 0.25])}
    found = model.system_["x"].evaluate(at)
    np.testing.assert_allclose(found, 1.0 - 1.4 * at["x"] ** 2 + at["y"], atol=1e-3)
    assert len(model.forecast(5.0)) == 6


@pytest.mark.long
def test_a_guess_is_repaired() -> None:
    data = measured(PREY, count=100)
    guess = {"x": "a*x + b*x**2", "y": "c*x*y - d*y"}
    model = regressor(operators=["+", "*", "square"], guess=guess).fit(data)
    assert "the guess for x was repaired: x**2 left out and x * y added" in model.notes_
    assert "the guess for y has the right terms" in model.notes_
    with pytest.raises(InvalidSetting, match="known and guessed"):
        regressor(guess={"x": "a*x"}, known={"x": "y"}).fit(data)


@pytest.mark.long
def test_an_oscillator_driven_by_time() -> None:
    t = np.linspace(0.0, 10.0, 120)
    truth = solve_ivp(lambda s, u: [np.cos(1.5 * s) - 0.4 * u[0]], (0, 10), [1.0], t_eval=t, rtol=1e-9)
    model = regressor(operators=["+", "*", "cos", "sin"], explicit_time=True)
    model.fit({"t": t, "x": truth.y[0]})
    at = {"t": np.linspace(1.0, 9.0, 20), "x": np.linspace(-0.5, 0.8, 20)}
    expected = np.cos(1.5 * at["t"]) - 0.4 * at["x"]
    np.testing.assert_allclose(model.system_["x"].evaluate(at), expected, atol=0.05)
    with pytest.raises(InvalidSetting, match="depends on time"):
        model.fixed_points_  # noqa: B018


def test_a_divergence_is_told(pendulum: DynamicsRegressor) -> None:
    growing = regressor(operators=["+", "square", "*"])
    t = np.linspace(0.0, 0.8, 40)
    growing.fit({"t": t, "x": 1.0 / (1.0 - t)})
    assert any("leave all bounds" in note for note in growing.notes_)
    with pytest.warns(UserWarning, match="diverges before t"):
        found = growing.simulate([1.0], np.linspace(0.0, 3.0, 31))
    assert np.isnan(found["x"].iloc[-1])


def test_it_is_an_estimator_as_others() -> None:
    model = clone(regressor(order=2, known={"x": "dx"}))
    assert model.get_params()["order"] == 2


T = np.arange(12.0)


@pytest.mark.parametrize(
    ("data", "how", "error", "said"),
    [
        ({"t": np.zeros(12), "x": np.exp(-T)}, {}, DataError, "repeat or go back at row 2"),
        ({"t": T, "x": np.ones(12)}, {}, DataError, "'x' is constant"),
        ({"t": T[:2], "x": T[:2]}, {}, DataError, "has 2 rows"),
        ({"t": T, "x": np.where(T < 7, np.nan, T)}, {}, DataError, "'x' has 5 values"),
        ({"t": T, "x": T, "u": np.where(T == 3, np.nan, T)}, {"inputs": ["u"], "states": ["x"]}, DataError,
         "input 'u' is missing at t = 3"),
        ({"time": T, "x": T}, {}, ColumnNotFound, "no column 't'"),
        ({"t": T, "x": ["a"] * 12}, {"states": ["x"]}, DataError, "holds text"),
        ({"t": T, "x": T}, {"states": "x"}, InvalidSetting, "give a list of columns"),
        ({"t": T, "x": T}, {"states": ["t"]}, InvalidSetting, "name it once"),
        ([], {}, DataError, "no trajectory"),
        (3.0, {}, DataError, "give a frame"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_a_sentence(data, how, error, said) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=said):
            regressor().fit(data, **how)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"hidden": 2}, "give 0, or 1"),
        ({"hidden": 1, "order": 2}, "hidden goes neither with"),
        ({"order": 3}, "order is 3"),
        ({"time_budget": 0}, "time_budget is 0"),
        ({"inputs_between": "cubic"}, "inputs_between"),
        ({"order": 2, "discrete": True}, "do not go together"),
        ({"known": {"z": "x"}}, "known names 'z'"),
        ({"known": {"x": "-x"}}, "gives every equation"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, said) -> None:
    with pytest.raises(InvalidSetting, match=said):
        regressor(**settings).fit({"t": T, "x": np.exp(-T)})


def test_conserved_quantities_are_asked_of_the_model(pendulum: DynamicsRegressor) -> None:
    assert pendulum.conserved_ == ()


def test_plots_show_trajectories_and_the_plane(pendulum: DynamicsRegressor) -> None:
    frame = pd.DataFrame(measured(PENDULUM, count=120))
    figure = pendulum.plot("trajectories", data=[frame[:70], frame[70:]])
    assert len(figure.axes) == 2 and len(figure.axes[0].lines) == 4
    plane = pendulum.plot("phase", data=frame)
    assert plane.axes[0].get_xlabel() == "x"
    with pytest.raises(InvalidSetting, match="kind is 'fase'"):
        pendulum.plot("fase")


UNITS = {"t": "s", "x": "rad", "v": "rad/s"}


@pytest.mark.long
def test_units_say_the_dimensions_of_constants(tmp_path: Path) -> None:
    data = measured(PENDULUM, count=100)
    model = regressor(operators=FEW, known={"x": "v"}, units=UNITS).fit(data)
    frame = model.constants_
    assert list(frame["equation"]) == ["v'", "v'"]
    assert set(frame["dimension"]) == {"1/s", "1/s**2"}
    model.save(tmp_path / "model.json")
    pd.testing.assert_frame_equal(DynamicsRegressor.load(tmp_path / "model.json").constants_, frame)


@pytest.mark.long
def test_a_sine_of_a_length_has_a_constant_inside() -> None:
    units = {"t": "s", "x": "m", "v": "m/s"}
    model = regressor(operators=FEW, known={"x": "v"}, units=units, time_budget=10)
    model.fit(measured(PENDULUM, count=100))
    assert "sin(x)" not in str(model.front_["system"].tolist())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"units": {"z": "m"}}, "units names 'z': the columns are x, v, t"),
        ({"units": {"x": "metre per"}}, "metre per"),
        ({"units": {"t": "s", "x": "m", "v": "m"}, "known": {"x": "v"}}, "'x' contradicts the units"),
    ],
)
def test_units_that_contradict_are_refused(settings: dict, said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        regressor(operators=FEW, **settings).fit(measured(PENDULUM, count=60))


@pytest.mark.long
def test_an_unknown_term_inside_a_known_model(tmp_path: Path) -> None:
    t = np.linspace(0.0, 10.0, 60)
    force = np.sin(0.7 * t)
    solution = solve_ivp(
        lambda s, u: [u[1], np.interp(s, t, force) / 2.0 - 0.3 * u[1] - 2.5 * np.sin(u[0])], (0, 10),
        [2.0, 0.0], t_eval=t, rtol=1e-8, max_step=0.05,
    ).y  # fmt: skip
    noise = 0.02 * np.random.default_rng(0).standard_normal((2, 60))
    data = {"t": t, "x": solution[0] + noise[0], "v": solution[1] + noise[1], "F": force}
    model = regressor(operators=FEW, known={"x": "v", "v": "F/2 + f(x, v)"}, time_budget=40)
    model.fit(data, states=["x", "v"], inputs=["F"])
    part = model.unknown_["f"]
    assert set(part.variables) == {"x", "v"}
    np.testing.assert_allclose(sorted(part.constants), [-2.5, -0.3], rtol=0.05)
    assert model.system_.lines()[1].startswith("v' = F/2 - 0.")
    assert any(note.startswith("f(x, v) in the equation of v is ") for note in model.notes_)
    model.save(tmp_path / "model.json")
    again = DynamicsRegressor.load(tmp_path / "model.json")
    assert again.unknown_ == model.unknown_
    still = {"F": np.zeros(3)}
    pd.testing.assert_frame_equal(
        again.simulate([1.0, 0.0], [0.0, 0.5, 1.0], still, level=0.9),
        model.simulate([1.0, 0.0], [0.0, 0.5, 1.0], still, level=0.9),
    )


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"x": "f(x) + g(v)"}, "write one unknown function, and once"),
        ({"x": "v", "v": "k*x + f(x)"}, "k in the known equation of 'v' cannot be told from f"),
        ({"x": "v", "v": "k*f(x)"}, "k in the known equation of 'v' cannot be told from f"),
        ({"x": "f(x + v)"}, "give f different columns"),
        ({"x": "sinn(v) + x"}, "did you mean sin"),
        ({"x": "v + f(x)", "v": "f(x, v)"}, "f is unknown in two equations"),
        ({"x": "exp(f(v))"}, "f stands inside of a function"),
        ({"x": "log(0 - x**2) + f(v)"}, "not defined all along the trajectories"),
    ],
)
def test_unknown_terms_that_cannot_be_found_are_refused(known: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        regressor(operators=FEW, known=known).fit(measured(PENDULUM, count=60))


@pytest.fixture(scope="module")
def damped() -> DynamicsRegressor:
    data = measured(PENDULUM, count=80)
    known = {"x": "v", "v": "-v/q - k*sin(x)"}
    return regressor(operators=FEW, known=known).fit(data)


def test_numbers_of_known_equations_are_fitted_and_named(damped: DynamicsRegressor) -> None:
    assert damped.numbers_ == pytest.approx({"q": 1.0 / 0.3, "k": 4.9}, rel=0.03)
    frame = damped.constants_
    assert list(frame["name"]) == ["q", "k"] and (frame["standard_error"] > 0.0).all()
    assert damped.system_.lines()[1].startswith("v' = -v/3.")
    assert "numbers that were fitted: q = 3." in damped.notes_[-1]


def test_numbers_are_saved_with_their_errors(damped: DynamicsRegressor, tmp_path: Path) -> None:
    damped.save(tmp_path / "model.json")
    again = DynamicsRegressor.load(tmp_path / "model.json")
    assert again.numbers_ == damped.numbers_
    pd.testing.assert_frame_equal(again.constants_, damped.constants_)
    how = [1.0, 0.0], [0.0, 0.5, 1.0]
    pd.testing.assert_frame_equal(again.simulate(*how, level=0.9), damped.simulate(*how, level=0.9))


@pytest.mark.long
def test_a_number_beside_an_unknown_term() -> None:
    known = {"x": "v", "v": "-c*v + f(x)"}
    model = regressor(operators=FEW, known=known).fit(measured(PENDULUM, count=80))
    assert model.numbers_["c"] == pytest.approx(0.3, rel=0.05)
    assert model.unknown_["f"].text(1) == "-5 * sin(x)"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"v": "-k*veloc"}, "names 'veloc', which is no column: write 'veloce'"),
        ({"veloce": "-log(0 - a**2) * x"}, "no values of a make the known equation of 'veloce' defined"),
        ({"veloce": "-x + 0*a"}, "a in the known equation of 'veloce' changes nothing"),
    ],
)
def test_numbers_that_cannot_be_are_refused(known: dict[str, str], said: str) -> None:
    data = measured(PENDULUM, count=60)
    data = {"t": data["t"], "x": data["x"], "veloce": data["v"]}
    known = {"veloce" if name == "v" else name: text for name, text in known.items()}
    with pytest.raises((InvalidSetting, ParseError), match=said):
        regressor(operators=FEW, known=known).fit(data)


def _dishes() -> pd.DataFrame:
    """Three cultures of one kind that grow at rates of their own."""
    each = []
    for name, rate, most, first in (("a", 1.3, 7.0, 0.3), ("b", 0.6, 3.0, 0.2), ("c", 2.2, 12.0, 0.5)):
        law = (lambda t, u, r=rate, m=most: [r * u[0] * (1.0 - u[0] / m)], [first], ("x",))
        each.append(pd.DataFrame(measured(law, count=50, span=8.0)).assign(dish=name))
    return pd.concat(each)


@pytest.fixture(scope="module")
def dishes() -> DynamicsRegressor:
    return regressor(operators=["+", "*", "square"], groups="dish").fit(_dishes(), run="dish")


def test_groups_share_a_form_with_constants_of_their_own(dishes: DynamicsRegressor) -> None:
    assert dishes.groups_ == ("a", "b", "c")
    rates = [max(dishes.of_group(name).system_["x"].constants) for name in dishes.groups_]
    np.testing.assert_allclose(rates, [1.3, 0.6, 2.2], rtol=0.05)
    assert str(dishes).startswith("a:\n  x' = ")
    ahead = dishes.forecast(1.0, run=1, points=3)
    pd.testing.assert_frame_equal(ahead, dishes.of_group("b").forecast(1.0, points=3))
    assert ahead["x"].iloc[-1] == pytest.approx(3.0, rel=0.1)
    with pytest.raises(InvalidSetting, match="no group 'd': the groups are a, b, c"):
        dishes.of_group("d")


def test_groups_are_saved(dishes: DynamicsRegressor, tmp_path: Path) -> None:
    dishes.save(tmp_path / "model.json")
    again = DynamicsRegressor.load(tmp_path / "model.json")
    assert str(again) == str(dishes)
    assert str(again.of_group("c")) == str(dishes.of_group("c"))


@pytest.mark.long
def test_a_shared_number_has_one_value() -> None:
    known = {"x": "r*x - x**2*r/m"}
    model = regressor(known=known, groups=True, shared=["r"]).fit(_dishes(), run="dish")
    each = [model.of_group(name).numbers_ for name in model.groups_]
    assert len({one["r"] for one in each}) == 1 and len({one["m"] for one in each}) == 3


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"groups": "plate"}, ColumnNotFound, "there is no column 'plate'"),
        ({"groups": "x"}, InvalidSetting, "'x' is a state and also time, input, run or groups"),
        ({"groups": "half"}, DataError, "run 1 is of groups '0' and '1' by column 'half'"),
        ({"groups": 3}, InvalidSetting, "groups is 3"),
        ({"groups": "dish", "hidden": 1}, InvalidSetting, "groups go neither with"),
        ({"groups": "dish", "shared": ["r"]}, InvalidSetting, "shared names 'r', which"),
        ({"groups": "kind"}, DataError, "all runs are of group 'yeast'"),
    ],
)
def test_groups_that_cannot_be_are_refused(settings: dict, error: type[Exception], said: str) -> None:
    frame = _dishes().assign(kind="yeast", half=lambda table: (table["t"] > 4.0).astype(int))
    with pytest.raises(error, match=said):
        regressor(**settings).fit(frame, run="dish", states=["x"])
