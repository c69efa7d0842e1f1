"""Losses of the user's: what is known of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from symlaw.engine.losses.deviances import Array
from symlaw.errors import InvalidSetting
from symlaw.language.algebra.derivative import derivative as derivative_of
from symlaw.language.expression import Expression
from symlaw.language.later import Later
from symlaw.language.operators.numpy_functions import one_value
from symlaw.language.user_operators.pickling import carried, fetched
from symlaw.language.values import values as values_of

# Names of target, prediction and weight in formulas of a loss.
PLACES = ("y", "m", "w")
# Differences are made over this step, in units of the target's spread.
STEP = 1e-5
_LONGEST = 400
# Makes a row of losses, each of which may hold what is known here; pickles of rows name it.
row_of = Later("symlaw.engine.losses.user_rows.row_of")


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


def curvature_of(own: UsersLoss) -> Expression | None:
    """The second derivative by the prediction, where it is a formula of ordinary length."""
    if own.slope is None:
        return None
    found = derivative_of(own.slope, "m")
    return found if len(found.nodes) <= _LONGEST else None
