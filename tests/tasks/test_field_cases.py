"""Tables of a kind that once went wrong, each with what should come.

Where a test elsewhere has the very case, it is named here and not written twice:

=============================================== ========================================================
case                                            test
=============================================== ========================================================
a fold whose training part is constant          test_after_search: a constant part of a cross validation
a wave on an offset of 1e12                     test_scales: a wave on a large offset
oscillations on even grids of time              search/test_aliases: an hourly series, a fast even series
operators of users in pickles                   test_portable: pickles and clones
a sum of coefficients of 3e-12 and 5e10         test_scales: a sum of terms with tiny and huge coefficients
six rounded rows of a fall                      test_few_rows: six rounded rows (the rounding is named below)
a parabola, a power law on three to six rows    test_few_rows: a parabola, a power law
a root of -1e-17                                test_undefined_rows: a root of what rounding made negative
a root rounded to whole numbers                 test_few_rows: rounded values end the front
losses without a name                           test_portable: functions without a name (a cell's is below)
pure noise, nothing on the terminal             test_few_rows: pure noise
four simplifications                            language/test_simplify: known identities (with rows below)
means with standard errors in a column          test_weighing, cli/test_y_std
what fails after a search                       test_after_search (a long-named column is below)
constant and doubled columns from Python        test_intake: constant and doubled columns (the law is below)
column labels of several levels, years, enums   test_intake: names that are no text, each column its own name
dates, NA, Decimal, durations in a frame        test_intake: a frame of seven kinds (the law is below)
rows of weight 0 that hold NaN                  test_intake: rows of weight zero
targets with names                              test_intake: targets keep their names; cli/test_one_answer
years and seconds since 1970                    trust/test_digits
quotes after blanks                             data/test_sheets
cells, fractions, a base next to 1              language/printers: test_excel, test_mathml; trust/test_digits
constants of groups in every place              cli/test_one_answer: grouped; trust/test_group_constants
a template of a name that is no column          test_foreign
metres beside millimetres                       test_rescaling
a minus in a macro                              test_foreign
sums that are multiplied out                    language/test_expanding
=============================================== ========================================================
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.cli.output.live import Watch
from symlaw.data import Table
from symlaw.language import parse
from symlaw.language.expression import Constant, Expression
from symlaw.language.values import values
from symlaw.search.loop import budget
from symlaw.search.loop.search import Progress
from symlaw.tasks.regression.recorded import header_of
from symlaw.tasks.regression.settings import Settings

ARITHMETIC = ["+", "-", "*", "/"]


def fitted(X: Any, y: Any, n_evaluations: int, **settings: Any) -> SymbolicRegressor:
    """A fit with a work budget."""
    given = {"max_evaluations": n_evaluations, "time_budget": None, "random_state": 0, "n_jobs": 1}
    return SymbolicRegressor(**{**given, **settings}).fit(X, y)


@pytest.mark.long
def test_a_damped_wave_of_four_decimals_is_found_and_the_step_is_the_noise() -> None:
    t = np.linspace(0, 20, 201)
    law = np.sin(t) * np.exp(-t / 5)
    model = fitted(t[:, None], np.round(law, 4), 60_000, operators=[*ARITHMETIC, "exp", "sin"])
    np.testing.assert_allclose(model.predict(t[:, None]), law, atol=1e-4)
    assert model.noise_ == "rounding: the target's numbers come in steps of 0.0001"
    assert model.front_["rmse"].iloc[-2] > 1e-4


@pytest.mark.long
def test_the_rounding_of_six_rows_is_named() -> None:
    h = np.arange(1, 7) / 2
    model = fitted(h[:, None], np.round(np.sqrt(2 * h / 9.81), 2), 5_000)
    np.testing.assert_allclose(model.predict(h[:, None]), 0.4515 * np.sqrt(h), rtol=0.01)
    assert model.noise_ == "rounding: the target's numbers come in steps of 0.01"


@pytest.mark.long
def test_a_constant_fourth_target_leaves_the_laws_of_an_epidemic() -> None:
    rng = np.random.default_rng(13)
    s = rng.uniform(0.1, 0.9, 120)
    i = (1 - s) * rng.uniform(0.1, 0.9, 120)
    X = pd.DataFrame({"s": s, "i": i, "r": 1 - s - i})
    Y = np.column_stack([-0.3 * s * i, 0.3 * s * i - 0.1 * i, 0.1 * i, np.full(120, 0.5)])
    with pytest.warns(RuntimeWarning, match="target 'y3' is constant"):
        model = fitted(X, Y, 3000, operators=ARITHMETIC)
    np.testing.assert_allclose(model.predict(X), Y, atol=1e-12)
    assert isinstance(model.expression_, tuple)
    assert max(len(law.nodes) for law in model.expression_) <= 9


_ANYWHERE = """
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
import joblib
import numpy as np
from symlaw import SymbolicRegressor

X = np.random.default_rng(0).uniform(1, 3, (40, 2))
TABLES = [X[:, 0] * X[:, 1] + 1.0, X[:, 0] / X[:, 1]]

def law(y):
    model = SymbolicRegressor(max_evaluations=2000, time_budget=None, random_state=0, n_jobs=1)
    return str(model.fit(X, y).expression_)

if __name__ == "__main__":
    found = []
    for _ in range(2):
        with ThreadPoolExecutor(2) as pool:
            found.append(list(pool.map(law, TABLES)))
    with multiprocessing.get_context("fork").Pool(1) as pool:
        found.append(pool.map(law, TABLES))
    found.append(joblib.Parallel(2, backend="multiprocessing")(joblib.delayed(law)(y) for y in TABLES))
    for laws in found:
        print(*laws, sep=" | ")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no forks here")
def test_fits_in_pools_of_threads_in_a_fork_and_under_joblib() -> None:
    # Python 3.12 warns of forks where threads are
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ANYWHERE], capture_output=True, text=True, timeout=120
    )
    assert ran.stdout.splitlines() == ["x0 * x1 + 1.0 | x0 / x1"] * 4, ran.stderr


@pytest.mark.long
def test_thirteen_rows_of_kepler_end_when_settled_and_are_shown_live_as_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "SETTLED_EVALUATIONS", 50_000)
    a = np.array([0.387, 0.723, 1.0, 1.524, 2.767, 5.203, 9.537, 19.19, 30.07, 39.48, 43.1, 45.8, 67.7])
    period = np.array(
        [0.241, 0.615, 1.0, 1.881, 4.60, 11.86, 29.46, 84.01, 164.8, 248.1, 283.0, 310.0, 557.0]
    )
    heard: list[Progress] = []
    model = fitted(pd.DataFrame({"a": a}), period, 10**9, time_budget=600.0, callback=heard.append)
    assert "settled" in model.stopped_by_
    np.testing.assert_allclose(model.predict(pd.DataFrame({"a": [2.0]})), 2.0**1.5, rtol=1e-3)
    settings = Settings()
    table = Table(a[:, None], period, ("a",), "T")
    rows, place = Watch(settings, header_of(table, settings)).shown(heard[-1].front)
    assert [row.complexity for row in rows] == model.front_["complexity"].tolist()
    assert place == model.recommended_


def test_skin_friction_beside_another_column_is_fitted_twice_in_one_process() -> None:
    rng = np.random.default_rng(28)
    reynolds = np.exp(rng.uniform(np.log(0.3), np.log(1e3), 323))
    frame = pd.DataFrame(
        {"Re": reynolds, "Temperature": rng.uniform(280, 320, 323), "p": rng.uniform(1, 2, 323)}
    )
    friction = (7.69 / (reynolds + 0.096) + 0.0024) * (1 + 0.03 * rng.normal(size=323))
    laws = [fitted(frame, friction, 10_000, loss="log").expression_ for _ in range(2)]
    assert laws[0] == laws[1]
    assert isinstance(laws[0], Expression) and laws[0].variables == ("Re",)
    slope = np.array([0.5, 50.0])
    found = values(laws[0], {"Re": slope})
    np.testing.assert_allclose(found, 7.69 / (slope + 0.096) + 0.0024, rtol=0.05)


def test_a_loss_of_a_notebook_cell_gets_a_name() -> None:
    cell: dict[str, Any] = {"np": np}
    exec("loss = lambda y, p: np.abs(y - p)**1.5", cell)  # a cell has no file
    x = np.linspace(1.0, 3.0, 30)
    model = fitted(x[:, None], x * x, 3000, loss=cell["loss"], operators=["+", "*"])
    assert str(model.expression_) == "x0 * x0"


@pytest.mark.long
def test_no_value_turns_on_the_eighth_digit_of_a_constant() -> None:
    rng = np.random.default_rng(33)
    columns = {"A": rng.uniform(0.1, 5, 4000), "B": rng.uniform(0.1, 5, 4000)}
    y = 2.5 * columns["A"] * columns["B"] / ((1 + 0.8 * columns["A"]) * (1 + 0.3 * columns["B"]))
    model = fitted(pd.DataFrame(columns), y, 60_000)
    largest = model.alternatives_(model.front_["complexity"].iloc[-1])
    for formula in (*model.front_["expression"], *largest["expression"]):
        moved = Expression(
            tuple(Constant(n.value * (1 + 1e-8)) if isinstance(n, Constant) else n for n in formula.nodes)
        )
        before, after = (evaluated(one, columns) for one in (formula, moved))
        assert np.max(np.abs(after - before)) < 1e-4 * np.std(y), formula


def evaluated(formula: Expression, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Values of a formula on columns."""
    return np.broadcast_to(values(formula, columns), (4000,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.3*((exp(x0)*4.2 + x1**2)*3.333333333333334 + x2)", "4.2 * exp(x0) + x1**2 + 0.3 * x2"),
        ("exp(max(x0, log(x1)))", "max(exp(x0), x1)"),
        ("cos(x0 - 3*pi/2)", "-sin(x0)"),
        ("sqrt(x0**2*x1/x2)", "x0 * sqrt(x1 / x2)"),
    ],
)
def test_formulas_are_simplified_by_what_the_rows_tell(text: str, expected: str) -> None:
    X = np.random.default_rng(23).uniform(0.2, 2.0, (50, 3))
    assert symlaw.simplify(text, X) == parse(expected)


@pytest.mark.long
def test_a_lattice_with_constant_and_doubled_columns_has_its_law_in_its_own_size() -> None:
    steps = [(step, gain, end) for step in range(10, 21) for gain in (3, 5, 8) for end in (11, 12, 13)]
    chosen = np.random.default_rng(0).choice(len(steps), 40, replace=False)
    frame = pd.DataFrame([steps[k] for k in chosen], columns=["pace", "gain", "end"])
    frame = frame.assign(start=10, floor=10, cap=20, gain_copy=frame["gain"])
    frame = pd.concat([frame, frame], ignore_index=True)
    own = parse("10 + (end - 10) * (pace - 10) / 10 + gain * (pace - 10) * (20 - pace) / 100")
    law = values(own, {name: frame[name].to_numpy(float) for name in ("end", "pace", "gain")})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = fitted(frame, law, 30_000)
    assert isinstance(model.expression_, Expression)
    np.testing.assert_allclose(model.predict(frame), law, rtol=1e-9)
    assert model.expression_.complexity() <= own.complexity()
    assert set(model.expression_.variables) <= {"pace", "gain", "end"}
    for name in ("start", "floor", "cap", "gain_copy"):
        assert any(f"'{name}'" in note for note in model.notes_)


@pytest.mark.long
def test_a_law_of_hours_since_the_first_date_is_found() -> None:
    hours = np.arange(90)
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2026-03-28 00:00", periods=90, freq="h", tz="Europe/Berlin"),
            "flag": rng.integers(0, 2, 90).astype(bool),
            "k": pd.array(rng.integers(0, 20, 90), dtype="Int64"),
        }
    )
    k = frame["k"].to_numpy(float)
    law = 4.2 * np.exp(-hours / 36) + 0.3 * frame["flag"].to_numpy(float) + 0.01 * k**2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = fitted(frame, law, 100_000, operators=[*ARITHMETIC, "exp"])
    np.testing.assert_allclose(model.predict(frame), law, rtol=1e-9)
    assert any("'when_h', hours since 2026-03-27T23:00:00" in note for note in model.notes_)
