"""Small published data sets with the formulas that are accepted for them; see `benchmarks/real/README.md`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language import parse
from symlaw.trust.constants.fit import Model, Sample, fitted, model_with

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from symlaw.language import Expression

FOLDER = Path(__file__).parent / "real"


@dataclass(frozen=True)
class Form:
    """A formula with free constants.

    Parameters
    ----------
    formula
        In symlaw's language; ``c0``, ``c1``, ... are fitted.
    start
        Values of these from which a fit begins.
    """

    formula: str
    start: tuple[float, ...]

    @property
    def model(self) -> Model:
        """The formula as something to fit, at its start."""
        start = {f"c{k}": value for k, value in enumerate(self.start)}
        return model_with(parse(self.formula), start)


@dataclass(frozen=True)
class RealSet:
    """A published table and what explains it.

    Parameters
    ----------
    name, kind
        What it is called, and the science that it comes from.
    target, inputs
        Names of the columns.
    measurement_error
        Whether the target was measured or counted and scatters, rather than computed, defined or smoothed.
    r2
        Share of the target's variance that an accepted form explains at least.
    forms
        The accepted ones.
    source
        Where the numbers come from.
    X, y
        The rows, float64 (n_rows, n_inputs) and (n_rows,).
    """

    name: str
    kind: str
    target: str
    inputs: tuple[str, ...]
    measurement_error: bool
    r2: float
    forms: tuple[Form, ...]
    source: str
    X: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def sample(self) -> Sample:
        """The rows, for fitting."""
        return Sample(self.X, self.y, self.inputs, np.ones(len(self.y)))

    def fit(self, form: Form) -> Expression:
        """An accepted form with constants fitted to all rows."""
        return fitted(form.model, self.sample).expression


def load(names: Collection[str] | None = None) -> list[RealSet]:
    """The sets, or those named, in the order of ``sets.toml``.

    Raises
    ------
    ValueError
        When there is no set of a name.
    """
    sets = _all()
    unknown = sorted(set(names or ()) - {one.name for one in sets})
    if unknown:
        raise ValueError(f"no set is called {unknown[0]!r}: {', '.join(one.name for one in sets)}")
    return [one for one in sets if names is None or one.name in names]


@cache
def _all() -> tuple[RealSet, ...]:
    entries = tomllib.loads((FOLDER / "sets.toml").read_text(encoding="utf-8"))["set"]
    return tuple(_read(entry) for entry in entries)


def _read(entry: dict[str, Any]) -> RealSet:
    """A set of the description file with its rows."""
    columns = _columns(FOLDER / f"{entry['name']}.csv")
    forms = [Form(form["formula"], tuple(form["start"])) for form in entry.pop("forms")]
    X = np.column_stack([columns[name] for name in entry["inputs"]])
    inputs, source = tuple(entry.pop("inputs")), " ".join(entry.pop("source").split())
    return RealSet(**entry, inputs=inputs, forms=tuple(forms), source=source, X=X, y=columns[entry["target"]])


def _columns(path: Path) -> dict[str, NDArray[np.float64]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    rows: Sequence[Sequence[float]] = [[float(cell) for cell in line.split(",")] for line in lines]
    return dict(zip(header.split(","), np.array(rows).T, strict=True))
