"""The published data sets are what they say they are, and their judge tells laws from other formulas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.real import arguments, run_all, summary, trials
from benchmarks.real_judge import ACCEPTED, AS_GOOD, MISSED, Row, is_accepted, nonsense, structure, verdict
from benchmarks.real_sets import FOLDER, RealSet, load
from benchmarks.real_trial import key
from symlaw.language import Expression, parse
from symlaw.language.values import values

SETS = load()


def named(name: str) -> RealSet:
    return load([name])[0]


def r2(formula: Expression, real: RealSet) -> float:
    errors = values(formula, dict(zip(real.inputs, real.X.T, strict=True))) - real.y
    return 1.0 - float(np.mean(errors**2) / np.var(real.y))


def row(text: str, loss: float = 0.01) -> Row:
    formula = parse(text)
    return Row(formula, formula.complexity(), loss)


def test_there_are_enough_sets_of_each_kind() -> None:
    assert len(SETS) >= 40
    assert sum(len(one.y) < 15 for one in SETS) >= 15
    assert sum(one.measurement_error for one in SETS) >= 10
    assert len({one.name for one in SETS}) == len(SETS)


def test_every_table_is_described_and_they_are_small() -> None:
    files = sorted(path.stem for path in FOLDER.glob("*.csv"))
    assert files == sorted(one.name for one in SETS)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 200_000


@pytest.mark.parametrize("real", SETS, ids=lambda real: real.name)
def test_a_set_has_rows_a_source_and_forms_that_explain_it(real: RealSet) -> None:
    assert 4 <= len(real.y) <= 400 and np.all(np.isfinite(real.X)) and np.all(np.isfinite(real.y))
    assert real.source and real.kind and real.forms and real.target not in real.inputs
    for form in real.forms:
        constants = {f"c{k}" for k in range(len(form.start))}
        assert set(parse(form.formula).variables) - constants <= set(real.inputs)
        assert len(form.start) < len(real.y) - 1
        assert r2(real.fit(form), real) >= real.r2


@pytest.mark.parametrize("name", ["planets", "perrin", "wien", "galileo_shelf", "hubble"])
def test_an_accepted_form_is_accepted(name: str) -> None:
    real = named(name)
    for form in real.forms:
        assert verdict(real.fit(form), real).verdict == ACCEPTED


def test_an_accepted_form_is_accepted_however_it_is_written() -> None:
    assert is_accepted(parse("axis_au * sqrt(axis_au)"), named("planets"))
    assert is_accepted(parse("exp(4.72 - height_um / 40.6)"), named("perrin"))
    assert is_accepted(parse("1 / (0.0000345 * kelvin * 10)"), named("wien"))


def test_a_formula_of_other_values_is_not_accepted() -> None:
    assert not is_accepted(parse("1.8 * axis_au**1.4"), named("planets"))
    assert verdict(parse("110.0 - 1.1 * height_um"), named("perrin")).verdict == MISSED
    assert verdict(parse("424.3 * exp(0.1 * distance_mpc)"), named("hubble")).verdict == MISSED


def test_a_short_formula_that_misses_no_more_is_as_good() -> None:
    found = verdict(parse("3.9 * speed_mph - 18.3 + 1.0"), replace_forms("cars", 2))
    assert found.verdict == MISSED
    found = verdict(parse("0.59 * speed_mph**1.55"), replace_forms("cars", 2))
    assert found.verdict == AS_GOOD and found.left_out < 1.05 * found.accepted_left_out
    assert found.nodes <= found.accepted_nodes


def replace_forms(name: str, place: int) -> RealSet:
    """A set of which one form only is accepted."""
    real = named(name)
    return replace(real, forms=(real.forms[place],))


def test_whole_numbers_are_not_fitted() -> None:
    assert structure(parse("3.7 * x**2 + 0.5 + 2001.0")).values.tolist() == [3.7, 2001.0]


@pytest.mark.parametrize(
    ("text", "loss", "reason", "expected"),
    [
        ("113.0 * exp(-0.0246 * height_um)", 3e-4, "shortest description", ""),
        ("113.1 * exp(-0.0246 * height_um) + 0.11 * height_um", 1e-4, "shortest", "each row but one"),
        ("1.1 + 2.1 * height_um + 3.1 * height_um**2 + 4.1 * height_um**3", 1e-9, "only", "as many fitted"),
        ("113.0 * exp(-0.0246 * height_um)", 3e-4, "the simplest formula that is exact", "called exact"),
        ("113.0 * log(height_um - 6.0)", 0.1, "shortest", "not finite"),
        ("1e18 * log(cos(3e-8 * height_um))", 1e-3, "shortest", "artefact"),
    ],
)
def test_nonsense_is_named(text: str, loss: float, reason: str, expected: str) -> None:
    found = nonsense([row("41.2"), row(text, loss)], 1, reason, named("perrin"))
    assert any(expected in one for one in found) if expected else not found


def record(name: str, seed: int, word: str, **more: Any) -> dict[str, Any]:
    asked = {"name": name, "seed": seed, "seconds": 20.0, "threads": 2, "seconds_used": 1.0, "finding": ""}
    told = {"verdict": word, "formula": "x", "nonsense": [], "n_rows": 8, "measurement_error": True}
    return {**asked, **told, "error": "", **more}


def test_a_second_run_does_what_is_missing(tmp_path: Path) -> None:
    options = arguments().parse_args(["--names", "wien", "perrin", "--seeds", "2"])
    asked, done, out = trials(options), [], tmp_path / "real.jsonl"

    def fit(one: Any) -> dict[str, Any]:
        done.append(one)
        return record(one.name, one.seed, ACCEPTED)

    assert len(asked) == 4
    assert len(run_all(asked[:3], out, fit, lambda text: None)) == 3
    assert [key(one) for one in run_all(asked, out, fit, lambda text: None)] == [key(vars(a)) for a in asked]
    assert len(done) == 4


def test_the_summary_counts_and_names() -> None:
    text = summary(
        [
            record("wien", 0, ACCEPTED),
            record("wien", 1, AS_GOOD, n_rows=20),
            record("perrin", 0, MISSED, nonsense=["x is an artefact of rounding"]),
            {"name": "perrin", "seed": 1, "error": "killed"},
        ]
    )
    assert "all: 4 fits of 2 sets, accepted 1, as good 1, missed 2: 50.0% recommended" in text
    assert "under 15 rows: 2 fits" in text and "missed: perrin (0)" in text and "errors: perrin (1)" in text
    assert "nonsense: 1" in text and "x is an artefact" in text
