"""Rows of users' losses, beside those of the table of losses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from symlaw.engine.losses.deviances import Array
from symlaw.engine.losses.table import USERS, Loss, LossRow, added_losses
from symlaw.engine.losses.user import PLACES, UsersLoss
from symlaw.language.algebra.derivative import derivative as derivative_of
from symlaw.language.expression import Variable
from symlaw.language.parser import parse


def restored_loss(record: Mapping[str, Any]) -> Loss:
    """A user's loss from what a run says of it; it computes only where it is a formula or a package's."""
    added = added_losses().get(str(record["name"]))
    if added is not None and added.row.users is not None and added.row.users.digest == record["digest"]:
        return added
    body = None if record.get("body") is None else parse(str(record["body"]), PLACES)
    slope = None if body is None else derivative_of(body, "m")
    digest, power = str(record["digest"]), float(record["power"])
    weighs = body is not None and Variable("w") in body.nodes
    own = UsersLoss(
        str(record["name"]), None, weighs, weighs, body, slope, str(record.get("source", "")), digest,
        power=power,
    )  # fmt: skip
    return Loss(row_of(own), 1.0)


def row_of(own: UsersLoss) -> LossRow:
    return LossRow(
        own.name,
        USERS,
        "mean cost by a function of the user's",
        value=partial(_in_units, own),
        middle=partial(_best_constant, own),
        length=partial(_length, own.power),
        floor=10.0 ** (-12.0 * own.power),
        floor_power=own.power,
        refusal=partial(_refusal, own),
        unit="target",
        shifted=True,
        users=own,
    )


def _in_units(own: UsersLoss, y: Array, m: Array, p: float) -> Array:
    """Costs of targets and predictions in a unit."""
    return own.costs(p * y, p * m)


def _length(power: float, fraction: float, n_rows: int, null: float) -> float:
    """The profile likelihood of errors whose density falls with the exponential of their cost."""
    return n_rows * math.log(fraction) / power


def _refusal(own: UsersLoss, y: Array) -> str:
    right = own.costs(y, y)
    if not np.all(np.isfinite(right)):
        return f"{y[~np.isfinite(right)][0]:g}, which costs no finite number even where predicted rightly"
    middle = _best_constant(own, y, np.ones(len(y)), 1.0)
    if not np.mean(own.costs(y, middle)) > 0:
        return f"values of which the constant {middle:g} predicts each at no cost: let errors cost more"
    return ""


def _best_constant(own: UsersLoss, y: Array, w: Array, p: float) -> float:
    """The constant of the least mean cost: the best of a few, then between those beside it.

    ``y`` is what kernels call the target, of which ``p`` is the unit.
    """
    from scipy.optimize import minimize_scalar

    order = np.argsort(y, kind="stable")
    few = order[np.linspace(0, len(y) - 1, min(len(y), 2000)).round().astype(int)]
    starts = np.unique([*np.quantile(y, np.linspace(0.0, 1.0, 33)), np.average(y, weights=w)])

    def mean_cost(middle: float) -> float:
        found = np.sum(w[few] * own.costs(p * y[few], np.full(len(few), p * middle), w[few]))
        return float(found) if np.isfinite(found) else math.inf

    best = int(np.argmin([mean_cost(start) for start in starts]))
    ends = starts[max(best - 1, 0)], starts[min(best + 1, len(starts) - 1)]
    if not ends[1] > ends[0] or own.flat:
        return float(starts[best])
    found = minimize_scalar(mean_cost, bounds=ends, method="bounded", options={"xatol": 1e-12, "maxiter": 80})
    return float(found.x) if found.fun <= mean_cost(float(starts[best])) else float(starts[best])
