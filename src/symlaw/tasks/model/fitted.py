"""What a fitted model has for those who show, export and score it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from symlaw.tasks.inputs.reading import Reading


class FittedModel(Protocol):
    """A fitted `symlaw.SymbolicRegressor`, whose parameters and attributes these are.

    The estimator imports what shows and exports it; that knows a model by these alone. What may be one of
    each target is a tuple for several targets.
    """

    loss: Any
    units: Mapping[str, Any] | None
    front_: pd.DataFrame
    expression_: Any
    recommended_: Any
    reason_: Any
    finding_: Any
    noise_: Any
    proof_: Any
    terms_: pd.DataFrame
    target_names_: tuple[str, ...]
    reading_: Reading
