"""Conformance suite for rows of the operator table: `check_operator`, and its parts one by one.

A row's cells are checked against each other on a grid of arguments: wherever the NumPy spelling is
finite, the other cells must agree with it.
"""

from __future__ import annotations

import math
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.operators import NOTATIONS
from symlaw.language.operators.enclosures import enclosed
from symlaw.language.operators.numpy_functions import passes_factors
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.language.types import Type

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

UNITS = (
    "same", "product", "quotient", "dimensionless", "angle", "free to dimensionless", "exponent", "choice",
)  # fmt: skip
MONOTONICITIES = ("increasing", "decreasing", "even", "mixed", "periodic", "step")
# Nothing whole or exact, so that no value lies on an edge of a piecewise function.
_POINTS = (-2.71, -1.43, -0.913, -0.547, -0.219, 0.131, 0.357, 0.683, 0.917, 1.37, 2.23, 3.61)
# Boxes that enclosures are tried on.
_BOXES = 400


def check_operator(row: Operator) -> None:
    """Run every check of this module; an AssertionError says what is wrong."""
    for check in CHECKS:
        check(row)


def argument_grid(row: Operator) -> dict[str, Array]:
    """Arguments at which the row's NumPy spelling is finite, by name from ``x`` on, and the value ``v``."""
    # shifted, so that two arguments are never equal
    points = _points_of(row)
    grid = np.array(list(product(*points))).T
    with np.errstate(all="ignore"):
        value = np.asarray(row.numpy_function(*grid), dtype=float)
    kept = np.isfinite(value)
    return {**dict(zip(ARGUMENTS, grid[:, kept], strict=False)), "v": value[kept]}


def _points_of(row: Operator) -> list[tuple[float, ...]]:
    """Values of each argument on the grid; of truths both."""
    kinds = row.argument_types[: row.arity]
    return [
        (0.0, 1.0) if kind is Type.BOOLEAN else tuple(point + 0.017 * place for point in _POINTS)
        for place, kind in enumerate(kinds)
    ]


def check_cells(row: Operator) -> None:
    """No cell is empty without a reason, and the words in the cells are known."""
    assert row.empty_cells() == (), f"{row.name}: empty cells {row.empty_cells()}"
    assert len(row.partials) == len(row.monotonicity) == row.arity
    assert len(row.inverses) in (0, row.arity)
    assert row.unit in UNITS or row.unit.startswith("power "), f"{row.name}: unit rule {row.unit!r}"
    assert set(row.monotonicity) <= set(MONOTONICITIES)
    assert bool(row.bits) == row.is_logical, f"{row.name}: truths, and nothing else, are computed on words"


def check_kernel(row: Operator) -> None:
    """The kernel exists and agrees with the NumPy spelling."""
    module, word = row.kernel.rsplit(".", 1)
    kernel = getattr(import_module(module), word)
    points = argument_grid(row)
    arguments = [points[name] for name in ARGUMENTS[: row.arity]]
    got = [kernel(*(float(a[i]) for a in arguments)) for i in range(len(points["v"]))]
    np.testing.assert_allclose(got, points["v"], rtol=1e-14, err_msg=f"{row.name}: kernel")


def check_domain(row: Operator) -> None:
    """A domain of ``all`` means finite everywhere on the grid; another domain means not everywhere."""
    everywhere = len(argument_grid(row)["v"]) == math.prod(map(len, _points_of(row)))
    # tan and division are undefined only at points no grid meets
    assert everywhere or row.domain != "all", f"{row.name}: undefined at some arguments"


def check_partials(row: Operator) -> None:
    """Each partial derivative agrees with central differences."""
    points = argument_grid(row)
    for name, text in zip(ARGUMENTS, row.partials, strict=False):
        if row.argument_types[ARGUMENTS.index(name)] is Type.BOOLEAN:
            # nothing lies between two truths
            continue
        step = 1e-6
        slope = (_value(row, points, name, step) - _value(row, points, name, -step)) / (2 * step)
        known = np.isfinite(slope)
        assert known.any()
        got = reference.values(parse(text), points)
        np.testing.assert_allclose(
            got[known], slope[known], rtol=2e-6, atol=1e-8, err_msg=f"{row.name}: {text}"
        )


def _value(row: Operator, points: dict[str, Array], moved: str, by: float) -> Array:
    names = ARGUMENTS[: row.arity]
    with np.errstate(all="ignore"):
        arguments = [points[name] + (by if name == moved else 0.0) for name in names]
        return np.asarray(row.numpy_function(*arguments), dtype=float)


def check_inverses(row: Operator) -> None:
    """Putting an inverse's result in as the argument gives the value back, wherever it is real.

    At each point at least one of an argument's inverses must be real, and one must give the argument itself
    except for periodic operators.
    """
    points = argument_grid(row)
    names = ARGUMENTS[: row.arity]
    for name, texts in zip(names, row.inverses, strict=False):
        regained = np.zeros(len(points["v"]), dtype=bool)
        if row.is_users and not texts:
            continue
        for text in texts:
            solved = reference.values(parse(text), points)
            with np.errstate(all="ignore"):
                back = row.numpy_function(*(solved if name == own else points[own] for own in names))
            real = np.isfinite(solved)
            np.testing.assert_allclose(back[real], points["v"][real], rtol=1e-9, atol=1e-12, err_msg=text)
            regained |= np.isclose(solved, points[name], rtol=1e-6)
        assert regained.any(), f"{row.name}: no inverse gives {name} back"
        if "periodic" not in row.monotonicity and row.name != "pow":
            assert regained.all(), f"{row.name}: {texts} miss {name} at some points"


def check_sympy(row: Operator) -> None:
    """The SymPy form has the values of the NumPy spelling."""
    import sympy

    points = argument_grid(row)
    names = ARGUMENTS[: row.arity]
    for i in range(0, len(points["v"]), 5):
        form = row.sympy(sympy, *(sympy.Float(points[name][i], 17) for name in names))
        got = complex(form.evalf(17))
        assert abs(got - points["v"][i]) <= 1e-12 * max(1.0, abs(points["v"][i])), (
            f"{row.name}: SymPy form {form}"
        )


def check_spellings(row: Operator) -> None:
    """Every notation's template takes exactly the row's arguments."""
    words = ("FIRST", "SECOND", "THIRD")[: row.arity]
    for notation in NOTATIONS:
        spelling = row.spelling(notation)
        text = spelling.template.format(*words)
        assert all(word in text for word in words), f"{row.name}: {notation} spelling {text!r}"
        assert "{}" not in spelling.template, f"{row.name}: {notation} spelling lacks places"
        assert len(spelling.arguments) >= row.arity
        for opening, closing in ("()", "[]", "{}"):
            assert text.count(opening) == text.count(closing), f"{row.name}: brackets in {text!r}"


def check_monotonicity(row: Operator) -> None:
    """Values rise, fall or mirror along each argument as the interval rule says."""
    rises = {"increasing": (1.0,), "step": (1.0,), "decreasing": (-1.0,), "even": (-1.0, 1.0)}
    for name, rule in zip(ARGUMENTS, row.monotonicity, strict=False):
        if rule not in rises:
            continue
        points = argument_grid(row)
        slope = reference.values(parse(row.partials[ARGUMENTS.index(name)]), points)
        if rule == "even":
            mirrored = {**points, name: -points[name]}
            arguments = [mirrored[own] for own in ARGUMENTS[: row.arity]]
            np.testing.assert_allclose(row.numpy_function(*arguments), points["v"], rtol=1e-12)
        else:
            assert np.all(slope * rises[rule][0] >= 0), f"{row.name} is not {rule} in {name}"


def check_parity(row: Operator) -> None:
    """A row is marked as odd or even exactly when mirrored arguments say so."""
    if row.arity > 1 or row.argument_types[0] is Type.BOOLEAN:
        assert not row.parity, f"{row.name}: only functions of one number are odd or even"
        return
    points = argument_grid(row)
    with np.errstate(all="ignore"):
        mirrored = row.numpy_function(-points["x"])
    signs = {"odd": -1.0, "even": 1.0}
    found = [word for word, sign in signs.items() if np.allclose(mirrored, sign * points["v"], rtol=1e-14)]
    assert row.is_users or [row.parity] == (found or [""]), f"{row.name}: parity {row.parity!r}, not {found}"


def check_interval(row: Operator) -> None:
    """Values at points of a box lie between the ends that the row gives for it, unless these are nan."""
    rng = np.random.Generator(np.random.Philox(7))
    corners = rng.choice([-4.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 9.0], (2, row.arity, _BOXES))
    corners += rng.normal(size=corners.shape) * rng.choice([0.0, 1.0], corners.shape)
    low, high = corners.min(axis=0), corners.max(axis=0)
    ends = enclosed(row, [(low[k], high[k]) for k in range(row.arity)])
    if ends is None:
        assert row.is_users, f"{row.name}: nothing says how to find ends of its values"
        return
    known = np.isfinite(ends[0]) & np.isfinite(ends[1])
    assert known.any(), f"{row.name}: ends are never known"
    for _ in range(30):
        share = rng.choice([0.0, 1.0], low.shape) + rng.uniform(-1, 1, low.shape) * (rng.random() < 0.7)
        points = low + np.clip(share, 0.0, 1.0) * (high - low)
        with np.errstate(all="ignore"):
            value = np.asarray(row.numpy_function(*points), dtype=float)[known]
        slack = 1e-13 * np.maximum(np.abs(ends[0][known]), np.abs(ends[1][known]))
        assert np.all(value >= ends[0][known] - slack), f"{row.name}: a value below its box's"
        assert np.all(value <= ends[1][known] + slack), f"{row.name}: a value above its box's"


def check_bits(row: Operator) -> None:
    """The expression on words has the values of the NumPy spelling on each bit."""
    if not row.bits:
        return
    points = argument_grid(row)
    words = {name: -points[name].astype(np.int64) for name in ARGUMENTS[: row.arity]}
    got = eval(row.bits, {}, words)
    np.testing.assert_array_equal(got, -points["v"].astype(np.int64), err_msg=f"{row.name}: bits")


def check_properties(row: Operator) -> None:
    """What cells say of powers, sums, exponentials and periods holds on the grid."""
    points = argument_grid(row)
    if row.exponent is not None:
        x = points["x"][points["x"] > 0]
        assert row.unit == f"power {row.exponent}" and row.arity == 1
        np.testing.assert_allclose(row.numpy_function(x), x ** float(row.exponent), rtol=1e-12)
    if row.degree is not None:
        assert passes_factors(row.numpy_function, float(row.degree)), f"{row.name}: a factor does not pass"
    if row.coefficients:
        sums = sum(c * points[name] for c, name in zip(row.coefficients, ARGUMENTS, strict=False))
        assert np.ptp(points["v"] - sums) < 1e-12, f"{row.name}: no sum of multiples"
    if row.period:
        np.testing.assert_allclose(row.numpy_function(points["x"] + row.period), points["v"], rtol=1e-9)
    assert row.is_users or bool(row.period) == ("periodic" in row.monotonicity), f"{row.name}: period"
    if row.equation:
        with np.errstate(all="ignore"):
            moved = 1.3 + points["x"] if row.equation == "exponential" else 1.3 * points["x"]
            after = row.numpy_function(moved)
        apart = after / points["v"] if row.equation == "exponential" else after - points["v"]
        np.testing.assert_allclose(apart, apart[0], rtol=1e-9, err_msg=f"{row.name}: {row.equation}")


CHECKS = (
    check_cells,
    check_bits,
    check_kernel,
    check_domain,
    check_partials,
    check_inverses,
    check_sympy,
    check_spellings,
    check_monotonicity,
    check_parity,
    check_interval,
    check_properties,
)
