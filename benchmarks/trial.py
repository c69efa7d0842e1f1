"""One problem, one engine, one fit: draws the rows, fits, judges, and returns a record.

Run as a module it reads a trial as JSON from its argument and prints the record as the last line; that is
how `recovery` runs each trial in a process of its own.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.candidates import as_sympy
from benchmarks.distance import normalised_distance
from benchmarks.engines import OPERATORS, EngineResult, engine
from benchmarks.judge import LAW, VANISHING, Judge
from benchmarks.machine import facts
from benchmarks.problems import (
    N_CLAIMS,
    Problem,
    claims_laws,
    frozen,
    irrelevant_columns,
    irrelevant_names,
    load,
    mechanisms,
    random_problems,
)
from benchmarks.resuming import from_child
from benchmarks.statements import domain_of, functions_of, operators_told, statements_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OVERRUN = 1.0
# what may have been the law when it came: not much worse than it is in the end, or next to exact
NEARLY, EXACT = 2.0, 1e-9
# engines that are part of another package
PACKAGES = {"random": "symlaw"}
# Rows of sums of mechanisms.
MECHANISMS_ROWS = 2000


@dataclass(frozen=True)
class Trial:
    """What is asked: the settings that name a fit.

    Attributes
    ----------
    engine, suite, problem
        By name.
    noise
        Standard deviation of noise on the target, as a share of its RMS.
    seed
        Draws the rows and the variant, and starts the engine.
    seconds, threads
        What the engine may use.
    freeze
        Whether one input of the law is frozen at a number, and its column left out.
    distractors
        Number of columns added that the law does not use.
    units
        Whether the engine is told the units of inputs and output.
    rows
        Number of rows where the suite does not state one.
    told
        What it is told about the law: ``"true"`` statements about its values, also that each of the
        ``"columns"`` matters, also that it has no other ``"functions"`` than its own, also that those are
        ``"required"``; or statements of which one is ``"false"``; or nothing.
    """

    engine: str
    suite: str
    problem: str
    noise: float
    seed: int
    seconds: float
    threads: int
    freeze: bool = False
    distractors: int = 0
    units: bool = False
    rows: int = 1000
    told: str = ""


class Asked(NamedTuple):
    """What an engine gets, and the law that it should find.

    Attributes
    ----------
    problem
        The law over its own inputs, in the variant asked for.
    X, y
        Rows, float64 (n_rows, n_columns) and (n_rows,).
    names
        Names of the columns: the inputs, then those that the law does not use.
    frozen
        Such as ``"g = 9.811"``; empty where no input was frozen.
    """

    problem: Problem
    X: NDArray[np.float64]
    y: NDArray[np.float64]
    names: Sequence[str]
    frozen: str

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """The columns by name."""
        return dict(zip(self.names, self.X.T, strict=True))

    @property
    def irrelevant(self) -> set[str]:
        """Names of the columns that were added."""
        return set(self.names[len(self.problem.inputs) :])


def problems_of(suite: str, limit: int | None = None) -> list[Problem]:
    """Problems of a suite.

    ``generator`` and ``generator-<seed>`` give random ones (100 unless limited), ``mechanisms-<seed>`` sums
    of mechanisms (40 unless limited), ``mechanisms-<seed>-long`` those that are as long as those claims are
    made on, and ``mechanisms-claims`` these.
    """
    kind, _, seed = suite.partition("-")
    if kind == "generator":
        return random_problems(int(seed or 0), limit or 100)
    if suite == "mechanisms-claims":
        return list(claims_laws()[:limit])
    if kind == "mechanisms":
        seed, _, long = seed.partition("-")
        return list(mechanisms(int(seed or 1), limit or N_CLAIMS, claims=long == "long"))
    return load(suite)[:limit]


def is_generated(suite: str) -> bool:
    """Whether problems of a suite are drawn one after another, so that the first do without the others."""
    return suite.partition("-")[0] in ("generator", "mechanisms")


def find_problem(trial: Trial) -> Problem:
    """The problem of a trial, by name."""
    index = int(trial.problem.rsplit("-", 1)[1]) + 1 if is_generated(trial.suite) else None
    return next(p for p in problems_of(trial.suite, index) if p.name == trial.problem)


def asked_of(trial: Trial) -> Asked:
    """The rows of a trial, in its variant."""
    problem, note = find_problem(trial), ""
    if trial.freeze:
        problem, name, value = frozen(problem, trial.seed)
        note = f"{name} = {value:g}"
    rows = MECHANISMS_ROWS if trial.suite.startswith("mechanisms") else trial.rows
    sample = problem.draw(rows, seed=trial.seed, noise=trial.noise)
    added = irrelevant_columns(problem, sample.X, trial.distractors, trial.seed)
    names = [*problem.names, *irrelevant_names(trial.distractors, problem.names)]
    return Asked(problem, np.hstack([sample.X, added]), sample.y, names, note)


def run(trial: Trial) -> dict[str, Any]:
    """Fit and judge in this process."""
    asked = asked_of(trial)
    chosen = engine(trial.engine)
    if trial.units:
        chosen = with_units(chosen, asked.problem)
    statements, wrong = statements_for(asked.problem, trial.told, trial.noise, trial.seed)
    if trial.told:
        chosen = with_statements(chosen, asked.problem, statements, trial.told)
    found = chosen.fit(asked.X, asked.y, asked.names, trial.seconds, trial.threads, trial.seed)
    return {
        **asdict(trial),
        "index": asked.problem.index,
        "frozen": asked.frozen,
        "seconds_used": round(found.seconds, 3),
        "overrun": found.seconds > trial.seconds + OVERRUN,
        "statements": statements,
        "false_statement": wrong,
        "named": [
            one for one in statements if any(f"contradict {one!r}:" in doubt for doubt in found.doubts)
        ],
        **_judged(asked, found),
        **_circumstances(trial),
    }


def _circumstances(trial: Trial) -> dict[str, Any]:
    found, name = facts(), trial.engine.partition(":")[0]
    return {
        "engine_version": found["versions"].get(PACKAGES.get(name, name), ""),
        "operators": " ".join(OPERATORS),
        **found,
    }


def _judged(asked: Asked, found: EngineResult) -> dict[str, Any]:
    judge = Judge.of(asked.problem)
    reasons = [judge.verdict(row.formula).reason for row in found.front]
    laws = [i for i, reason in enumerate(reasons) if reason == LAW]
    picked = found.front[found.picked]
    return {
        "on_front": bool(laws),
        "picked": found.picked in laws,
        "law_rows": laws,
        "vanishing_rows": [i for i, reason in enumerate(reasons) if reason == VANISHING],
        "picked_row": int(found.picked),
        "front_size": len(found.front),
        "picked_formula": str(picked.formula),
        "picked_loss": float(picked.loss),
        "law_formula": str(found.front[laws[0]].formula) if laws else "",
        "uses_irrelevant": uses_any(picked.formula, asked.irrelevant),
        "edit_distance": normalised_distance(picked.formula, asked.problem),
        **_when(judge, found, laws),
        "evaluations": found.evaluations,
        "error": "",
    }


def uses_any(formula: Any, names: set[str]) -> bool:
    """Whether a formula uses any of these columns."""
    return bool(names) and not names.isdisjoint(symbol.name for symbol in as_sympy(formula).free_symbols)


def with_units(chosen: Any, problem: Problem) -> Any:
    """An engine that is told a problem's units.

    Raises
    ------
    ValueError
        When it cannot be told.
    """
    if not hasattr(chosen, "with_units"):
        raise ValueError("only symlaw can be told units")
    return chosen.with_units({variable.name: variable.unit for variable in problem.inputs}, problem.unit)


def with_statements(chosen: Any, problem: Problem, statements: Sequence[str], told: str) -> Any:
    """An engine that is told what is known of a law, over the box of its rows.

    Raises
    ------
    ValueError
        When it cannot be told.
    """
    if not hasattr(chosen, "with_statements"):
        raise ValueError("only symlaw can be told statements about values")
    more: dict[str, Any] = {}
    if told in ("columns", "functions", "required"):
        more["required"] = list(problem.names)
    operators = operators_told(problem, told)
    if operators is not None:
        more["operators"] = operators
    if told == "required":
        more["required"] += functions_of(problem)
    return chosen.with_statements(statements, domain_of(problem), **more)


def _when(judge: Judge, found: EngineResult, laws: Sequence[int]) -> dict[str, float | None]:
    """When the law first came to the front, in seconds and work; None where it is not there at the end."""
    enough = EXACT + NEARLY * max((found.front[place].loss for place in laws), default=0.0)
    for accepted in found.history if laws else ():
        if accepted.loss <= enough and judge.verdict(accepted.formula).law:
            return {"seconds_to_law": round(accepted.seconds, 3), "work_to_law": accepted.work}
    return {"seconds_to_law": None, "work_to_law": None}


def run_in_child(trial: Trial) -> dict[str, Any]:
    """Fit and judge in a fresh process; a crash or a hang becomes a record with ``error``."""
    nothing = {"overrun": False, "on_front": False, "picked": False}
    return from_child(
        ["-m", "benchmarks.trial"],
        trial,
        lambda error: {**asdict(trial), **nothing, "error": error, **_circumstances(trial)},
    )


if __name__ == "__main__":
    print(json.dumps(run(Trial(**json.loads(sys.argv[1])))))
