"""What a found system says of itself, as frames and sentences."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from symlaw.engine.flows.rates import free_places
from symlaw.errors import InvalidSetting
from symlaw.runs.files import number
from symlaw.search.dynamics.sums import free_constants
from symlaw.tasks.dynamics.intake import measured_name
from symlaw.tasks.dynamics.units import dimensions_of, units_by_state
from symlaw.trust.dynamics.conserved import Conserved, conserved
from symlaw.trust.dynamics.fixed_points import fixed_points
from symlaw.trust.dynamics.sensitivity import is_sensitive, sensitivity
from symlaw.trust.dynamics.symmetries import Symmetry, symmetries

if TYPE_CHECKING:
    from symlaw.tasks.dynamics.answer.found import FoundDynamics
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

_SPANS = 5.0
# Error of a first state, as a share of its size, that a forecast begins with.
_SHARE = 0.01


def fixed_points_frame(found: FoundDynamics) -> pd.DataFrame:
    """Fixed points with their eigenvalues and kinds; inputs are held at their last values."""
    equations = found.recommended.equations.expressions
    if any(found.names.time in one.variables for one in equations):
        raise InvalidSetting(
            "the system depends on time, so that no state stays: fixed points are not defined"
        )
    points = fixed_points(found.solver(), found.low, found.high, found.held_inputs())
    columns = {name: [float(one.state[k]) for one in points] for k, name in enumerate(found.names.states)}
    return pd.DataFrame(
        {
            **columns,
            "kind": [one.kind for one in points],
            "eigenvalues": [tuple(complex(v) for v in np.round(one.eigenvalues, 10)) for one in points],
        }
    )


def constants_frame(model: DynamicsRegressor) -> pd.DataFrame:
    """Fitted constants of the recommended system; names are those of numbers of known equations, dimensions
    are empty where no units were given.
    """
    found, system = model.found_, model.system_
    states = found.names.states
    positions = {states.index(name): states.index(measured_name(name)) for name in found.unmeasured}
    units = units_by_state(model.units or {}, found.names, positions, is_map=bool(model.discrete))
    numbers = found.recommended.system.numbers
    rows = []
    for place, (state, expression, errors, own) in enumerate(
        zip(system.states, system.expressions, system.errors, units, strict=True)
    ):
        size = len(expression.nodes)
        named = {k % size: one.name for one in numbers for at, k in one.places if at == place}
        names = [named.get(k, "") for k in free_places(expression)]
        dimensions = dimensions_of(expression, own) if model.units else [""] * len(errors)
        values = free_constants([expression])
        for name, value, error, dimension in zip(names, values, errors, dimensions, strict=True):
            rows.append((system.left(state), name, value, error, dimension))
    return pd.DataFrame(rows, columns=["equation", "name", "value", "standard_error", "dimension"])


def record_of(model: DynamicsRegressor) -> dict[str, Any]:
    """What a fit found, as plain values for programs."""
    found = model.found_
    front = [
        {
            "complexity": row.complexity, "nats": number(row.nats), "r2": number(row.r2),
            "preferred": number(row.preferred),
            "system": row.equations.lines(),
            "expressions": [json.loads(one.to_json()) for one in row.equations.expressions],
            "standard_errors": [[number(e) for e in each] for each in row.equations.errors],
        }
        for row in found.rows
    ]  # fmt: skip
    return {
        "states": list(found.names.states), "inputs": list(found.names.inputs), "time": found.names.time,
        "recommended": found.place, "reason": found.reason, "noise": found.noise, "notes": list(found.notes),
        "ended_by": found.ended_by, "front": front,
    }  # fmt: skip


def stability(found: FoundDynamics) -> str:
    """In a sentence: whether solutions stay bounded, and how long forecasts hold."""
    if found.names.inputs:
        return "not examined: the system has inputs"
    span, time = _SPANS * found.span, found.names.time
    seen = sensitivity(found.solver(), found.ends[-1].state, span)
    if seen.diverged_at is not None:
        return f"solutions diverge about {time} = {seen.diverged_at:.3g} after the data"
    if is_sensitive(seen, found.span):
        horizon = seen.horizon(_SHARE)
        return (
            f"sensitive to its start: errors grow {math.e:.3g}-fold in {time} = {1.0 / seen.exponent:.2g},"
            f" and forecasts from a first state known to 1% hold for about {time} = {horizon:.2g}"
        )
    return f"not sensitive to its start; solutions stay bounded for {_SPANS:g} times the data's span"


def is_closed(found: FoundDynamics) -> bool:
    """Whether the recommended system is one of rates that depend on nothing but the states."""
    row, names = found.recommended, found.names
    with_time = any(names.time in one.variables for one in row.equations.expressions)
    return not (names.inputs or with_time or row.system.is_map)


def symmetries_of(found: FoundDynamics) -> tuple[Symmetry, ...]:
    """Changes that turn solutions of the recommended system into solutions; none where it is not closed."""
    if not is_closed(found):
        return ()
    row = found.recommended
    return tuple(symmetries(found.solver(), found.names.states, found.low, found.high, row.covariance))


def conserved_quantities(found: FoundDynamics) -> tuple[Conserved, ...]:
    """What stays the same along solutions of the recommended system; none where it is not closed."""
    row, names = found.recommended, found.names
    if not is_closed(found):
        return ()
    return tuple(conserved(found.solver(), names.states, found.low, found.high, row.covariance))
