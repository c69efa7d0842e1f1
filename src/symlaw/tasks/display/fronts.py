"""What is said of a front everywhere: its lines, figures, law, reason, verdict and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from symlaw.language.parser import quote_name
from symlaw.tasks.display.frames import outputs_of, terms_in
from symlaw.trust.terms import table_of_terms

if TYPE_CHECKING:
    from symlaw.engine.losses.table import Loss
    from symlaw.language.expression import Expression
    from symlaw.tasks.model.fitted import FittedModel
    from symlaw.trust.terms import TermFigures

# Significant digits where the data do not say how many.
DIGITS = 6
STAR = "★"
_EXACT = 1e-20
_FIGURE_WIDTH = 10


class Shown(Protocol):
    """What a row of a front needs to be shown."""

    @property
    def expression(self) -> Expression: ...

    @property
    def complexity(self) -> float: ...

    @property
    def loss(self) -> float: ...

    @property
    def objective(self) -> float | None: ...


@dataclass(frozen=True)
class Line:
    """A row of a front, see `Shown`."""

    expression: Expression
    complexity: float
    loss: float
    objective: float | None = None


@dataclass(frozen=True)
class FrontSummary:
    """The front of one target and what is said of it.

    Parameters
    ----------
    target
        What the formulas are of.
    rows
        By rising complexity.
    place
        Which of them is recommended.
    reason, finding, noise
        Why, whether the rows identify it, and what its errors say; "" where that is not asked.
    terms
        Figures of its terms, where it is a sum of several.
    proof
        What is proved of short formulas beside it; "" where nothing is.
    """

    target: str
    rows: Sequence[Shown]
    place: int
    reason: str
    finding: str = ""
    noise: str = ""
    terms: Sequence[TermFigures] = ()
    proof: str = ""

    @property
    def law(self) -> str:
        """The recommended formula as an equation."""
        return law(self.target, self.rows[self.place])

    def why(self) -> list[str]:
        """The reason and the verdict, in sentences."""
        verdict = [f"Verdict: {self.finding}."] if self.finding else []
        return [f"Recommended: {self.reason}.", *verdict]

    def remarks(self) -> list[str]:
        """What its errors say and what is proved, in sentences; none where nothing was found out."""
        said = {"Noise": self.noise, "Proof": self.proof}
        return [f"{name}: {words}." for name, words in said.items() if words]

    def about_terms(self) -> list[str]:
        """Figures of the terms, in lines of a table; none where there are none."""
        cells = table_of_terms(self.terms)
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)][:-1]
        return [
            "  ".join([*(f"{text:>{own}}" for text, own in zip(row, widths, strict=False)), row[-1]])
            for row in cells
        ]

    def lines(self, loss: Loss | None) -> list[str]:
        """All of it in plain text."""
        return [
            *front_lines(self.rows, self.place, loss), "", *self.why(), "", self.law, *self.about_terms(),
            *self.remarks(),
        ]  # fmt: skip


def law(target: str, row: Shown) -> str:
    """The formula as an equation for its target."""
    return f"{quote_name(target)} = {row.expression.shown(DIGITS)}"


def r2_text(loss: float) -> str:
    """R² to six digits, rounded down, so that 1 means exact."""
    if loss <= _EXACT:
        return "1"
    r2 = 1.0 - loss
    return f"{min(r2, 0.999999):.6f}" if r2 > -9.5 else f"{r2:.2g}"


def figure_widths(loss: Loss | None, *, scored: bool = False) -> dict[str, int]:
    """Columns of figures and their widths: R² goes with squared errors, any other loss is named.

    With ``scored`` there is the user's objective.
    """
    squared = loss is None or loss.shares_variance
    name = "loss" if loss is None or squared else loss.name
    objective = {"objective": _FIGURE_WIDTH + 1} if scored else {}
    widths = {"complexity": _FIGURE_WIDTH, **objective, name: max(_FIGURE_WIDTH, len(name))}
    return {**widths, "R²": _FIGURE_WIDTH} if squared else widths


def figure_texts(row: Shown, loss: Loss | None) -> list[str]:
    """The figures of a row, in the order of `figure_widths`."""
    objective = [] if row.objective is None else [f"{row.objective:.6g}"]
    squared = loss is None or loss.shares_variance
    return [
        f"{row.complexity:g}", *objective, f"{row.loss:.3e}", *([r2_text(row.loss)] if squared else [])
    ]  # fmt: skip


def front_lines(rows: Sequence[Shown], marked: int | None, loss: Loss | None = None) -> list[str]:
    """The front as lines of plain text, equations whole."""
    scored = any(row.objective is not None for row in rows)
    widths = figure_widths(loss, scored=scored)
    heads = "  ".join(f"{name:>{own}}" for name, own in widths.items())
    lines = [f"  {heads}  equation"]
    for place, row in enumerate(rows):
        mark = STAR if place == marked else " "
        texts = figure_texts(row, loss)
        figures = "  ".join(f"{text:>{own}}" for text, own in zip(texts, widths.values(), strict=False))
        lines.append(f"{mark} {figures}  {row.expression.shown(DIGITS)}")
    return lines


def front_summaries(model: FittedModel) -> list[FrontSummary]:
    """The fronts of a fitted model, target by target."""
    several = isinstance(model.expression_, tuple)

    def each(value: Any) -> Any:
        return value if several else (value,)

    frame, found = model.front_, []
    for place, output in enumerate(outputs_of(model)):
        own = frame if output is None else frame[frame["output"] == output]
        rows = [
            Line(row["expression"], row["complexity"], row["loss"], row.get("objective"))
            for row in own.to_dict("records")
        ]
        finding = each(model.finding_)[place]
        found.append(
            FrontSummary(
                model.target_names_[place], rows, int(each(model.recommended_)[place]) - int(own.index[0]),
                each(model.reason_)[place], "" if finding is None else finding.sentence,
                each(model.noise_)[place], terms_in(model, place if several else None),
                each(model.proof_)[place],
            )
        )  # fmt: skip
    return found


def text_of(model: FittedModel) -> str:
    """What printing a model shows: its fronts once it is fitted, its settings before."""
    if not hasattr(model, "front_"):
        return repr(model)
    from symlaw.engine.losses.register import loss_from

    return "\n\n".join("\n".join(summary.lines(loss_from(model.loss))) for summary in front_summaries(model))
