"""What plots show: labels, points, the marked row, and that no picture is broken."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from symlaw import SymbolicRegressor
from symlaw.cli.commands.compare import measured
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting, MissingDependency, RunError
from symlaw.report.plots import results as plots
from symlaw.report.plots import search as courses
from symlaw.report.plots import trees
from symlaw.runs.store import Run
from symlaw.tasks.inputs.reading import Reading

from .pictures import TOLERANCE, apart, average_hash, written

# A test that fails tells the new one; look at the picture before you put it here.
HASHES = {
    "pendulum front": "0000ffc04040c040c040c040c040c040c040c040c0405fc0dfff4000ffff01c0",
    "pendulum fit": "7fe0400740074000c0004400c000c400c4004001c40144014001c0017fff01c0",
    "pendulum residuals": "2f8040003fff7fff3fffffffbfffffffbfffffff3fff7fff3fff4000000001e0",
    "pendulum parity": "4001c00240044018c030c020c0c0c180c300c600cc0048007000e0007fff03e0",
    "pendulum slices": "0780c7c00240c0400040c1208320c6108c18d80e3003e0004000ffff7f0b0c1c",
    "pendulum tree": "ffe00000030007000c803860786000200020006000600050009803ff03ff0000",
    "pendulum search": "78064f07c1074100c100c100c100c100c100c1004100c1004100c1ff3fff00c0",
    "hubble front": "40007f804080c080c080c080c080c080c080c080c08040ff40ff40007fff01c0",
    "hubble fit": "3f8018007c033007401f403ec07cc1e08380ce0018006000100040003fbf01c0",
    "hubble residuals": "3f0000007ffe3fff3fffffffbfffbfffbfffbfff7fff3fff7fff0000049201e0",
    "hubble parity": "2000600a6096600ca010e0a0a0e8e0c0a780e78024006e80340072003fff03f0",
    "hubble slices": "0f007f030007600f001fe03e807880f0e1c0038066000c0010003fdd244101e0",
    "hubble tree": "fff87a78000000000180018001800240024004201c7c1c7e1c7e000000000000",
    "hubble search": "78074807480748004800c800c800c800c800c8004800480048004ffe7fff01c0",
}


def data_of(run: Run) -> tuple[dict[str, Any], Any]:
    return measured(run, Path(run.header.source))[:2]


DRAWN: dict[str, Callable[[Run], Any]] = {
    "front": lambda run: plots.plot_front(run),
    "fit": lambda run: plots.plot_fit(run, *data_of(run)),
    "residuals": lambda run: plots.plot_residuals(run, *data_of(run)),
    "parity": lambda run: plots.plot_parity(run, *data_of(run)),
    "slices": lambda run: plots.plot_slices(run, *data_of(run)),
    "tree": lambda run: trees.plot_tree(run),
    "search": lambda run: courses.plot_search(run),
}


@pytest.mark.parametrize("example", ["pendulum", "hubble"])
@pytest.mark.parametrize("name", DRAWN)
def test_pictures_are_as_they_were(name: str, example: str, request: pytest.FixtureRequest) -> None:
    bits = average_hash(DRAWN[name](request.getfixturevalue(example)))
    assert apart(bits, HASHES[f"{example} {name}"]) <= TOLERANCE, written(bits)


@pytest.mark.parametrize("key", HASHES)
def test_an_empty_picture_is_none_of_them(key: str) -> None:
    figure = Figure()
    figure.add_subplot()
    assert apart(average_hash(figure), HASHES[key]) > TOLERANCE


def lines(figure: Any, panel: int = 0) -> dict[str, Any]:
    return {line.get_label(): line for line in figure.axes[panel].get_lines()}


def test_the_front_has_its_rows_and_the_recommended_one_marked(pendulum: Run) -> None:
    figure = plots.plot_front(pendulum)
    (axes,) = figure.axes
    shown = lines(figure)
    assert shown["front"].get_xdata().tolist() == [row.complexity for row in pendulum.rows]
    np.testing.assert_allclose(shown["front"].get_ydata(), [row.loss for row in pendulum.rows])
    assert shown["recommended"].get_xdata() == [pendulum.row().complexity]
    assert axes.get_yscale() == "log"
    assert axes.get_xlabel() == "complexity"
    assert "share of variance" in axes.get_ylabel()
    assert axes.texts[0].get_text().startswith("period [s] = 6.28")


def test_a_fit_of_one_column_has_a_curve_and_a_band(hubble: Run) -> None:
    figure = plots.plot_fit(hubble, *data_of(hubble))
    (axes,) = figure.axes
    assert len(lines(figure)["measured"].get_xdata()) == 24
    assert len(lines(figure)["formula"].get_xdata()) == 200
    assert len(axes.collections) == 1
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("distance_mpc", "velocity_km_s")


def test_a_fit_of_several_columns_has_the_formulas_values_at_the_rows(pendulum: Run) -> None:
    X, y = data_of(pendulum)
    figure = plots.plot_fit(pendulum, X, y, against="length [m]")
    np.testing.assert_allclose(lines(figure)["formula"].get_xdata(), X["length [m]"])
    np.testing.assert_allclose(lines(figure)["formula"].get_ydata(), y, rtol=1e-3)


def test_residuals_are_measured_less_formula(hubble: Run) -> None:
    X, y = data_of(hubble)
    points = plots.plot_residuals(hubble, X, y).axes[0].get_lines()[-1]
    slope = hubble.row().expression.constants[0]
    np.testing.assert_allclose(points.get_ydata(), y - slope * X["distance_mpc"])
    against = plots.plot_residuals(hubble, X, y, against="distance_mpc").axes[0]
    assert against.get_xlabel() == "distance_mpc"


def test_slices_have_a_panel_for_each_column_of_the_formula(pendulum: Run) -> None:
    X, y = data_of(pendulum)
    figure = plots.plot_slices(pendulum, X, y)
    assert [axes.get_xlabel() for axes in figure.axes] == ["length [m]", "gravity [m/s^2]"]
    curve = lines(figure)["formula"]
    middle = np.median(X["gravity [m/s^2]"])
    np.testing.assert_allclose(curve.get_ydata(), 2 * np.pi * np.sqrt(curve.get_xdata() / middle), rtol=1e-3)


def test_a_tree_has_each_node_once(pendulum: Run) -> None:
    (axes,) = trees.plot_tree(pendulum).axes
    assert [text.get_text() for text in axes.texts] == [
        "×",
        "6.283",
        "√",
        "÷",
        "length [m]",
        "gravity [m/s^2]",
    ]
    assert len(axes.get_lines()) == 5


def test_a_search_falls_over_time(pendulum: Run) -> None:
    shown = lines(courses.plot_search(pendulum))
    assert len(shown["sparse"].get_xdata()) == 2
    moments = courses.improvements(pendulum)
    assert [one.seconds for one in moments] == sorted(one.seconds for one in moments)
    assert np.all(np.diff([one.loss for one in moments]) < 0)


def test_units_stand_behind_names_that_have_none() -> None:
    found = plots.found_of(fitted(units={"a": "m", "b [s]": "s"}, names=("a", "b [s]")))
    assert [found.label(name) for name in ("a", "b [s]", "c")] == ["a [m]", "b [s]", "c"]


def test_a_target_is_called_as_its_series_unless_a_column_is() -> None:
    X = pd.DataFrame({"x0": [1.0, 2.0, 3.0], "x1": [0.0, 1.0, 0.0]})
    for name, shown in (("mass", "mass"), ("x0", "y")):
        figure = fitted().plot_fit(X, pd.Series([2.0, 4.1, 5.9], name=name))
        assert figure.axes[0].get_ylabel() == shown


def test_values_of_many_sizes_have_a_logarithmic_scale() -> None:
    X = np.column_stack([np.geomspace(1, 1e4, 9), np.ones(9)])
    (axes,) = fitted().plot_fit(X, 2 * X[:, 0]).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert fitted().plot_slices(X, 2 * X[:, 0]).axes[0].get_yscale() == "log"
    (axes,) = fitted().plot_fit(X, 2 * X[:, 0] - 3).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_one_of_several_targets_is_chosen() -> None:
    model = fitted()
    fronts = [model.front_.assign(output=number) for number in (0, 1)]
    model.front_ = pd.concat(fronts, ignore_index=True)
    model.expression_, model.recommended_ = (model.expression_,) * 2, (1, 2)
    model.target_names_ = ("y0", "y1")
    shown = lines(model.plot_front(output=1))
    assert shown["recommended"].get_xdata() == [1.0]
    with pytest.raises(InvalidSetting, match="several targets: give a number from 0 to 1"):
        model.plot_front()
    with pytest.raises(InvalidSetting, match="one target: leave it out"):
        fitted().plot_front(output=0)


def test_a_column_may_be_called_anything() -> None:
    name = r"$\frac{<script>$ _"
    model = fitted(names=(name, "other"))
    X = pd.DataFrame({name: [1.0, 2.0, 3.0, 4.0], "other": [0.0, 1.0, 0.0, 1.0]})
    figure = model.plot_fit(X, [2.0, 4.1, 5.9, 8.0])
    average_hash(figure)
    assert figure.axes[0].get_xlabel() == name
    average_hash(model.plot_tree())
    average_hash(model.plot_slices(X, [2.0, 4.1, 5.9, 8.0]))


def test_methods_of_the_estimator_are_the_functions() -> None:
    model = fitted()
    assert model.plot_front.__doc__ == plots.plot_front.__doc__
    assert SymbolicRegressor.plot_tree is trees.plot_tree
    assert isinstance(model.plot_front(), Figure)


def test_a_model_tells_time_by_searcher() -> None:
    model = fitted()
    model.search_report_ = pd.DataFrame(
        {"searcher": ["bank", "sparse"], "seconds": [2.0, 0.0], "confirming": [1.0, 0.0],
         "on_front": [3, 0], "aside": ["", "few rows"]}
    )  # fmt: skip
    (axes,) = model.plot_search().axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["bank"]
    assert axes.texts[0].get_text().strip() == "3 on the front"
    del model.search_report_
    with pytest.raises(RunError, match="plot its run"):
        model.plot_search()


def test_axes_that_are_given_are_drawn_in(hubble: Run) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plots.plot_front(hubble, ax=left) is figure
    plots.plot_parity(hubble, *data_of(hubble), ax=right)
    assert left.get_xlabel() == "complexity"
    assert right.get_xlabel() == "velocity_km_s, formula"


def test_refusals(hubble: Run) -> None:
    X, y = data_of(hubble)
    with pytest.raises(InvalidSetting, match="against is 'z', which is no column"):
        plots.plot_fit(hubble, X, y, against="z")
    with pytest.raises(InvalidSetting, match="no formula of complexity 99: there are 1, 3, 5"):
        plots.plot_parity(hubble, X, y, complexity=99)
    with pytest.raises(ColumnNotFound, match="'distance_mpc' is missing"):
        plots.plot_fit(hubble, {"a": y}, y)
    with pytest.raises(DataError, match="give as many of each"):
        plots.plot_fit(hubble, X, y[:-1])
    with pytest.raises(DataError, match="no row has all"):
        plots.plot_fit(hubble, X, np.full(len(y), np.nan))


def test_without_matplotlib_the_extra_is_named(hubble: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependency, match=r"pip install 'symlaw\[plots\]'"):
        plots.plot_front(hubble)


def fitted(names: tuple[str, ...] = ("x0", "x1"), **settings: Any) -> SymbolicRegressor:
    """A model with a front of two formulas, as `symlaw.load` gives it."""
    from symlaw.language.expression import Constant, Expression, Variable
    from symlaw.language.operators import operator

    law = Expression((Constant(2.0), Variable(names[0]), operator("*")))
    model = SymbolicRegressor(target_unit=None, **settings)
    formulas = [Expression((Constant(5.0),)), law]
    model.front_ = pd.DataFrame({"complexity": [1.0, 3.0], "loss": [1.0, 0.01], "expression": formulas})
    model.expression_, model.recommended_ = law, 1
    model.n_features_in_, model.group_labels_ = len(names), None
    model.reading_, model.target_names_ = Reading.of_numbers(names), ("y",)
    if names != ("x0", "x1"):
        model.feature_names_in_ = np.array(names, dtype=object)
    return model
