"""What a fit found, as data frames."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from symlaw.language.expression import Expression
    from symlaw.tasks.fitting import Fitted


def report_of(results: Sequence[Fitted], *, single: bool) -> pd.DataFrame:
    """One row per searcher: what it tried and contributed; several targets add a column ``output``."""
    import pandas as pd

    rows = [
        {**({} if single else {"output": number}), **asdict(tally)}
        for number, result in enumerate(results)
        for tally in result.outcome.tallies
    ]
    return pd.DataFrame(rows)


def frame_of(result: Fitted, output: int | None) -> pd.DataFrame:
    """One row per formula of a front with its figures; several targets add a column ``output``."""
    import pandas as pd

    frame = pd.DataFrame(
        [
            {
                "complexity": row.complexity,
                "loss": row.loss,
                "r2": row.r2,
                "rmse": row.rmse,
                "mae": row.mae,
                "max_error": row.max_error,
                **({} if row.objective is None else {"objective": row.objective}),
                **({"constraints": [verdict.words() for verdict in row.verdicts]} if row.verdicts else {}),
                "equation": row.expression.text(digits=6),
                "expression": row.expression,
            }
            for row in result.rows
        ]
    )
    if output is not None:
        frame.insert(0, "output", output)
    return frame


def alternatives_of(result: Fitted) -> list[tuple[float, float, Expression]]:
    """Complexity, loss and expression of every alternative, by rising complexity, then loss."""
    found = result.outcome.alternatives
    return [(c, entry.loss, entry.expression) for c in sorted(found) for entry in found[c]]


def alternatives_frame(known: Sequence[tuple[float, float, Expression]], complexity: float) -> pd.DataFrame:
    """The alternatives of one complexity as a data frame."""
    import pandas as pd

    rows = [(c, loss, one.text(digits=6), one) for c, loss, one in known if c == complexity]
    return pd.DataFrame(rows, columns=["complexity", "loss", "equation", "expression"])
