"""What a fit found, as data frames."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting
from symlaw.trust.terms import TermFigures

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from symlaw.language.expression import Expression
    from symlaw.tasks.model.fitted import FittedModel
    from symlaw.tasks.regression.fit import Fitted


def report_of(results: Sequence[Fitted], outputs: Sequence[str | int | None]) -> pd.DataFrame:
    """One row per searcher: what it tried and contributed; several targets add a column ``output``."""
    import pandas as pd

    rows = [
        {**({} if output is None else {"output": output}), **asdict(tally)}
        for output, result in zip(outputs, results, strict=True)
        for tally in result.outcome.tallies
    ]
    return pd.DataFrame(rows)


def frame_of(result: Fitted, output: str | int | None) -> pd.DataFrame:
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
                "equation": row.expression.shown(),
                "expression": row.expression,
            }
            for row in result.rows
        ]
    )
    if output is not None:
        frame.insert(0, "output", output)
    return frame


_FIGURES = ("term", "coefficient", "error", "share", "cost")


def terms_frame(terms: Sequence[Sequence[TermFigures]], outputs: Sequence[str | int | None]) -> pd.DataFrame:
    """One row per term of a recommended sum; several targets add a column ``output``."""
    import pandas as pd

    single = list(outputs) == [None]
    rows = [
        ((() if single else (output,)) + (one.text, one.coefficient, one.error, one.share, one.cost))
        for output, own in zip(outputs, terms, strict=True)
        for one in own
    ]
    return pd.DataFrame(rows, columns=[*(() if single else ("output",)), *_FIGURES])


def terms_in(model: FittedModel, place: int | None) -> tuple[TermFigures, ...]:
    """Figures of the terms of a target, by its number, None where there is one target."""
    # a model that an older version pickled has none
    frame = getattr(model, "terms_", None)
    if frame is None:
        return ()
    own = frame if place is None else frame[frame["output"] == outputs_of(model)[place]]
    return tuple(TermFigures(*row) for row in own[list(_FIGURES)].itertuples(index=False))


def outputs_of(model: FittedModel) -> list[str | int | None]:
    """What the fronts of a model's targets are told apart by: None where there is one."""
    several = isinstance(model.expression_, tuple)
    return list(dict.fromkeys(model.front_["output"])) if several else [None]


def place_of(model: FittedModel, output: int | str | None) -> int | None:
    """Number of a model's target, given by that or by name; None of a model of one target.

    Raises
    ------
    InvalidSetting
        When there is none such, or none is asked for and there are several.
    """
    if not isinstance(model.expression_, tuple):
        if output is not None:
            raise InvalidSetting(f"output is {output!r}, and the model has one target: leave it out")
        return None
    names = list(model.target_names_)
    if isinstance(output, str) and output in names:
        return names.index(output)
    if isinstance(output, int) and not isinstance(output, bool) and 0 <= output < len(names):
        return output
    raise InvalidSetting(
        f"output is {output!r}, and the model has several targets: give a number from 0 to {len(names) - 1},"
        f" or a name of {', '.join(names)}"
    )


def rows_of_output(frame: pd.DataFrame, place: int | None) -> pd.DataFrame:
    """Rows of one of several targets, by its number."""
    if place is None or "output" not in frame:
        return frame
    shown = list(dict.fromkeys(frame["output"]))
    return frame[frame["output"] == shown[place]]


def alternatives_of(result: Fitted) -> list[tuple[float, float, Expression]]:
    """Complexity, loss and expression of every alternative, by rising complexity, then loss."""
    found = result.outcome.alternatives
    return [(c, entry.loss, entry.expression) for c in sorted(found) for entry in found[c]]


def alternatives_frame(known: Sequence[tuple[float, float, Expression]], complexity: float) -> pd.DataFrame:
    """The alternatives of one complexity as a data frame."""
    import pandas as pd

    rows = [(c, loss, one.shown(), one) for c, loss, one in known if c == complexity]
    return pd.DataFrame(rows, columns=["complexity", "loss", "equation", "expression"])
