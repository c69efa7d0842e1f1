"""Runs made of formulas that are known, so that nothing is searched for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from symlaw.data import read_table
from symlaw.knowledge.files import units_in_names
from symlaw.runs.records import Formula, Result
from symlaw.runs.store import Run, read_run
from symlaw.runs.writer import RunWriter
from symlaw.tasks.model.compare import columns_of, judged, refit
from symlaw.tasks.regression.recorded import header_of
from symlaw.tasks.regression.settings import Settings

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PENDULUM = (
    "1.0",
    "2.0 * sqrt(`length [m]`)",
    "6.28 * sqrt(`length [m]` / `gravity [m/s^2]`)",
    "6.28 * sqrt(`length [m]` / `gravity [m/s^2]`) + 0.001 * `mass [kg]`",
)
HUBBLE = ("100.0", "400.0 * distance_mpc", "450.0 * distance_mpc - 40.0")


def run_of(
    folder: Path, source: Path, target: str, formulas: Sequence[str], place: int, **more: object
) -> Run:
    """A run that found some formulas, one of which it recommends."""
    table = read_table(source, target=target, drop=more.pop("drop", ()), weights=more.pop("weights", None))  # type: ignore[arg-type]
    settings = Settings(seed=7, **more)  # type: ignore[arg-type]
    header = header_of(table, settings, source=str(source), command=f"symlaw fit {source.name} -t '{target}'")
    rows = []
    for text in formulas:
        one = refit(text, *_data(table))
        row = judged(one, *_checked(table, one))
        figures = {
            name: getattr(row, name) for name in ("complexity", "loss", "r2", "rmse", "mae", "max_error")
        }
        rows.append(Formula(one, **figures))
    writer = RunWriter(folder, header)
    for note in table.notes:
        writer.note(note)
    accounts = (
        {"searcher": "sparse", "asks": 1, "proposed": 40, "accepted": 3, "on_front": 2, "evaluations": 400,
         "distinct": 300, "work": 0, "seconds": 0.4, "confirming": 0.1, "aside": "", "remarks": []},
        {"searcher": "bank", "asks": 0, "proposed": 0, "accepted": 0, "on_front": 0, "evaluations": 0,
         "distinct": 0, "work": 0, "seconds": 0.0, "confirming": 0.0, "aside": "too few rows", "remarks": []},
    )  # fmt: skip
    used = {"seconds": 2.5, "evaluations": 12_345, "epochs": 3}
    result = Result(
        tuple(rows), place, "the shortest description of formula and data", "evaluations", used, accounts
    )
    for number, row in enumerate(rows):
        entry = {**row.to_record(), "source": "sparse" if number < 2 else "evolution"}
        writer._add(
            {"kind": "front", **used, "seconds": 0.5 * number, "entries": [entry], "front": [row.complexity]}
        )
    writer.finish(result)
    return read_run(writer.folder)


def _data(table):  # type: ignore[no-untyped-def]
    return dict(zip(table.feature_names, table.X.T, strict=True)), table.y


def _checked(table, expression):  # type: ignore[no-untyped-def]
    X, names = columns_of(_data(table)[0], [expression])
    return X, table.y, names


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """A function that makes runs in a folder of their own."""

    def make(source: Path, target: str, formulas: Sequence[str], place: int, **more: object) -> Run:
        return run_of(tmp_path_factory.mktemp("runs") / "run", source, target, formulas, place, **more)

    return make


@pytest.fixture(scope="session")
def pendulum(made: Callable[..., Run]) -> Run:
    """Periods by lengths and gravities, with units."""
    source = EXAMPLES / "pendulum.csv"
    table = read_table(source, target="period [s]")
    return made(source, "period [s]", PENDULUM, 2, **units_in_names(table.feature_names, "period [s]"))


@pytest.fixture(scope="session")
def hubble(made: Callable[..., Run]) -> Run:
    """Velocities by distances."""
    return made(EXAMPLES / "hubble.csv", "velocity_km_s", HUBBLE, 1, drop=["nebula"])
