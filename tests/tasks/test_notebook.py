"""Progress in a notebook, with a stand-in for its kernel."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.tasks.notebook import figure, in_notebook


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
        operators=["+", "*", "exp"], max_evaluations=3000, time_budget=None, random_state=0, verbose=1, **more
    )
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
    from symlaw.search.budget import Spent
    from symlaw.search.portfolio import Progress
    from symlaw.tasks.notebook import view

    formula = parse("`<b>` * 2")
    assert "<b>`" not in view(Progress((Entry(formula, 3.0, 0.1, formula),), (), Spent()))


def test_a_figure_needs_two_points_that_have_a_logarithm() -> None:
    x = parse("x")
    assert figure([Entry(x, 1.0, 0.5, x), Entry(x, 2.0, 0.0, x)]) == ""
    assert figure([Entry(x, 1.0, 0.5, x), Entry(x, 2.0, 0.1, x)]).count("<circle") == 2


def test_nothing_of_ipython_is_loaded() -> None:
    code = "import sys; import symlaw.tasks.listening; print('IPython' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
