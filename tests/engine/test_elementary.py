"""The elementary functions keep their ulp bounds, their edges, and their bits in plain Python."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numba
import numpy as np
import pytest

from symlaw.engine import elementary
from symlaw.engine.compiling.jit import JIT_DISABLED

Array = np.ndarray[Any, np.dtype[np.float64]]

INF, NAN, PI = math.inf, math.nan, math.pi
TINY, HUGE = 5e-324, sys.float_info.max
COMPARISONS = {
    "above": lambda x, y: x > y, "below": lambda x, y: x < y,
    "at_least": lambda x, y: x >= y, "at_most": lambda x, y: x <= y,
}  # fmt: skip
CONNECTIVES = {
    "both": lambda x, y: x and y, "either": lambda x, y: x or y, "different": lambda x, y: bool(x) != bool(y),
    "not_both": lambda x, y: not (x and y), "neither": lambda x, y: not (x or y),
    "implied": lambda x, y: not x or y,
}  # fmt: skip
BINARY = {
    "add", "atan2", "divide", "hypot", "maximum", "minimum", "multiply", "power", "subtract", *COMPARISONS,
    *CONNECTIVES,
}  # fmt: skip
TERNARY = {"chosen", "clamp"}
EXACT = ("sin_exact", "cos_exact", "tan_exact")
LIMIT = min(elementary.FAST_LIMIT.values())
MP = mpmath.mp.clone()
MP.prec = 160


# takes a function, which a kernel on the disk cannot
_applying = numba.njit(error_model="numpy")


@_applying
def _apply_one(function, x, out):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        out[i] = function(x[i])


@_applying
def _apply_two(function, x, y, out):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        out[i] = function(x[i], y[i])


@_applying
def _apply_three(function, x, y, z, out):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        out[i] = function(x[i], y[i], z[i])


def evaluate(name: str, *arguments: Array) -> Array:
    """Values of an elementary function, computed in one compiled loop."""
    arrays = [np.ascontiguousarray(a, dtype=np.float64) for a in arguments]
    out = np.empty_like(arrays[0])
    with np.errstate(all="ignore"):
        apply = (_apply_one, _apply_two, _apply_three)[len(arrays) - 1]
        apply(getattr(elementary, name), *arrays, out)
    return out


# --- samples ---------------------------------------------------------------------------------------


def uniform(low: float, high: float) -> Callable[[np.random.Generator, int], Array]:
    """Sampler of numbers between two."""
    return lambda rng, n: rng.uniform(low, high, n)


def scales(low: float, high: float, signs: tuple[int, ...] = (-1, 1), around: float = 0.0) -> Any:
    """Sampler of numbers at distances 2^low to 2^high from one."""
    return lambda rng, n: around + rng.choice(signs, n) * np.exp2(rng.uniform(low, high, n))


def near_quarter_turns(rng: np.random.Generator, n: int) -> Array:
    """Floats next to multiples of pi / 2, where sine, cosine and tangent cancel."""
    counts = np.floor(np.exp2(rng.uniform(0, np.log2(LIMIT / 1.58), n)))
    turns = np.array([float(int(k) * MP.pi / 2) for k in counts])
    return turns * (1 + rng.integers(-2, 3, n) * 2.0**-52)


ANY = scales(-1074, 1023.99)
POSITIVE = scales(-1074, 1023.99, signs=(1,))
NEAR_ONE = scales(-52, -2, around=1.0)
TURNS = (uniform(-10, 10), scales(-40, np.log2(LIMIT)), uniform(-LIMIT, LIMIT), near_quarter_turns)
LOGARITHM = (POSITIVE, uniform(0.4, 2.5), NEAR_ONE)
UNIT = (uniform(-1, 1), scales(-1074, 0), scales(-53, -1, (-1,), 1.0), scales(-53, -1, (1,), -1.0))

UNARY_SAMPLES: dict[str, tuple[Any, ...]] = {
    "absolute": (ANY,),
    "acos": UNIT,
    "asin": UNIT,
    "atan": (uniform(-5, 5), ANY),
    "cbrt": (ANY, uniform(0.5, 9)),
    "cos": TURNS,
    "cosh": (uniform(-710, 710), uniform(-3, 3), scales(-1074, 9)),
    "cube": (scales(-300, 300),),
    "denied": (lambda rng, n: rng.integers(-1, 2, n).astype(float),),
    "erf": (uniform(-6, 6), uniform(-1.2, 1.2), scales(-1000, 3)),
    "exp": (uniform(-745, 709.5), uniform(-1, 1), scales(-60, 9)),
    "expm1": (uniform(-40, 709.5), uniform(-1, 1), scales(-1074, 9)),
    "floor": (ANY, uniform(-9, 9)),
    "gaussian": (uniform(-27.3, 27.3), uniform(-2, 2), scales(-30, 4)),
    "inv": (scales(-1022, 1022),),
    "log": LOGARITHM,
    "log10": LOGARITHM,
    "log1p": (POSITIVE, uniform(-1, 3), scales(-60, -0.01), scales(-53, -1, (1,), -1.0)),
    "log2": LOGARITHM,
    "logistic": (uniform(-745, 745), uniform(-40, 40), uniform(-3, 3)),
    "negative": (ANY,),
    "sign": (ANY,),
    "sin": TURNS,
    "sinh": (uniform(-710, 710), uniform(-3, 3), scales(-1074, 9)),
    "sqrt": (POSITIVE,),
    "square": (scales(-500, 500),),
    "step": (ANY,),
    "tan": TURNS,
    "tanh": (uniform(-23, 23), uniform(-2, 2), scales(-1074, 5)),
}


def _pairs(rng: np.random.Generator, n: int) -> list[tuple[Array, Array]]:
    moderate = scales(-500, 500)
    return [(moderate(rng, n), moderate(rng, n)), (rng.normal(size=n), rng.normal(size=n))]


def _points(rng: np.random.Generator, n: int) -> list[tuple[Array, Array]]:
    x = scales(-900, 900)(rng, n)
    return [*_pairs(rng, n), (x, x * scales(-30, 30)(rng, n)), (ANY(rng, n), ANY(rng, n))]


def _powers(rng: np.random.Generator, n: int) -> list[tuple[Array, Array]]:
    positive, near = POSITIVE(rng, n), rng.uniform(0.5, 2, n)
    full = rng.uniform(-1070, 1023, n)
    return [
        (rng.uniform(0, 5, n), rng.uniform(-10, 10, n)),
        (positive, full / np.log2(positive)),
        (near, full / np.log2(near)),
        (scales(-30, -1, around=1.0)(rng, n), scales(0, 40)(rng, n)),
        (rng.choice([-1, 1], n) * rng.integers(1, 20, n), rng.integers(-20, 20, n).astype(float)),
    ]


def _truths(rng: np.random.Generator, n: int) -> list[tuple[Array, Array]]:
    return [(rng.integers(-1, 2, n).astype(float), rng.integers(-1, 2, n).astype(float))]


BINARY_SAMPLES: dict[str, Callable[[np.random.Generator, int], list[tuple[Array, Array]]]] = {
    **dict.fromkeys(BINARY, _pairs),
    **dict.fromkeys((*COMPARISONS, *CONNECTIVES), _truths),
    "atan2": _points,
    "hypot": _points,
    "power": _powers,
}


def samples(name: str, n: int) -> list[Array]:
    """Arguments for a function, about n from each of its regions, the same in every run."""
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))
    if name in BINARY:
        return [np.concatenate(column) for column in zip(*BINARY_SAMPLES[name](rng, n), strict=True)]
    if name in TERNARY:
        return [scales(-3, 3)(rng, 4 * n) for _ in range(3)]
    return [np.concatenate([sampler(rng, n) for sampler in UNARY_SAMPLES[name]])]


# --- accuracy --------------------------------------------------------------------------------------


def _as_number(condition: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: MP.mpf(bool(condition(*arguments)))


TRUTH: dict[str, Callable[..., Any]] = {
    **{name: _as_number(condition) for name, condition in {**COMPARISONS, **CONNECTIVES}.items()},
    "denied": _as_number(lambda x: not x),
    "chosen": lambda c, x, y: x if c else y,
    "absolute": abs,
    "add": lambda x, y: x + y,
    "clamp": lambda x, low, high: min(max(x, low), high),
    "cbrt": lambda x: MP.sign(x) * MP.cbrt(abs(x)),
    "cube": lambda x: x * x * x,
    "divide": lambda x, y: x / y,
    "gaussian": lambda x: MP.exp(-x * x),
    "inv": lambda x: 1 / x,
    "log1p": lambda x: MP.log1p(x),
    "log2": lambda x: MP.log(x) / MP.ln2,
    "logistic": lambda x: 1 / (1 + MP.exp(-x)),
    "maximum": max,
    "minimum": min,
    "multiply": lambda x, y: x * y,
    "negative": lambda x: -x,
    "square": lambda x: x * x,
    "step": lambda x: MP.mpf(x >= 0),
    "subtract": lambda x, y: x - y,
}


def ulp_error(value: float, truth: Any) -> float:
    """Distance from the truth in units of the last place of floats of its size."""
    if not math.isfinite(value):
        return 0.0 if abs(truth) >= HUGE and value == math.copysign(INF, truth) else INF
    _, exponent = MP.frexp(truth) if truth else (0, -2000)
    unit = MP.ldexp(1, max(int(exponent) - 53, -1074))
    return float(abs(MP.mpf(value) - truth) / unit)


@pytest.mark.parametrize("name", sorted(elementary.ULP_BOUND))
def test_error_stays_within_the_bound(name: str) -> None:
    arguments = samples(name, 40 if JIT_DISABLED else 400)
    values = evaluate(name, *arguments)
    truth = TRUTH.get(name) or getattr(MP, name)
    with np.errstate(over="ignore"):
        errors = [
            ulp_error(float(value), truth(*map(MP.mpf, map(float, point))))
            for value, point in zip(values, zip(*arguments, strict=True), strict=True)
        ]
    worst = int(np.argmax(errors))
    assert errors[worst] <= elementary.ULP_BOUND[name], [a[worst] for a in arguments]


def test_every_function_has_a_bound() -> None:
    functions = {name for name, value in vars(elementary).items() if callable(value)}
    assert functions - set(EXACT) == set(elementary.ULP_BOUND)


# --- edges -----------------------------------------------------------------------------------------

EDGES: dict[str, list[tuple[float, float]]] = {
    "absolute": [(-0.0, 0.0), (-INF, INF), (-2.5, 2.5)],
    "acos": [(1.0, 0.0), (-1.0, PI), (0.0, PI / 2), (1.0000000000000002, NAN), (-2.0, NAN), (INF, NAN)],
    "asin": [(0.0, 0.0), (-0.0, -0.0), (1.0, PI / 2), (-1.0, -PI / 2), (1.5, NAN), (-INF, NAN), (TINY, TINY)],
    "atan": [(0.0, 0.0), (-0.0, -0.0), (INF, PI / 2), (-INF, -PI / 2), (TINY, TINY), (1.0, PI / 4)],
    "cbrt": [
        (0.0, 0.0),
        (-0.0, -0.0),
        (INF, INF),
        (-INF, -INF),
        (27.0, 3.0),
        (-1.0, -1.0),
        (2.0**-1074, 2.0**-358),
    ],
    "cos": [(0.0, 1.0), (INF, NAN), (-INF, NAN), (TINY, 1.0)],
    "cosh": [(0.0, 1.0), (INF, INF), (-INF, INF), (711.0, INF), (-1e300, INF), (TINY, 1.0)],
    "cube": [(-2.0, -8.0), (1e200, INF), (-INF, -INF)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (6.0, 1.0), (-HUGE, -1.0)],
    "exp": [
        (0.0, 1.0),
        (-0.0, 1.0),
        (INF, INF),
        (-INF, 0.0),
        (709.79, INF),
        (-746.0, 0.0),
        (-745.0, TINY),
        (HUGE, INF),
    ],
    "expm1": [
        (0.0, 0.0),
        (-0.0, -0.0),
        (INF, INF),
        (-INF, -1.0),
        (710.0, INF),
        (-HUGE, -1.0),
        (-TINY, -TINY),
    ],
    "floor": [(-0.5, -1.0), (2.7, 2.0), (-0.0, -0.0), (INF, INF), (-INF, -INF)],
    "gaussian": [(0.0, 1.0), (INF, 0.0), (-INF, 0.0), (28.0, 0.0), (HUGE, 0.0)],
    "inv": [(0.0, INF), (-0.0, -INF), (INF, 0.0), (-INF, -0.0), (4.0, 0.25)],
    "log": [(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (INF, INF), (-1.0, NAN), (-INF, NAN), (-TINY, NAN)],
    "log10": [(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (1e22, 22.0), (INF, INF), (-1.0, NAN), (-INF, NAN)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1.0, -INF), (INF, INF), (-1.5, NAN), (-INF, NAN), (-TINY, -TINY)],
    "log2": [
        (0.0, -INF),
        (-0.0, -INF),
        (1.0, 0.0),
        (8.0, 3.0),
        (TINY, -1074.0),
        (INF, INF),
        (-1.0, NAN),
        (-INF, NAN),
    ],
    "logistic": [(0.0, 0.5), (INF, 1.0), (-INF, 0.0), (-800.0, 0.0), (800.0, 1.0)],
    "negative": [(0.0, -0.0), (INF, -INF)],
    "sign": [(0.0, 0.0), (-0.0, 0.0), (TINY, 1.0), (-INF, -1.0)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (TINY, TINY)],
    "sinh": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (-711.0, -INF), (HUGE, INF), (TINY, TINY)],
    "sqrt": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-TINY, NAN), (-INF, NAN)],
    "square": [(-3.0, 9.0), (1e200, INF), (-INF, INF)],
    "step": [(0.0, 1.0), (-0.0, 1.0), (-TINY, 0.0), (INF, 1.0), (-INF, 0.0)],
    "tan": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (TINY, TINY)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (20.0, 1.0), (-HUGE, -1.0), (TINY, TINY)],
}


@pytest.mark.parametrize("name", sorted(EDGES))
def test_edges_of_a_function_of_one_argument(name: str) -> None:
    pairs = [(NAN, NAN), *EDGES[name]]
    arguments, expected = map(np.array, zip(*pairs, strict=True))
    values = evaluate(name, arguments)
    np.testing.assert_array_equal(values, expected)
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(values[known]), np.signbit(expected[known]))


SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 2.5, 1e300, -1e300, 2.0**53 - 1,
                    1 - 2.0**-53, 2.0**-53 - 1, TINY, -TINY, 1e-300, INF, -INF, NAN])  # fmt: skip
ORACLE: dict[str, Callable[[Array, Array], Array]] = {
    "atan2": np.arctan2,
    "divide": np.divide,
    "hypot": np.hypot,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "power": np.power,
}


@pytest.mark.parametrize("name", sorted(ORACLE))
def test_edges_of_a_function_of_two_arguments_are_those_of_c(name: str) -> None:
    x, y = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = ORACLE[name](x, y)
    values = evaluate(name, x, y)
    np.testing.assert_array_max_ulp(values[~np.isnan(values)], expected[~np.isnan(values)], 2)
    np.testing.assert_array_equal(np.isnan(values), np.isnan(expected))
    known = ~np.isnan(expected) & (name not in ("maximum", "minimum"))
    np.testing.assert_array_equal(np.signbit(values[known]), np.signbit(expected[known]))


# --- large arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_exact_forms_hold_for_any_argument(name: str) -> None:
    arguments = np.array([1e22, -3e200, HUGE, 1.5, 1e5])
    values = evaluate(f"{name}_exact", arguments)
    with MP.workprec(1200):
        errors = [
            ulp_error(v, getattr(MP, name)(MP.mpf(x)))
            for v, x in zip(values.tolist(), arguments.tolist(), strict=True)
        ]
    assert max(errors) <= 1.0
    assert np.isnan(evaluate(f"{name}_exact", np.array([INF, -INF, NAN]))).all()


# --- the same bits without compilation -------------------------------------------------------------


def fingerprints() -> dict[str, str]:
    """Per function a digest of its values on a small set, nan of any sign counted as one value."""
    digests = {}
    for name in (*sorted(elementary.ULP_BOUND), *EXACT):
        if name in BINARY:
            arguments = [np.concatenate(p) for p in zip(samples(name, 8), _special_pairs(), strict=True)]
        elif name in TERNARY:
            special = (*_special_pairs(), np.resize(SPECIAL[::-1], len(SPECIAL) ** 2))
            arguments = [np.concatenate(p) for p in zip(samples(name, 8), special, strict=True)]
        else:
            own = samples(name.removesuffix("_exact"), 8)[0]
            arguments = [np.concatenate([own, SPECIAL])]
        values = evaluate(name, *arguments)
        values[np.isnan(values)] = NAN
        digests[name] = hashlib.sha256(values.tobytes()).hexdigest()
    return digests


def _special_pairs() -> tuple[Array, Array]:
    x, y = np.meshgrid(SPECIAL, SPECIAL)
    return x.ravel(), y.ravel()


@pytest.mark.skipif(JIT_DISABLED, reason="the other half of the comparison is compiled")
def test_plain_python_gives_the_same_bits() -> None:
    program = "import json, test_elementary as t; print(json.dumps(t.fingerprints()))"
    paths = [str(Path(__file__).parent), *sys.path]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-W", "error", "-c", program]
    plain = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    assert json.loads(plain.stdout) == fingerprints()
