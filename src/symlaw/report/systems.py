"""What a report says of a system of equations."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import SymlawError
from symlaw.report.blocks import Block, Law, Listing, Table, Text
from symlaw.report.plots.dynamics import plot_forecast, plot_phase, plot_residuals, plot_trajectories
from symlaw.report.plots.pictures import drawn

if TYPE_CHECKING:
    from symlaw.runs.answers import Asked
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

_POINTS_SHOWN = 12


def data_of_run(asked: Asked, given: Path | None) -> Any:
    """Paths of a run's trajectories, each of which is there.

    Raises
    ------
    FileNotFoundError
        When one is not.
    """
    paths = [Path(one) for one in asked.reading["paths"]] if given is None else [given]
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{str(path)!r} is not there")
    return paths


def sections_of(model: DynamicsRegressor, data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    return [
        ("Equations", _equations(model)),
        ("Why these", [Text(f"{_sentence(one)}.") for one in (model.reason_, *model.notes_)]),
        ("Front", _front(model)),
        ("Fit", _fit(model, data)),
        ("What the equations say", _meaning(model, data)),
    ]  # fmt: skip


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _equations(model: DynamicsRegressor) -> list[Block]:
    system = model.system_
    laws: list[Block] = [
        Law(system.left(state), one) for state, one in zip(system.states, system.written, strict=True)
    ]
    constants = [
        (
            row.equation, f"{row.value:.6g}",
            "" if math.isnan(row.standard_error) else f"{row.standard_error:.2g}", row.dimension,
        )
        for row in model.constants_.itertuples()
    ]  # fmt: skip
    blocks = [*laws, Listing(str(system)), Text(f"Errors of measurement: {model.noise_}.")]
    if constants:
        heads = ("equation of", "constant", "standard error", "dimension")
        count = 4 if model.units else 3
        cells = [row[:count] for row in constants]
        blocks.append(Table(heads[:count], cells, (False, True, True, False)[:count]))
        blocks.append(Text("Numbers in brackets are standard errors of the last digits.", quiet=True))
    return blocks


def _front(model: DynamicsRegressor) -> list[Block]:
    rows = [
        (f"{row.complexity:g}", f"{row.nats:.1f}", "" if math.isnan(row.r2) else f"{row.r2:.6f}",
         "" if math.isnan(row.preferred) else f"{100 * row.preferred:.0f}%",
         "; ".join(row.equations.lines()))
        for row in model.found_.rows
    ]  # fmt: skip
    heads = ("size", "nats", "R²", "preferred", "system")
    said = (
        "Nats: length of the description of system and measured values together; less is better. Preferred:"
        " share of tables of drawn rows on which it is the shortest."
    )
    return [Table(heads, rows, (True, True, True, True, False), model.recommended_), Text(said, quiet=True)]


def _fit(model: DynamicsRegressor, data: Any) -> list[Block]:
    if data is None:
        return [Text("The data were not at hand when this report was written: it shows no fit.")]
    return drawn(
        [
            (lambda: plot_trajectories(model, data), "Measured states and the solutions of the system."),
            (lambda: plot_residuals(model, data), "What the solutions leave of the measured states."),
        ]
    )


def _meaning(model: DynamicsRegressor, data: Any) -> list[Block]:
    blocks: list[Block] = [Text(f"{_sentence(model.stability_)}.")]
    blocks += _fixed_points(model)
    kept = model.conserved_
    if kept:
        blocks.append(Text("These stay the same along solutions:"))
        blocks += [Listing("\n".join(one.quantity.shown(6) for one in kept))]
    elif not model.inputs_ and not model.discrete:
        blocks.append(Text("No conserved quantity was found."))
    if model.symmetries_:
        blocks.append(Text("Solutions stay solutions under these changes:"))
        blocks.append(Listing("\n".join(f"{one.kind}: {one.text}" for one in model.symmetries_)))
    blocks.append(Text("In units of its own, and with the pure numbers that are left of its constants:"))
    blocks.append(Listing(str(model.dimensionless_)))
    wanted = []
    if len(model.states_) > 1 and not model.discrete:
        wanted.append((lambda: plot_phase(model, data), "Rates over the plane of two states."))
    wanted.append((lambda: plot_forecast(model), "A forecast beyond the last run, with 90% bands."))
    return blocks + drawn(wanted)


def _complex(value: complex) -> str:
    """A number, without an imaginary part of 0."""
    return f"{value.real:.4g}" if value.imag == 0.0 else f"{value:.4g}"


def _fixed_points(model: DynamicsRegressor) -> list[Block]:
    try:
        points = model.fixed_points_
    except SymlawError as error:
        return [Text(f"{_sentence(str(error))}.")]
    if points.empty:
        return [Text("There is no fixed point in or around the visited region.")]
    rows = [
        (*(f"{point[name]:.6g}" for name in model.states_), str(point["kind"]),
         ", ".join(_complex(value) for value in point["eigenvalues"]))
        for point in points.head(_POINTS_SHOWN).to_dict("records")
    ]  # fmt: skip
    numbers = (*(True for _ in model.states_), False, False)
    return [Text("Fixed points:"), Table((*model.states_, "kind", "eigenvalues"), rows, numbers)]
