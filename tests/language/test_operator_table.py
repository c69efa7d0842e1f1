"""Every row of the operator table is complete, and its cells agree with each other."""

from __future__ import annotations

import ctypes
import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symlaw.errors import UnknownOperator
from symlaw.language import Operator, operator, operator_table
from symlaw.language.operators import ALIASES
from symlaw.testing import operators as conformance

ROWS = list(operator_table().values())
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
@every_row
def test_row_conforms(row: Operator, check: object) -> None:
    assert callable(check)
    check(row)


@every_row
def test_row_is_found_by_its_name(row: Operator) -> None:
    assert operator(row.name) is row


@pytest.mark.parametrize("alias", ALIASES)
def test_alias_leads_to_a_row(alias: str) -> None:
    assert operator(alias).name == ALIASES[alias]


def test_aliases_hide_no_row() -> None:
    assert not set(ALIASES) & set(operator_table())


def test_unknown_name_gets_the_nearest_as_a_suggestion() -> None:
    with pytest.raises(UnknownOperator, match="unknown operator 'sqr': did you mean 'sqrt'"):
        operator("sqr")


def test_unknown_operator_may_be_anything() -> None:
    with pytest.raises(UnknownOperator, match="unknown operator 3"):
        operator(3)  # type: ignore[arg-type]


def test_empty_cell_without_a_reason_is_found() -> None:
    assert replace(operator("erf"), absent={}).empty_cells() == ("inverses",)


@every_row
def test_jax_spelling_has_the_values_of_the_numpy_spelling(row: Operator) -> None:
    points = conformance.argument_grid(row)
    names = ("x", "y", "z")[: row.arity]
    text = row.jax.template.format(*(f"({name})" for name in names))
    if "jax." in text:
        pytest.skip("beyond what NumPy can stand in for")
    got = eval(text, {"jnp": np, **{name: points[name] for name in names}})
    np.testing.assert_allclose(got, points["v"], rtol=1e-14)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """All C spellings in one library."""
    if COMPILER is None:
        pytest.skip("no C compiler")
    folder: Path = tmp_path_factory.mktemp("spellings")
    lines = ["#include <math.h>"]
    for place, row in enumerate(ROWS):
        parameters = ", ".join(f"double {name}" for name in ("x", "y", "z")[: row.arity])
        body = row.c.template.format(*("x", "y", "z")[: row.arity])
        lines.append(f"double f{place}({parameters}) {{ return {body}; }}")
    (folder / "all.c").write_text("\n".join(lines) + "\n")
    library = folder / "all.so"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, folder / "all.c", "-lm"], check=True)
    return ctypes.CDLL(str(library))


@every_row
def test_c_spelling_has_the_values_of_the_numpy_spelling(row: Operator, compiled: ctypes.CDLL) -> None:
    function = getattr(compiled, f"f{ROWS.index(row)}")
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * row.arity
    points = conformance.argument_grid(row)
    arguments = zip(*(points[name].tolist() for name in ("x", "y", "z")[: row.arity]), strict=True)
    np.testing.assert_allclose([function(*values) for values in arguments], points["v"], rtol=1e-14)


def test_domains_are_natural() -> None:
    with np.errstate(all="ignore"):
        outside = [operator(name).numpy_function(-1.5) for name in ("log", "sqrt", "asin", "acos", "log1p")]
        outside.append(operator("pow").numpy_function(-2.0, 0.5))
    assert all(math.isnan(value) for value in outside)
