"""Few rows: tables of noise, rounded laws, and laws under more and less noise than rows can tell.

``python -m benchmarks.few_rows``: (null) tables of pure noise, of which none has a law; (rounded) laws whose
values were rounded to a step, where nothing of a front may follow what is as good as the step; (laws)
generated laws of 3 to 7 operators with 8 to 50 rows and noise below and above what the rows can tell, five
draws each. What can be told is fixed beforehand: noise up to which the law's description, one constant more
than its rival, is the shortest, with 5.05 nats for an operator (`learnable_noise`). Results are appended and
gone on from.
"""

from __future__ import annotations

import argparse
import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.engines import OPERATORS
from benchmarks.judge import Judge
from benchmarks.machine import describe, facts
from benchmarks.problems import random_problems
from benchmarks.summary import append, written
from symlaw import SymbolicRegressor
from symlaw.errors import DataError
from symlaw.language import parse
from symlaw.language.expression import Constant, Variable
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample, fitted, model_of
from symlaw.trust.rounding import step_of
from symlaw.trust.selection.description import criteria_on, description_length

if TYPE_CHECKING:
    from benchmarks.problems import Problem

    Record = dict[str, Any]
    Array = np.ndarray[Any, np.dtype[np.float64]]

RESULTS = Path("benchmarks/results/few-rows.jsonl")
SEED = 2027
COUNTS = {"null": 200, "rounded": 100, "laws": 120}
SECONDS = {"null": 10.0, "rounded": 10.0, "laws": 20.0}
DRAWS = 5
ROWS = (8, 10, 12, 15, 20, 30, 40, 50)
# Noise in units of what the rows can tell: learnable is at most half of it, beyond is at least twice.
SHARES = (0.1, 0.25, 0.5, 0.5, 2.0, 3.0)
LEARNABLE, BEYOND = 0.5, 2.0
STEPS = (0.1, 0.01, 0.001)
# Times the step's standard deviation at which a formula is as good as the numbers.
_AS_GOOD = 1.1
_BINS = 5


class Task(NamedTuple):
    """One fit.

    Attributes
    ----------
    part, name
        Which part, and what tells it from the others there.
    X, y, names
        The table.
    problem
        The law, where there is one.
    about
        What else is known: the step, the noise.
    """

    part: str
    name: str
    X: Array
    y: Array
    names: list[str]
    problem: Problem | None
    about: dict[str, Any]


def learnable_noise(n_operators: int, n_rows: int) -> float:
    """Noise over signal, in standard deviations, up to which rows tell a law from a shorter rival.

    Examples
    --------
    >>> round(learnable_noise(3, 10), 2), round(learnable_noise(5, 20), 2)
    (0.23, 0.29)
    """
    nats = 5.05 * n_operators - 1.15 + 0.5 * math.log(n_rows)
    return 1.0 / math.sqrt(math.expm1(2.0 * nats / n_rows))


def null_tasks(count: int, seed: int = SEED) -> Iterator[Task]:
    """Tables of pure noise: 4 to 60 rows, 1 to 6 columns, of several distributions."""
    for number in range(count):
        rng = np.random.default_rng([seed, 1, number])
        n_rows, n_columns = int(rng.integers(4, 61)), int(rng.integers(1, 7))
        kinds = [
            rng.normal(size=(n_rows, n_columns)),
            rng.uniform(0.5, 5.0, (n_rows, n_columns)),
            np.exp(rng.normal(size=(n_rows, n_columns))),
            np.arange(n_rows, dtype=float)[:, None] + rng.normal(size=(n_rows, n_columns)).cumsum(axis=1),
        ]
        targets = [rng.normal(size=n_rows), rng.uniform(1, 2, n_rows), np.exp(rng.normal(size=n_rows)),
                   rng.standard_t(3, n_rows)]  # fmt: skip
        X, y = kinds[int(rng.integers(4))], targets[int(rng.integers(4))]
        yield Task("null", f"null-{number}", X, y, [f"x{k}" for k in range(n_columns)], None, {})


def rounded_tasks(count: int, seed: int = SEED) -> Iterator[Task]:
    """Laws of up to 5 operators whose values were rounded to a step below their spread."""
    for number, problem in enumerate(_laws(seed + 1, count, 1, 5)):
        rng = np.random.default_rng([seed, 2, number])
        sample = problem.draw(int(rng.choice((20, 50, 100, 200))), seed=number, noise=0.0)
        step = float(rng.choice(STEPS)) * 10.0 ** math.floor(math.log10(float(np.std(sample.y))))
        y = np.round(sample.y / step) * step
        yield Task("rounded", problem.name, sample.X, y, list(problem.names), problem, {"step": step})


def law_tasks(count: int, seed: int = SEED) -> Iterator[Task]:
    """Laws of 3 to 7 operators under noise, five draws each."""
    for number, problem in enumerate(_laws(seed, count, 3, 7)):
        rng = np.random.default_rng([seed, 3, number])
        n_rows, share = int(rng.choice(ROWS)), float(rng.choice(SHARES))
        noise = share * learnable_noise(n_operators(problem), n_rows)
        for draw in range(DRAWS):
            sample = problem.draw(n_rows, seed=1000 * draw + number, noise=0.0)
            y = sample.y + noise * np.std(sample.y) * rng.normal(size=n_rows)
            about = {"share": share, "noise": noise, "n_operators": n_operators(problem)}
            name = f"{problem.name}/{draw}"
            yield Task("laws", name, sample.X, y, list(problem.names), problem, about)


def n_operators(problem: Problem) -> int:
    """Operators of a problem's law, as it is written."""
    nodes = parse(problem.formula).nodes
    return sum(not isinstance(node, (Constant, Variable)) for node in nodes)


def _laws(seed: int, count: int, least: int, most: int) -> list[Problem]:
    found = [one for one in random_problems(seed, 4 * count) if least <= n_operators(one) <= most]
    return found[:count]


PARTS: dict[str, Callable[[int, int], Iterator[Task]]] = {
    "null": null_tasks,
    "rounded": rounded_tasks,
    "laws": law_tasks,
}


def run(task: Task, seconds: float, threads: int) -> Record:
    """Fit and judge one table."""
    began = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SymbolicRegressor(
            operators=list(OPERATORS), time_budget=seconds, n_jobs=threads, random_state=0
        ).fit(pd.DataFrame(task.X, columns=task.names), task.y)
    used = time.monotonic() - began
    formulas, place = list(model.front_["expression"]), model.recommended_
    record: Record = {
        "part": task.part, "name": task.name, "n_rows": len(task.y), "n_columns": len(task.names),
        "seconds": seconds, "used": round(used, 2), **task.about,
        "recommended": formulas[place].text(digits=6), "constant": not formulas[place].variables,
        "verdict": model.verdict_, "loss": float(model.front_["loss"].iloc[place]),
        "probability": model.finding_.rivals[0].probability if model.finding_ else None,
    }  # fmt: skip
    if task.problem is not None and task.part == "laws":
        judge = Judge.of(task.problem)
        laws = [judge.verdict(formula).law for formula in formulas]
        record.update(on_front=any(laws), picked=laws[place])
    if task.part == "rounded":
        rmse = model.front_["rmse"].to_numpy()
        step = step_of(task.y) or task.about["step"]
        good = np.flatnonzero(rmse <= _AS_GOOD * step / math.sqrt(12.0))
        record["holds"] = not len(good) or int(good[0]) == len(rmse) - 1
    return {**record, **facts()}


def summary(records: Iterable[Record]) -> str:
    """The figures, in lines."""
    by_part: dict[str, list[Record]] = {}
    for record in {(one["part"], one["name"]): one for one in records}.values():
        by_part.setdefault(record["part"], []).append(record)
    lines: list[str] = []
    if null := by_part.get("null"):
        constant = sum(one["constant"] for one in null)
        sure = sum(one["verdict"] == "identified" for one in null)
        lines.append(f"noise: a constant in {constant} of {len(null)}, identified in {sure}")
    if rounded := by_part.get("rounded"):
        holds = sum(one["holds"] for one in rounded)
        lines.append(f"rounded: nothing follows the step in {holds} of {len(rounded)}")
    if laws := by_part.get("laws"):
        lines += _of_laws(laws)
    return "\n".join(lines)


def _of_laws(laws: Sequence[Record]) -> list[str]:
    able = [one for one in laws if one["share"] <= LEARNABLE]
    there = [one for one in able if one["on_front"]]
    beyond = [one for one in laws if one["share"] >= BEYOND]
    sure = sum(one["verdict"] == "identified" for one in beyond)
    lines = [
        f"learnable: on the front {len(there)} of {len(able)}, of these recommended"
        f" {sum(one['picked'] for one in there)}",
        f"beyond what rows tell: identified {sure} of {len(beyond)}",
    ]
    said = [one for one in laws if not one["constant"]]
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        own = [one for one in said if low <= one["probability"] < high + (number == _BINS - 1)]
        if own:
            stated = np.mean([one["probability"] for one in own])
            right = np.mean([one["picked"] for one in own])
            lines.append(f"stated {stated:.2f}: right {right:.2f} of {len(own)}")
    return lines


def untold(records: Iterable[Record]) -> str:
    """Of learnable laws that are not on the front, how many take more nats on their rows than what is there.

    No search can put a formula forward whose description is longer than that of another one that it found.
    """
    tables = {task.name: task for task in law_tasks(COUNTS["laws"])}
    misses = [
        one for one in records if one["part"] == "laws" and one["share"] <= LEARNABLE and not one["on_front"]
    ]
    longer = sum(_nats(tables[one["name"]], None) > _nats(tables[one["name"]], one) for one in misses)
    return (
        f"learnable, not on the front: {len(misses)}; longer to describe than the recommended one: {longer}"
    )


def _nats(task: Task, record: Record | None) -> float:
    """Nats of a table's law, its constants fitted, or of what a record says was recommended."""
    assert task.problem is not None
    text = task.problem.formula if record is None else record["recommended"]
    sample = Sample(task.X, task.y, task.names, np.ones(len(task.y)))
    criteria = criteria_on(sample, OPERATORS)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fit = fitted(model_of(parse(text)), sample)
        except DataError:
            return math.inf
    loss = fit.squares / len(task.y) / float(np.var(task.y))
    return description_length(Entry(fit.expression, 0.0, loss, fit.expression), criteria, sample)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.few_rows", description=__doc__)
    add = parser.add_argument
    add("--parts", nargs="+", choices=list(PARTS), default=list(PARTS), help="which parts")
    add("--limit", type=int, help="tables of each part, the first ones")
    add("--seconds", type=float, help="time of each fit; 10, 10 and 20 by default")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--seed", type=int, default=SEED, help="other tables, to develop with; the default is for claims")
    add("--results", type=Path, default=RESULTS, help="file of records")
    add("--summary", action="store_true", help="only tell what the file holds")
    add("--untold", action="store_true", help="also count laws that the rows do not tell from what was found")
    options = parser.parse_args(arguments)
    print(describe(facts()))
    records = written(options.results)
    if not options.summary:
        _run_all(options, records)
    print(summary(records))
    if options.untold:
        print(untold(records))


def _run_all(options: argparse.Namespace, records: list[Record]) -> None:
    done = {(one["part"], one["name"]) for one in records}
    for part in options.parts:
        count = COUNTS[part] if options.limit is None else min(options.limit, COUNTS[part])
        for task in PARTS[part](count, options.seed):
            if (part, task.name) in done:
                continue
            record = run(task, options.seconds or SECONDS[part], options.threads)
            records.append(record)
            append(options.results, record)
            print(task.name, record["verdict"], record["recommended"], flush=True)


if __name__ == "__main__":
    main()
