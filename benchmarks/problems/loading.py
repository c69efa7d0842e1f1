"""Reading the tables of published problems that stand beside this file."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.problems.problem import Input, Problem

FOLDER = Path(__file__).parent
DSO_LIMIT = 100.0


def suites() -> list[str]:
    """Names that `load` takes."""
    families = dict.fromkeys(problem.suite for problem in _dso())
    return ["feynman", "feynman-dev", "feynman-claims", *families]


def load(suite: str) -> list[Problem]:
    """Problems of a suite.

    Parameters
    ----------
    suite
        ``feynman``; ``feynman-claims`` (every fourth of them: 0, 4, 8, ...) and ``feynman-dev`` (the
        others); or a family of the DSO table in lower case, such as ``nguyen``.

    Raises
    ------
    ValueError
        When there is no such suite.

    Examples
    --------
    >>> load("feynman")[5].formula
    'm_0/sqrt(1-v**2/c**2)'
    >>> len(load("feynman-claims")), len(load("nguyen"))
    (30, 13)
    """
    if suite.startswith("feynman"):
        return [p for p in _feynman() if suite in ("feynman", _part(p.index))]
    problems = [p for p in _dso() if p.suite == suite]
    if not problems:
        raise ValueError(f"there is no suite {suite!r}: known are {', '.join(suites())}")
    return problems


def _part(index: int) -> str:
    return "feynman-dev" if index % 4 else "feynman-claims"


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _feynman() -> list[Problem]:
    return [
        Problem(
            name=row["name"],
            suite="feynman",
            index=int(row["index"]),
            formula=row["formula"],
            inputs=tuple(_with_unit(text) for text in row["variables"].split("; ")),
            unit=row["unit"],
        )
        for row in _rows("feynman.csv")
    ]


def _with_unit(text: str) -> Input:
    """Read ``name: low to high unit``."""
    name, rest = text.split(": ")
    low, _, high, *unit = rest.split(" ")
    return Input(name, float(low), float(high), unit=" ".join(unit))


def _dso() -> list[Problem]:
    problems: list[Problem] = []
    for row in _rows("dso.csv"):
        suite = row["family"].lower()
        index = sum(p.suite == suite for p in problems)
        kind, listed = row["train"].split(": ")
        problems.append(
            Problem(
                name=row["name"],
                suite=suite,
                index=index,
                formula=row["formula"],
                inputs=tuple(_with_points(text) for text in listed.split("; ")),
                own_rows=int(kind.removeprefix("uniform")) if kind != "grid" else 0,
                limit=DSO_LIMIT if kind != "grid" else float("inf"),
            )
        )
    return problems


def _with_points(text: str) -> Input:
    """Read ``name low high`` and, for grids, the number of points."""
    name, low, high, *points = text.split(" ")
    return Input(name, float(low), float(high), points=int(points[0]) if points else 0)
