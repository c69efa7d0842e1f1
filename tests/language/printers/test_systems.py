"""Exported systems, run by their consumers against the reference."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw.errors import InvalidSetting
from symlaw.language import parse
from symlaw.language.printers.systems import SYSTEMS, exported_system

STATES, COLUMNS = ("x", "v"), ("x", "v", "F", "t")
TEXTS = ("v", "F / 2.01 - 0.31 * v - 4.9 * sin(1.98 * x) + x**2 * exp(-t)")
POINT = {"x": 0.7, "v": -1.2, "F": 0.4, "t": 0.3}


def equations() -> list[Any]:
    return [parse(one) for one in TEXTS]


def expected() -> list[float]:
    return [float(np.ravel(one.evaluate(POINT))[0]) for one in equations()]


def loaded(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(source, space)
    return space


def test_scipy_gives_the_rates_and_solves() -> None:
    space = loaded(exported_system(STATES, equations(), COLUMNS, "scipy"))
    rates = space["rates"](0.3, [0.7, -1.2], lambda t: [0.4])
    np.testing.assert_allclose(rates, expected())
    decay = loaded(exported_system(["x"], [parse("-0.5 * x")], ["x", "t"], "scipy"))
    found = decay["simulate"]([2.0], [0.0, 1.0, 2.0])
    np.testing.assert_allclose(found[0], 2.0 * np.exp([0.0, -0.5, -1.0]), rtol=1e-6)


def test_a_map_in_python_is_iterated() -> None:
    space = loaded(exported_system(["x"], [parse("3.7 * x * (1 - x)")], ["x", "k"], "scipy", True))
    found = space["simulate"]([0.3], [0, 1, 2])[0]
    np.testing.assert_allclose(found, [0.3, 0.777, 3.7 * 0.777 * 0.223])


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")
def test_c_gives_the_rates(tmp_path: Path) -> None:
    source = tmp_path / "rates.c"
    source.write_text(exported_system(STATES, equations(), COLUMNS, "c"))
    library = tmp_path / "rates.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-Wall", "-Werror", str(source), "-o", str(library), "-lm"], check=True
    )
    array = ctypes.c_double * 2
    rate = array()
    function = ctypes.CDLL(str(library)).rates
    function(ctypes.c_double(0.3), array(0.7, -1.2), (ctypes.c_double * 1)(0.4), rate)
    np.testing.assert_allclose(list(rate), expected())


@pytest.mark.consumers
def test_jax_gives_the_rates() -> None:
    pytest.importorskip("jax")
    space = loaded(exported_system(STATES, equations(), COLUMNS, "jax"))
    rates = space["rates"](0.3, np.array([0.7, -1.2]), lambda t: [0.4])
    np.testing.assert_allclose(rates, expected(), rtol=1e-5)


@pytest.mark.consumers
def test_torch_gives_the_rates_of_one_state_and_of_many() -> None:
    torch = pytest.importorskip("torch")
    space = loaded(exported_system(STATES, equations(), COLUMNS, "torch"))
    module = space["Rates"](lambda t: [torch.tensor(0.4, dtype=torch.float64)])
    state = torch.tensor([0.7, -1.2], dtype=torch.float64)
    time = torch.tensor(0.3, dtype=torch.float64)
    np.testing.assert_allclose(module(time, state).numpy(), expected())
    np.testing.assert_allclose(module(time, torch.stack([state, state])).numpy(), [expected()] * 2)


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("octave-cli") is None, reason="no Octave")
def test_octave_gives_the_rates(tmp_path: Path) -> None:
    (tmp_path / "rates.m").write_text(exported_system(STATES, equations(), COLUMNS, "matlab"))
    call = "printf('%.15g ', rates(0.3, [0.7; -1.2], @(t) 0.4))"
    said = subprocess.run(
        ["octave-cli", "--eval", call], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    np.testing.assert_allclose([float(one) for one in said.stdout.split()], expected())


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("julia") is None, reason="no Julia")
def test_julia_gives_the_rates(tmp_path: Path) -> None:
    source = exported_system(STATES, equations(), COLUMNS, "julia")
    call = 'rate = zeros(2); rates!(rate, [0.7, -1.2], t -> [0.4], 0.3); println(rate[1], " ", rate[2])'
    (tmp_path / "rates.jl").write_text(f"{source}\n{call}\n")
    said = subprocess.run(["julia", str(tmp_path / "rates.jl")], check=True, capture_output=True, text=True)
    np.testing.assert_allclose([float(one) for one in said.stdout.split()], expected())


def test_latex_is_aligned() -> None:
    written = exported_system(["x"], [parse("-0.5 * x")], ["x", "t"], "latex")
    assert written.startswith("\\begin{aligned}\n\\dot{x} &= ")


def test_names_that_a_program_needs_are_left_to_it() -> None:
    written = exported_system(
        ["state", "for"], [parse("state"), parse("-state")], ["state", "for", "t"], "scipy"
    )
    found = loaded(written)["rates"](0.0, [2.0, 5.0])
    assert found == [2.0, -2.0]


def test_every_form_writes_and_others_are_refused() -> None:
    assert all(exported_system(STATES, equations(), COLUMNS, form) for form in SYSTEMS)
    with pytest.raises(InvalidSetting, match="did you mean 'julia'"):
        exported_system(STATES, equations(), COLUMNS, "julya")
