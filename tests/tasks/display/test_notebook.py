"""Progress in a notebook, with a stand-in for its kernel."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.language.algebra.shared_parts import shared
from symlaw.search.archive import Entry
from symlaw.tasks.display.notebook import figure, in_notebook


class Handle:
    """Takes what is shown in the place of the first drawing."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def update(self, drawn: str) -> None:
        self.shown.append(drawn)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Handle:
    """A process that looks like a notebook's kernel."""
    handle = Handle()
    display = types.ModuleType("IPython.display")

    def show(drawn: str, *, display_id: bool) -> Handle:
        assert display_id
        handle.shown.append(drawn)
        return handle

    display.display = show  # type: ignore[attr-defined]
    display.HTML = str  # type: ignore[attr-defined]
    package = types.ModuleType("IPython")
    package.get_ipython = lambda: types.SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    package.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return handle


def fitted(**more: Any) -> SymbolicRegressor:
    X = np.linspace(1, 3, 40)[:, None]
    y = np.exp(-X[:, 0]) * X[:, 0] + 0.1 * np.sin(7 * X[:, 0])
    model = SymbolicRegressor(
        operators=["+", "*", "exp"], max_evaluations=3000, time_budget=None, random_state=0, verbose=1,
        searchers=["sparse", "evolution"], simplify=False, **more,
    )  # fmt: skip
    return model.fit(X, y)


def test_one_drawing_is_updated_and_the_last_is_the_end(
    kernel: Handle, capsys: pytest.CaptureFixture[str]
) -> None:
    fitted()
    assert capsys.readouterr().out == ""
    assert len(kernel.shown) >= 2
    last = kernel.shown[-1]
    assert "ended: budget of 3,000 evaluations used" in last
    assert "<svg" in last and "evolution" in last and "per second" in last


def test_elsewhere_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert not in_notebook()
    fitted()
    assert "complexity" in capsys.readouterr().out


def test_names_are_no_markup(kernel: Handle) -> None:
    from symlaw.search.loop.budget import Spent
    from symlaw.search.loop.search import Progress
    from symlaw.tasks.display.notebook import view

    formula = parse("`<b>` * 2")
    assert "<b>`" not in view(Progress((Entry(formula, 3.0, 0.1, formula),), (), Spent()))


def test_a_figure_needs_two_points_that_have_a_logarithm() -> None:
    x = parse("x")
    assert figure([Entry(x, 1.0, 0.5, x), Entry(x, 2.0, 0.0, x)]) == ""
    assert figure([Entry(x, 1.0, 0.5, x), Entry(x, 2.0, 0.1, x)]).count("<circle") == 2


def test_nothing_of_ipython_is_loaded() -> None:
    code = "import sys; import symlaw.tasks.display.progress; print('IPython' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_expressions_are_shown_as_mathematics_with_names_escaped() -> None:
    shown = parse("2 * `a_1 $x & <b>`")._repr_latex_()
    assert shown == r"$\displaystyle 2 \cdot \mathrm{a\_1\ \$x\ \&\ <b>}$"


def test_shared_parts_are_shown_as_lines() -> None:
    both = shared([parse("2 * exp(-x) + 1"), parse("y / exp(-x)")])
    assert both._repr_latex_().count("&=") == 3
    assert r"s_{1} &= \exp" in both._repr_latex_()


@pytest.mark.parametrize("several", [False, True])
def test_a_fitted_model_shows_its_front_with_names_escaped(several: bool) -> None:
    x = np.linspace(1, 3, 40)
    X = pd.DataFrame({"<b>bold</b>": x})
    model = SymbolicRegressor(
        operators=["+", "*"], max_evaluations=500, time_budget=None, random_state=0, searchers=["sparse"]
    )
    assert "★" not in model._repr_html_()
    model.fit(X, np.stack([x**2, 3 * x], axis=1) if several else x**2)
    for shown in (model._repr_html_(), model._repr_mimebundle_()["text/html"]):
        # scikit-learn holds the text of the model, for notebooks that draw nothing, in its diagram
        table = shown.partition("<style")[0]
        assert table.count("★") == (2 if several else 1)
        assert "<b>bold</b>" not in shown and "&lt;b&gt;bold&lt;/b&gt;" in shown
        assert shown.count("<tr><td>") >= len(model.front_)
    with config_context(display="text"):
        assert "text/html" not in model._repr_mimebundle_()


def test_fronts_are_data_frames_that_escape_names() -> None:
    X = pd.DataFrame({"<b>": np.linspace(1, 3, 40)})
    model = SymbolicRegressor(
        operators=["+", "*"], max_evaluations=500, time_budget=None, random_state=0, searchers=["sparse"]
    ).fit(X, 2 * X["<b>"])
    assert "&lt;b&gt;" in model.front_._repr_html_() and "<b>" not in model.front_._repr_html_()
