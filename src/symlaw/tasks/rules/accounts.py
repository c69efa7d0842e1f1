"""What is said of rules that were found: the front, what is known of the one taken, and where it errs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.language.rules.formula import text_of, truths_of
from symlaw.language.rules.printers.writing import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from symlaw.language.rules.decision import Decision
    from symlaw.search.rules.rivals import Rivals
    from symlaw.tasks.rules.fairness import Reached
    from symlaw.tasks.rules.fitting import Rows, Step


# Rivals that are shown.
_SHOWN_RIVALS = 8
# Kinds of errors of which it is said what they cost, the dearest together first.
_SHOWN_COSTS = 6
# Rules of a class that are shown after the recommended one.
_SHOWN_LONGER = 3


def front_frame(steps: Sequence[Step], rows: Rows) -> pd.DataFrame:
    """A row for each rule of the fronts: size, errors and costs, those on rows left out, cover and purity."""
    import pandas as pd

    found: list[dict[str, Any]] = []
    for step in steps:
        part = rows.at(step.rows)
        target, weights = part.y == step.label, part.weights
        for place, one in enumerate(step.found.front):
            truths = truths_of(one.formula, part.columns, len(target))
            covered = float(weights[truths].sum())
            found.append(
                {
                    "class": step.label,
                    "literals": one.size,
                    "errors": int(np.count_nonzero(truths != target)),
                    "cost": one.loss,
                    "cost_left_out": one.held_out,
                    "cover": covered / float(weights.sum()),
                    "purity": float(weights[truths & target].sum()) / covered if covered else float("nan"),
                    "recommended": place == step.found.place,
                    "rule": text_of(one.formula),
                }
            )
    return pd.DataFrame(found)


def front_lines(front: pd.DataFrame) -> str:
    """A front as lines of text; of the rules that are much longer than the recommended one the number."""
    several = front["class"].nunique() > 1
    lines = ["   literals      cost  left out  rule"]
    for _, own in front.groupby("class", sort=False):
        rows = own.to_dict("records")
        shown = 1 + _SHOWN_LONGER + next(place for place, row in enumerate(rows) if row["recommended"])
        # one more takes no more room than to say so
        shown = shown if len(rows) > shown + 1 else len(rows)
        lines += [_line(row, several=several) for row in rows[:shown]]
        if rows[shown:]:
            more, most = len(rows) - shown, rows[-1]["literals"]
            lines.append(f"   and {more} longer ones, up to {most} literals: see the report")
    return "\n".join(lines)


def _line(row: dict[Any, Any], *, several: bool) -> str:
    left = "" if row["cost_left_out"] != row["cost_left_out"] else f"{row['cost_left_out']:.4g}"
    mark, label = "*" if row["recommended"] else " ", f"{row['class']}: " if several else ""
    return f" {mark} {row['literals']:>8}  {row['cost']:>8.4g}  {left:>8}  {label}{row['rule']}"


def status_of(steps: Sequence[Step]) -> str:
    """What is known of the rules, a sentence for each."""
    sentences = []
    for step in steps:
        one = step.found.front[step.found.place]
        known = _smallest(one.size, step.found.proved)
        said = f"{one.size} literal{'s' * (one.size != 1)}; {known}; {_rivals(step.found.rivals)}"
        if one.tree is None:
            said = f"{text_of(one.formula)}: no condition tells more of these rows than it costs to say"
        cut = "; the clock ended the search" if step.found.ended else ""
        sentences.append(f"{step.label}: {said}{cut}" if len(steps) > 1 else said + cut)
    return "\n".join(sentences)


def _smallest(size: int, proved: int) -> str:
    """What is known of smaller rules over the same literals."""
    if not proved:
        return "the smallest found of its cost"
    how = f"no rule of {proved}{' or fewer' if proved > 1 else ''} does as well: proved"
    return how if proved == size - 1 else f"the smallest found of its cost ({how})"


def _rivals(rivals: Rivals) -> str:
    """What is known of the version space."""
    if not rivals.number:
        if rivals.is_all:
            return "no rival of its size describes these rows as well: all were looked at"
        return "no rival of its size was found that describes these rows as well"
    count = f"{rivals.number:,} rival{'s' * (rivals.number != 1)} of its size"
    verb = "describe" if rivals.number != 1 else "describes"
    if rivals.is_all:
        return f"{count} {verb} these rows as well: all were looked at"
    return f"at least {count} {verb} these rows as well"


def rival_lines(rivals: Sequence[str]) -> list[str]:
    """Rivals to be shown, a line each; of many the first."""
    lines = [f"rival: {text}" for text in rivals[:_SHOWN_RIVALS]]
    return lines if len(rivals) <= _SHOWN_RIVALS else [*lines, f"and {len(rivals) - _SHOWN_RIVALS} more"]


def said_of_fairness(step: Step, reached: Sequence[Reached]) -> str:
    """What was reached of the rates that were bounded, as clauses of the status; "" where none were."""
    said = [one.sentence() for one in reached]
    if reached and len(step.found.front) == 1:
        alone = text_of(step.found.front[0].formula)
        said.append(f"no fair rule was found that does better than {alone!r}: allow more in fair")
    return "".join(f"; {one}" for one in said)


class Confusion(NamedTuple):
    """Rows by class and by what a decision says.

    Attributes
    ----------
    labels
        The classes.
    counts
        Rows of each class (down) by what is said (across).
    weights
        The same of their weights.
    costs
        What an error costs, alike; empty where all cost the same.
    """

    labels: list[Any]
    counts: list[list[int]]
    weights: list[list[float]]
    costs: list[list[float]]

    def frame(self) -> pd.DataFrame:
        """The rows as a frame."""
        import pandas as pd

        return pd.DataFrame(self.counts, index=self.labels, columns=self.labels)

    def cells(self) -> list[list[str]]:
        """The rows as texts, with what an error costs where errors cost differently."""
        return [
            [
                f"{count} at {self.costs[true][said]:g}" if self.costs and true != said else str(count)
                for said, count in enumerate(own)
            ]
            for true, own in enumerate(self.counts)
        ]

    @property
    def cost(self) -> float:
        """What all errors cost together, weights counted."""
        return float(np.sum(np.array(self.weights) * np.array(self.costs))) if self.costs else float("nan")


def confusion_of(decision: Decision, rows: Rows) -> Confusion:
    """The rows of a fit by class and by what a decision says."""
    true, said = _places(decision, rows)
    n = len(rows.costs.classes)
    counts, weights = np.zeros((n, n), np.int64), np.zeros((n, n))
    np.add.at(counts, (true, said), 1)
    np.add.at(weights, (true, said), rows.weights)
    costs = rows.costs.matrix.tolist() if rows.costs.differ else []
    labels = [plain(label) for label in rows.costs.classes]
    return Confusion(labels, counts.tolist(), weights.tolist(), costs)


def _places(decision: Decision, rows: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The class of each row, and the one that is said of it, by their places."""
    labels = [*(clause.label for clause in decision.clauses), decision.otherwise]
    said = np.array([rows.costs.place(label) for label in labels])[decision.places(rows.columns, len(rows.y))]
    return np.searchsorted(rows.costs.classes, rows.y), said


def said_of_errors(decision: Decision, rows: Rows, confusion: Confusion) -> list[str]:
    """The confusion of labels with what errors cost, and rows that the decision gets wrong."""
    lines = ["rows by class (down) and what the rule says (across):"]
    cells, labels = confusion.cells(), [str(label) for label in confusion.labels]
    width = max(8, *(len(word) for own in [labels, *cells] for word in own)) + 2
    lines.append(" " * width + "".join(label.rjust(width) for label in labels))
    lines += [
        label.ljust(width) + "".join(word.rjust(width) for word in own)
        for label, own in zip(labels, cells, strict=True)
    ]
    true, said = _places(decision, rows)
    wrong = np.flatnonzero(true != said)
    if len(wrong):
        shown = ", ".join(str(row + 1) for row in wrong[:10])
        more = f" and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        lines.append(f"rows that it gets wrong: {shown}{more}")
    return [*lines, *_said_of_costs(confusion)]


def _said_of_costs(confusion: Confusion) -> list[str]:
    """What the errors cost together, a line where they cost differently."""
    if not confusion.costs:
        return []
    labels, weights, costs = confusion.labels, confusion.weights, confusion.costs
    parts = [
        (weights[true][said] * costs[true][said], true, said)
        for true in range(len(labels))
        for said in range(len(labels))
        if true != said and weights[true][said]
    ]
    dearest = sorted(parts, key=lambda one: -one[0])[:_SHOWN_COSTS]
    shown = [
        f"{labels[true]} taken for {labels[said]} {weights[true][said]:.6g} at {costs[true][said]:g}"
        for _, true, said in dearest
    ]
    return [": ".join([f"errors cost {confusion.cost:.6g}", ", ".join(shown)]) if shown else "errors cost 0"]
