"""What is said of rules that were found: the front, what is known of the one taken, and where it errs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.rules.formula import text_of, truths_of
from symlaw.search.rules.preparing import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from symlaw.language.rules.decision import Decision
    from symlaw.tasks.rules.fitting import Rows, Step


def front_frame(steps: Sequence[Step], rows: Rows) -> pd.DataFrame:
    """A row for each rule of the fronts: size, errors and costs, those on rows left out, cover and purity."""
    import pandas as pd

    found: list[dict[str, Any]] = []
    for step in steps:
        target = (rows.y == step.label)[step.rows]
        weights = rows.weights[step.rows]
        columns = {name: values[step.rows] for name, values in rows.columns.items()}
        for place, one in enumerate(step.found.front):
            truths = truths_of(one.formula, columns, len(target))
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
    """A front as lines of text."""
    several = front["class"].nunique() > 1
    lines = ["   literals      cost  left out  rule"]
    for row in front.to_dict("records"):
        left = "" if row["cost_left_out"] != row["cost_left_out"] else f"{row['cost_left_out']:.4g}"
        mark, label = "*" if row["recommended"] else " ", f"{row['class']}: " if several else ""
        lines.append(f" {mark} {row['literals']:>8}  {row['cost']:>8.4g}  {left:>8}  {label}{row['rule']}")
    return "\n".join(lines)


def status_of(steps: Sequence[Step]) -> str:
    """What is known of the rules, a sentence for each."""
    sentences = []
    for step in steps:
        one = step.found.front[step.found.place]
        known = _smallest(one.size, step.found.proved)
        rivals = len(one.twins)
        said = f"{one.size} literal{'s' * (one.size != 1)}; {known}; {_rivals(rivals)}"
        cut = "; the clock ended the search" if step.found.ended else ""
        sentences.append(f"{step.label}: {said}{cut}" if len(steps) > 1 else said + cut)
    return "\n".join(sentences)


def _smallest(size: int, proved: int) -> str:
    """What is known of smaller rules over the same literals."""
    if not proved:
        return "the smallest found of its cost"
    how = f"no rule of {proved}{' or fewer' if proved > 1 else ''} does as well: proved"
    return how if proved == size - 1 else f"the smallest found of its cost ({how})"


def _rivals(count: int) -> str:
    if not count:
        return "no rival of its size was found that describes these rows equally"
    rivals = "rival of its size describes" if count == 1 else "rivals of its size describe"
    return f"at least {count} {rivals} these rows equally"


def said_of_groups(decision: Decision, rows: Rows, columns: Iterable[str]) -> list[str]:
    """In what share of the rows of each label of some columns the rule holds, a line for each column."""
    holds = decision.places(rows.columns, len(rows.y)) == 0
    lines = []
    for name in columns:
        shares = [
            f"{100.0 * np.mean(holds[own]):.1f}% of {label} ({np.count_nonzero(own)} rows)"
            for label, own in groups_of(rows.columns[name]).items()
        ]
        lines.append(f"by {name} it holds in {', '.join(shares)}")
    return lines


def said_of_costs(decision: Decision, rows: Rows, positive: Any) -> list[str]:
    """What the errors cost together, a line where the two kinds cost differently."""
    if rows.miss == rows.false_alarm:
        return []
    holds = decision.places(rows.columns, len(rows.y)) == 0
    target = rows.y == positive
    missed, alarms = float(rows.weights[target & ~holds].sum()), float(rows.weights[~target & holds].sum())
    return [
        f"errors cost {missed * rows.miss + alarms * rows.false_alarm:.6g}: "
        f"misses {missed:.6g} at {rows.miss:g}, false alarms {alarms:.6g} at {rows.false_alarm:g}"
    ]


def said_of_errors(decision: Decision, rows: Rows, classes: NDArray[Any]) -> list[str]:
    """The confusion of labels, and rows that the decision gets wrong."""
    places = decision.places(rows.columns, len(rows.y))
    labels = [*(clause.label for clause in decision.clauses), decision.otherwise]
    said = np.array([int(np.flatnonzero(classes == label)[0]) for label in labels])[places]
    true = np.searchsorted(classes, rows.y)
    counts = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(counts, (true, said), 1)
    lines = ["rows by class (down) and what the rule says (across):"]
    width = max(8, *(len(str(label)) for label in classes)) + 2
    lines.append(" " * width + "".join(str(label).rjust(width) for label in classes))
    lines += [
        str(label).ljust(width) + "".join(str(count).rjust(width) for count in own)
        for label, own in zip(classes, counts.tolist(), strict=True)
    ]
    wrong = np.flatnonzero(true != said)
    if len(wrong):
        shown = ", ".join(str(row + 1) for row in wrong[:10])
        more = f" and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        lines.append(f"rows that it gets wrong: {shown}{more}")
    return lines
