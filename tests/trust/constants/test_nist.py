"""The nonlinear regression sets of the NIST Statistical Reference Datasets, as published.

Data and certified values: https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml (public domain).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw.language import parse
from symlaw.trust.constants.fit import Sample, fitted, model_with

FOLDER = Path(__file__).parent / "nist"
PI = "3.141592653589793238462643383279"
TWO_PI = "6.283185307179586476925286766559"
GAUSS = "b1 * exp(-b2 * x) + b3 * exp(-(x - b4)**2 / b5**2) + b6 * exp(-(x - b7)**2 / b8**2)"
LANCZOS = "b1 * exp(-b2 * x) + b3 * exp(-b4 * x) + b5 * exp(-b6 * x)"
CUBIC = "(b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)"
MODELS = {
    "Bennett5": "b1 * pow(b2 + x, -1 / b3)",
    "BoxBOD": "b1 * (1 - exp(-b2 * x))",
    "Chwirut1": "exp(-b1 * x) / (b2 + b3 * x)",
    "Chwirut2": "exp(-b1 * x) / (b2 + b3 * x)",
    "DanWood": "b1 * pow(x, b2)",
    "ENSO": f"b1 + b2 * cos({TWO_PI} * x / 12) + b3 * sin({TWO_PI} * x / 12)"
    f" + b5 * cos({TWO_PI} * x / b4) + b6 * sin({TWO_PI} * x / b4)"
    f" + b8 * cos({TWO_PI} * x / b7) + b9 * sin({TWO_PI} * x / b7)",
    "Eckerle4": "b1 / b2 * exp(-0.5 * ((x - b3) / b2)**2)",
    "Gauss1": GAUSS,
    "Gauss2": GAUSS,
    "Gauss3": GAUSS,
    "Hahn1": CUBIC,
    "Kirby2": "(b1 + b2 * x + b3 * x**2) / (1 + b4 * x + b5 * x**2)",
    "Lanczos1": LANCZOS,
    "Lanczos2": LANCZOS,
    "Lanczos3": LANCZOS,
    "MGH09": "b1 * (x**2 + x * b2) / (x**2 + x * b3 + b4)",
    "MGH10": "b1 * exp(b2 / (x + b3))",
    "MGH17": "b1 + b2 * exp(-x * b4) + b3 * exp(-x * b5)",
    "Misra1a": "b1 * (1 - exp(-b2 * x))",
    "Misra1b": "b1 * (1 - 1 / (1 + b2 * x / 2)**2)",
    "Misra1c": "b1 * (1 - 1 / sqrt(1 + 2 * b2 * x))",
    "Misra1d": "b1 * b2 * x / (1 + b2 * x)",
    "Nelson": "b1 - b2 * x1 * exp(-b3 * x2)",
    "Rat42": "b1 / (1 + exp(b2 - b3 * x))",
    "Rat43": "b1 / pow(1 + exp(b2 - b3 * x), 1 / b4)",
    "Roszman1": f"b1 - b2 * x - atan(b3 / (x - b4)) / {PI}",
    "Thurber": CUBIC,
}


class Published(NamedTuple):
    """One file: starts (n_starts, n_parameters), certified values and standard errors, and the data."""

    starts: NDArray[np.float64]
    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    data: NDArray[np.float64]


def published(name: str) -> Published:
    """Read a file of the collection."""
    lines = (FOLDER / f"{name}.dat").read_text().splitlines()
    rows = [re.split(r"\s+", line.split("=")[1].strip()) for line in lines if re.match(r"\s*b\d+ =", line)]
    parameters = np.array(rows, dtype=float).T
    begin = max(place for place, line in enumerate(lines) if line.startswith("Data:")) + 1
    data = np.array([line.split() for line in lines[begin:] if line.strip()], dtype=float)
    return Published(parameters[:2], parameters[2], parameters[3], data)


def digits(found: NDArray[np.float64], certified: NDArray[np.float64]) -> float:
    """Digits to which all numbers agree (log relative error), 11 at most as published."""
    error = np.max(np.abs(found - certified) / np.abs(certified))
    return float(min(11.0, -np.log10(max(error, 1e-16))))


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", MODELS)
def test_certified_constants_and_standard_errors(name: str, start: int) -> None:
    known = published(name)
    y, X = known.data[:, 0], known.data[:, 1:]
    columns = ["x1", "x2"] if name == "Nelson" else ["x"]
    y = np.log(y) if name == "Nelson" else y
    names = [f"b{k + 1}" for k in range(len(known.values))]
    expression = parse(MODELS[name], [*columns, *names])
    model = model_with(expression, dict(zip(names, known.starts[start], strict=True)))
    fit = fitted(model, Sample(X, y, columns, np.ones(len(y))))
    assert digits(fit.values, known.values) >= 6
    if name != "Lanczos1":
        # its residuals are 1e-13: published with fewer digits than double precision can tell
        assert digits(np.sqrt(np.diag(fit.covariance())), known.errors) >= 4
