"""Made-up runs, written without a search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symlaw.language import parse
from symlaw.runs.records import Formula, Header, Result
from symlaw.runs.writer import RunWriter
from symlaw.search.archive import Entry
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Progress


def entry(text: str, loss: float) -> Entry:
    """An entry of a front."""
    expression = parse(text)
    return Entry(expression, expression.complexity(), loss, expression, "evolution")


def progress(*entries: Entry, evaluations: int = 10, stopping: str | None = None) -> Progress:
    """What a search tells after an epoch."""
    return Progress(entries, entries, Spent(evaluations=evaluations, epochs=1), stopping)


LINE = entry("2.5 * x", 0.25)
SQUARE = entry("x**2", 0.01)
CLOSER = entry("2.4 * x", 0.2)
LONG = entry(" + ".join(["x"] * 40), 0.001)


def result() -> Result:
    """A result of two formulas."""
    rows = [
        Formula(e.expression, e.complexity, e.loss, 1 - e.loss, 0.5, 0.4, float("inf"))
        for e in (SQUARE, LINE)
    ]
    return Result(tuple(rows), 0, "because", "budget used", {"seconds": 1.5, "evaluations": 30})


@pytest.fixture
def header() -> Header:
    """A header of some run."""
    return Header(
        settings={"operators": ["+", "*"], "max_evaluations": 100},
        seed=7,
        feature_names=("x",),
        target_name="y",
        n_rows=50,
        target_scale=10.0,
        data_digest="abc",
        source="/data/t.csv",
        encodings={"version": 1, "features": []},
        command="symlaw fit t.csv",
    )


@pytest.fixture
def writer(tmp_path: Path, header: Header) -> Callable[..., RunWriter]:
    """Makes a writer of a run in a temporary folder; warnings go to a list that is its attribute."""

    def make(name: str = "a-run", **more: Any) -> RunWriter:
        return RunWriter(tmp_path / name, header, **more)

    return make
