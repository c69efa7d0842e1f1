"""What a discovery found: a front of formulas, which can be shown, saved and exported."""

from __future__ import annotations

import html
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting
from symlaw.knowledge.priors.expected import expected
from symlaw.language.algebra.tuples import formulas_of
from symlaw.language.expression import Expression
from symlaw.runs.files import load_record, number, save_record
from symlaw.search.objectives.base import Ability
from symlaw.search.objectives.called import CalledObjective
from symlaw.trust.selection.description import Criteria
from symlaw.trust.selection.recommend import Recommendation, by_objective, recommend

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator
    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Outcome
    from symlaw.search.problem import Problem

KEY, VERSION = "symlaw_discovery", 1
_DIGITS = 6
# Observations that a description needs at least.
_LEAST_ROWS = 5
# Share of the way from the smallest score to that of the simplest formula, in logarithms, that is near.
_NEAR = 0.1


@dataclass(frozen=True)
class Discovery:
    """Formulas that were found, from the simplest to the best.

    Attributes
    ----------
    front_ : pandas.DataFrame
        One row per formula: complexity, score, equation, expression. Scores are those of your function, or
        the share of the mean square that is left of rows seen through an operator.
    expression_ : Expression, or tuple of Expression
        The recommended formula, row ``recommended_``; ``reason_`` says why. A tuple where several were
        asked for.
    names_ : tuple of str
        What several formulas are called; empty for one.
    stopped_by_ : str
        What ended the search.
    n_evaluations_ : int
        Formulas judged.
    notes_ : tuple of str
        What went wrong in your function, and how often.
    """

    formulas: tuple[Any, ...]
    complexities: tuple[float, ...]
    scores: tuple[float, ...]
    recommended_: int
    reason_: str
    stopped_by_: str
    n_evaluations_: int
    notes_: tuple[str, ...] = field(default=())
    names_: tuple[str, ...] = field(default=())

    @property
    def expression_(self) -> Any:
        """The recommended formula, or formulas."""
        return self.formulas[self.recommended_]

    def _parts(self, row: Any) -> list[tuple[str, Expression]]:
        """The formulas of a row, each behind its name and a sign of equality where it has a name."""
        if not self.names_:
            return [("", row)]
        return [(f"{name} = ", formula) for name, formula in zip(self.names_, row, strict=True)]

    def _shown(self, row: Any, *digits: int) -> str:
        return "; ".join(f"{name}{formula.shown(*digits)}" for name, formula in self._parts(row))

    @property
    def front_(self) -> pd.DataFrame:
        """One row per formula."""
        import pandas as pd

        return pd.DataFrame(
            {
                "complexity": self.complexities,
                "score": self.scores,
                "equation": [self._shown(row) for row in self.formulas],
                "expression": list(self.formulas),
            }
        )

    def export(self, form: str, **options: Any) -> Any:
        """The recommended formula in another form, as `symlaw.Expression.export`; of several by name."""
        if not self.names_:
            return self.expression_.export(form, **options)
        parts = zip(self.names_, self.expression_, strict=True)
        return {name: formula.export(form, **options) for name, formula in parts}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the discovery to a JSON file, which `Discovery.load` reads."""
        record = {
            KEY: VERSION,
            "front": [
                [complexity, number(score), *(json.loads(one.to_json()) for _, one in self._parts(row))]
                for complexity, score, row in zip(self.complexities, self.scores, self.formulas, strict=True)
            ],
            "recommended": self.recommended_,
            "reason": self.reason_,
            "stopped_by": self.stopped_by_,
            "n_evaluations": self.n_evaluations_,
            "notes": list(self.notes_),
            **({"names": list(self.names_)} if self.names_ else {}),
        }
        save_record(Path(path), record, "discovery")

    @classmethod
    def load(cls, path: str | os.PathLike[str], operators: Iterable[Operator] = ()) -> Discovery:
        """Read what `save` wrote; no code is run.

        Parameters
        ----------
        path
            The file.
        operators
            Operators made of Python functions that the formulas use.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        record, users = load_record(Path(path), KEY, VERSION), tuple(operators)
        names, rows = tuple(record.get("names", ())), []
        for complexity, score, *written in record["front"]:
            found = tuple(Expression.from_json(json.dumps(one)).with_operators(users) for one in written)
            rows.append((float(complexity), float(score), found if names else found[0]))
        return cls(
            tuple(formula for _, _, formula in rows),
            tuple(complexity for complexity, _, _ in rows),
            tuple(score for _, score, _ in rows),
            int(record["recommended"]),
            str(record["reason"]),
            str(record["stopped_by"]),
            int(record["n_evaluations"]),
            tuple(record["notes"]),
            names,
        )

    def __str__(self) -> str:
        lines = ["   size  score        formula"]
        for place, (complexity, score, row) in enumerate(
            zip(self.complexities, self.scores, self.formulas, strict=True)
        ):
            mark = "*" if place == self.recommended_ else " "
            lines.append(f" {mark} {complexity:>4g}  {score:<11.5g}  {self._shown(row, _DIGITS)}")
        lines += [f"Recommended: {self.reason_}.", f"Ended: {self.stopped_by_}."]
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes_)])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{'★' if place == self.recommended_ else ''}</td><td>{complexity:g}</td>"
            f"<td>{score:.5g}</td><td>{self._drawn(row)}</td></tr>"
            for place, (complexity, score, row) in enumerate(
                zip(self.complexities, self.scores, self.formulas, strict=True)
            )
        )
        said = html.escape(f"Recommended: {self.reason_}. Ended: {self.stopped_by_}.")
        head = "<tr><th></th><th>size</th><th>score</th><th>formula</th></tr>"
        return f"<table>{head}{cells}</table><p>{said}</p>"

    def _drawn(self, row: Any) -> str:
        return "<br>".join(f"{name}{formula.export('mathml')}" for name, formula in self._parts(row))


def result_of(
    outcome: Outcome, problem: Problem, language: Language, names: tuple[str, ...] = ()
) -> Discovery:
    """A discovery from what a search found; ``names`` are those of several formulas.

    Raises
    ------
    InvalidSetting
        When no formula has a finite score.
    """
    judged = problem.objective if isinstance(problem.objective, CalledObjective) else None
    if not outcome.front:
        why = "" if judged is None else f" ({'; '.join(_notes(judged)) or 'every score was infinite'})"
        raise InvalidSetting(f"no formula was found that has a finite score{why}")
    kept, place, reason = _chosen(outcome.front, problem, language)
    return Discovery(
        tuple(_formulas(entry.expression, names) for entry in kept),
        tuple(entry.complexity for entry in kept),
        tuple(entry.loss for entry in kept),
        place,
        reason,
        outcome.stopped_by,
        outcome.spent.evaluations,
        () if judged is None else tuple(_notes(judged)),
        names,
    )


def _formulas(whole: Expression, names: tuple[str, ...]) -> Any:
    return formulas_of(whole, len(names)) if names else whole


def _chosen(front: Sequence[Entry], problem: Problem, language: Language) -> tuple[list[Entry], int, str]:
    if problem.offers(Ability.VALUES):
        form = expected([row.name for row in language.operators], len(language.variables))
        chosen = recommend(front, Criteria(max(_LEAST_ROWS, round(problem.n_independent)), form))
        return list(front), chosen.place, chosen.reason
    kept, chosen = _by_score(front, problem.loss_floor)
    return kept, chosen.place, chosen.reason


def _by_score(front: Sequence[Entry], floor: float) -> tuple[list[Entry], Recommendation]:
    """Entries of falling score, and which to recommend: the simplest whose score is about the smallest."""
    kept, chosen = by_objective(front)
    reached = next((place for place, entry in enumerate(kept) if entry.loss <= floor), None)
    if reached is not None:
        return kept[: reached + 1], Recommendation(reached, f"the simplest formula with a score of {floor:g}")
    first, least = kept[0].loss, kept[-1].loss
    if not 0.0 < least < first < math.inf:
        return kept, chosen
    # scores that are errors fall by factors
    enough = least * (first / least) ** _NEAR
    place = next(k for k, entry in enumerate(kept) if entry.loss <= enough)
    reason = f"the simplest formula whose score, {kept[place].loss:.4g}, is about the smallest, {least:.4g}"
    return kept, Recommendation(place, reason)


def _notes(judged: CalledObjective) -> list[str]:
    judge = judged.judge
    failed = [f"the function failed {count:,} times with {words}" for words, count in judge.failures.items()]
    if judge.not_finite:
        failed.append(f"it gave no finite number {judge.not_finite:,} times of {judge.calls:,}")
    return failed
