"""What errors cost: a miss and a false alarm of two classes, or each pair of a true and a said class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from symlaw.errors import InvalidSetting
from symlaw.language.rules.printers.writing import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TWO = ("miss", "false_alarm")
# What an error counts at least beside the dearest one, where it could not be avoided anyway.
_LEAST_SHARE = 1e-3


class Costs(NamedTuple):
    """What errors cost.

    Attributes
    ----------
    classes
        The labels, sorted.
    matrix
        By the true class and by what is said, (n_classes, n_classes), 0 where both are the same.
    """

    classes: NDArray[Any]
    matrix: Floats

    @property
    def differ(self) -> bool:
        """Whether some errors cost more than others."""
        wrong = self.matrix[~np.eye(len(self.classes), dtype=bool)]
        return bool((wrong != wrong[0]).any())

    def place(self, label: Any) -> int:
        """Of a label among the classes."""
        return int(np.flatnonzero(self.classes == label)[0])

    def of_rows(self, y: NDArray[Any], label: Any, others: NDArray[Any], weights: Floats) -> Floats:
        """What is lost by each row where the rule for a label says the wrong thing of it, (n_rows,).

        Parameters
        ----------
        y
            Labels, (n_rows,).
        label
            What the rule says where it holds.
        others
            What may be said of a row where it does not hold.
        weights
            What rows count, (n_rows,).
        """
        if not self.differ:
            return np.full(len(y), self.matrix.max())
        said = self.place(label)
        rest = [self.place(other) for other in others]
        mass = np.array([weights[y == other].sum() for other in others]) + np.finfo(float).tiny
        # what it costs to leave a row of each class to what follows, where a class that follows may be right
        left = self.matrix[:, rest] @ (mass / mass.sum())
        # rows of classes that were passed are wrong in any case
        passed = np.maximum(self.matrix[:, said] - left, _LEAST_SHARE * self.matrix.max())
        own = np.where(np.isin(np.arange(len(self.classes)), rest), self.matrix[:, said], passed)
        own[said] = left[said]
        return np.asarray(own[np.searchsorted(self.classes, y)])


def costs_of(error_costs: Any, classes: NDArray[Any], positive: Any = None) -> Costs:
    """What errors cost, checked.

    Parameters
    ----------
    error_costs
        ``{"miss": 5, "false_alarm": 1}`` for two classes, ``{("high", "low"): 5}`` by the true class and what
        is said, or a data frame with true classes down and said ones across; None where all cost 1.
    classes
        The labels.
    positive
        For two classes the one of the rule.

    Raises
    ------
    InvalidSetting
        When they are anything else, or a cost is no positive number.
    """
    found = Costs(classes, 1.0 - np.eye(len(classes)))
    if error_costs is None:
        return found
    if isinstance(error_costs, pd.DataFrame):
        return _of_frame(error_costs, found)
    if not isinstance(error_costs, Mapping) or not error_costs:
        raise InvalidSetting(f"error_costs is {error_costs!r}: give {_such_as(classes)}")
    if set(error_costs) <= set(_TWO):
        if positive is None:
            raise InvalidSetting(
                f"error_costs with {_TWO[0]!r} and {_TWO[1]!r} is for two classes, and the target has"
                f" {len(classes)}: give {_such_as(classes)}, the true class and what is said of it"
            )
        own = found.place(positive)
        named = {"miss": (own, 1 - own), "false_alarm": (1 - own, own)}
        pairs = {named[name]: cost for name, cost in error_costs.items()}
    else:
        pairs = {_pair(key, error_costs, classes): cost for key, cost in error_costs.items()}
    for (true, said), cost in pairs.items():
        found.matrix[true, said] = _checked(cost, error_costs, classes)
    return found


def _such_as(classes: NDArray[Any]) -> str:
    """An example for these classes."""
    if len(classes) == 2:
        return "positive numbers, such as {'miss': 5, 'false_alarm': 1}"
    return f"positive numbers, such as {{({plain(classes[0])!r}, {plain(classes[-1])!r}): 5}}"


def _pair(key: Any, error_costs: Any, classes: NDArray[Any]) -> tuple[int, int]:
    if not isinstance(key, tuple) or len(key) != 2:
        raise InvalidSetting(f"error_costs is {error_costs!r}: give {_such_as(classes)}")
    true, said = (_place(label, classes) for label in key)
    if true == said:
        raise InvalidSetting(f"error_costs has a cost for {key!r}, which is no error: leave it out")
    return true, said


def _place(label: Any, classes: NDArray[Any]) -> int:
    for place, one in enumerate(classes):
        if one == label or str(one) == str(label):
            return place
    shown = ", ".join(repr(plain(one)) for one in classes)
    raise InvalidSetting(f"error_costs names the class {label!r}: give one of {shown}")


def _checked(cost: Any, error_costs: Any, classes: NDArray[Any]) -> float:
    usable = isinstance(cost, (int, float, np.integer, np.floating)) and not isinstance(cost, bool)
    if usable and 0.0 < cost < np.inf:
        return float(cost)
    shown = f"a frame with {cost!r}" if isinstance(error_costs, pd.DataFrame) else repr(error_costs)
    raise InvalidSetting(f"error_costs is {shown}: give {_such_as(classes)}")


def _of_frame(frame: pd.DataFrame, found: Costs) -> Costs:
    """A matrix with true classes down and said ones across."""
    classes = found.classes
    down = [_place(label, classes) for label in frame.index]
    across = [_place(label, classes) for label in frame.columns]
    if sorted(down) != list(range(len(classes))) or sorted(across) != list(range(len(classes))):
        shown = ", ".join(repr(plain(one)) for one in classes)
        raise InvalidSetting(
            f"error_costs is a frame of {frame.shape[0]} rows and {frame.shape[1]} columns: give a row and a"
            f" column for each class, {shown}"
        )
    for i, true in enumerate(down):
        for k, said in enumerate(across):
            cost = frame.iloc[i, k]
            if true != said:
                found.matrix[true, said] = _checked(cost, frame, classes)
            elif cost == cost and cost != 0:
                raise InvalidSetting(
                    f"error_costs has {cost!r} for {plain(classes[true])!r} said of its own rows, which is no"
                    " error: give 0"
                )
    return found
