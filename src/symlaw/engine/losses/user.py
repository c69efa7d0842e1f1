"""Losses of the user's: what is known of one, and its row beside those of the table of losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from symlaw.engine.losses.deviances import Array
from symlaw.engine.losses.table import USERS, Loss, LossRow
from symlaw.errors import InvalidSetting
from symlaw.language.algebra.derivative import derivative as derivative_of
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators.numpy_functions import one_value
from symlaw.language.parser import parse
from symlaw.language.user_operators.pickling import carried, fetched
from symlaw.language.values import values as values_of

# Names of target, prediction and weight in formulas of a loss.
PLACES = ("y", "m", "w")
# Differences are made over this step, in units of the target's spread.
STEP = 1e-5
_LONGEST = 400


@dataclass(frozen=True, eq=False)
class UsersLoss:
    """What is known of a user's loss.

    Parameters
    ----------
    name
        What it is called.
    function
        The user's, of targets and predictions and, where ``weighs``, weights; None where it is not at hand.
    weighs
        Whether costs of rows are multiplied by weights in the function itself.
    has_weights
        Whether the function takes weights at all.
    body, slope
        Its formula and that of its slope by the prediction, in `PLACES`, where there are some.
    source, digest
        Its source text, and what tells it from others.
    arrays, numbers
        Whether it may be called with arrays of rows, and with the numbers of one.
    corner
        Whether it has a corner where target and prediction are equal.
    flat
        Whether small changes of a prediction change nothing, as where costs are counted.
    power
        By which power of an error its cost grows, about.
    """

    name: str
    function: Callable[..., Any] | None
    weighs: bool
    has_weights: bool
    body: Expression | None
    slope: Expression | None
    source: str
    digest: str
    arrays: bool = True
    numbers: bool = True
    corner: bool = False
    flat: bool = False
    power: float = 2.0

    def __reduce__(self) -> Any:
        cells = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _remade, ({**cells, "function": carried(self.function)},)

    def costs(self, y: Array, m: Any, w: Any = 1.0) -> Array:
        """Cost of each row (n_rows,) less that of a perfect prediction, for a weight of 1."""
        return self.raw(y, m, w) - self.raw(y, y, w)

    def raw(self, y: Array, m: Any, w: Any) -> Array:
        """What the function says of each row (n_rows,), for a weight of 1."""
        columns = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (y, m, w)))
        if self.body is not None:
            found = values_of(self.body, dict(zip(PLACES, columns, strict=True)))
        else:
            found = _called(self, columns[: 3 if self.has_weights else 2])
        return found / columns[2] if self.weighs else found

    def record(self) -> dict[str, Any]:
        """What `restored_loss` reads; the source is for people to read."""
        body = None if self.body is None else self.body.text()
        return {
            "name": self.name,
            "digest": self.digest,
            "power": self.power,
            "body": body,
            "source": self.source,
        }


def _remade(cells: dict[str, Any]) -> UsersLoss:
    return UsersLoss(**{**cells, "function": fetched(cells["function"])})


def _called(loss: UsersLoss, columns: Sequence[Array]) -> Array:
    """Values of a function that is no formula."""
    function = loss.function
    if function is None:
        raise InvalidSetting(
            f"loss {loss.name!r} is a user's and its code is not kept: give the function with loss="
        )
    with np.errstate(all="ignore"):
        if loss.arrays:
            return np.asarray(function(*columns), dtype=float)
        return np.asarray(np.vectorize(partial(one_value, function), otypes=[float])(*columns))


def restored_loss(record: Mapping[str, Any]) -> Loss:
    """A user's loss from what a run says of it; it computes only where it is a formula."""
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


def curvature_of(own: UsersLoss) -> Expression | None:
    """The second derivative by the prediction, where it is a formula of ordinary length."""
    if own.slope is None:
        return None
    found = derivative_of(own.slope, "m")
    return found if len(found.nodes) <= _LONGEST else None
