"""What was found for many tables."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from symlaw.language.expression import Expression


@dataclass(frozen=True)
class TableLaw:
    """What was found for one table.

    Parameters
    ----------
    n_rows
        Its rows.
    expression
        The recommended formula; None where the table failed.
    form
        Number of its form, counted from the most frequent one; -1 for a constant or none.
    loss
        Share of the target's variance that it leaves.
    verdict
        ``"identified"``, ``"rivals"``, ``"not learnable"`` or ``"failed"``.
    detail
        The verdict in a sentence, or why the table failed.
    searched
        Whether it was searched by itself.
    """

    n_rows: int
    expression: Expression | None
    form: int
    loss: float
    verdict: str
    detail: str
    searched: bool


@dataclass(frozen=True)
class OneLaw:
    """Whether one form with constants of each table's own describes all tables.

    Parameters
    ----------
    equation
        The form with the constants of one of the tables.
    form
        Its number.
    n_tables
        Tables on which it is defined.
    nats
        By how many nats one form for all describes the tables better than a form for each, each at its own
        price: above 0 the data support one law.
    """

    equation: str
    form: int
    n_tables: int
    nats: float

    @property
    def supported(self) -> bool:
        """Whether the data support one law for all."""
        return self.nats > 0.0

    @property
    def sentence(self) -> str:
        """What the test says."""
        if self.supported:
            ahead = f"is {self.nats:,.0f} nats ahead: {self.equation}"
            return f"one law for all, with constants of their own, {ahead}"
        return f"several laws are {-self.nats:,.0f} nats ahead of one for all, which would be {self.equation}"


@dataclass(frozen=True)
class ManyLaws:
    """Laws of many tables.

    Parameters
    ----------
    by
        Column that tells the tables.
    laws
        By its value, what was found.
    forms
        Forms by falling number of tables: a formula with the constants of one table, and how many have it.
    one_law
        The test of one law for all; None where no form is defined on every table.
    """

    by: str
    laws: Mapping[Hashable, TableLaw]
    forms: tuple[tuple[Expression, int], ...]
    one_law: OneLaw | None = None

    @property
    def failures(self) -> dict[Hashable, str]:
        """Why tables failed, by the value that tells them."""
        return {key: law.detail for key, law in self.laws.items() if law.expression is None}

    def frame(self) -> pd.DataFrame:
        """One row per table."""
        import pandas as pd

        rows = [
            {
                self.by: key, "rows": law.n_rows, "verdict": law.verdict, "form": law.form, "loss": law.loss,
                "equation": "" if law.expression is None else law.expression.shown(6),
                "searched": law.searched, "detail": law.detail, "expression": law.expression,
            }
            for key, law in self.laws.items()
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def save(self, path: Path) -> None:
        """Write the table of results as CSV, or as JSON with the formulas' trees."""
        frame = self.frame()
        if path.suffix == ".json":
            trees = [None if one is None else json.loads(one.to_json()) for one in frame.pop("expression")]
            records = json.loads(frame.to_json(orient="records"))
            for record, tree in zip(records, trees, strict=True):
                record["expression"] = tree
            path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
        else:
            frame.drop(columns="expression").to_csv(path, index=False)
