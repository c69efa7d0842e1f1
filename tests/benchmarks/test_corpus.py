"""What is counted of a package's source."""

from __future__ import annotations

import zipfile
from pathlib import Path

from benchmarks.corpus import counted, formulas_of, read_package

SOURCE = '''
import os
def friction(Re, eD):
    """Text."""
    f = 0.25*(log10(eD/3.7 + 5.74/Re**0.9))**-2
    again = 0.31*(log10(Re/3.9 + 5.71/eD**0.8))**-2
    table = [1, 2][0]
    return exp(-Re)*pi if Re > 1 else None
def other(x):
    return sqrt(x*x) + x**2
os.remove("/nonexistent/file")
'''


def test_arithmetic_is_read_once_and_nothing_else() -> None:
    found = [str(formula) for formula in formulas_of(SOURCE)]
    assert found == [
        "0.25 * log10(eD / 3.7 + 5.74 / Re**0.9)**-2.0",
        "sqrt(x**2) + x**2",
    ]


def test_packages_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("a/laws.py", SOURCE)
        archive.writestr("a/tests/test_laws.py", "def f(x):\n    return 3*x + 1\n")
        archive.writestr("a.dist-info/METADATA", "Name: a\nVersion: 2\nLicense: MIT\n\nName: not this\n")
    prior = counted([read_package(tmp_path / "a.whl")])
    (told,) = prior.source["packages"]
    assert told == {"package": "a", "version": "2", "licence": "MIT", "formulas": 2}
