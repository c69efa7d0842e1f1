"""Statements about a law's values, derived from the law: true ones, and one that is false.

All are verified on many points of the box in which the law's rows are drawn. They are what somebody who knows
the subject may know: directions, curvature, signs and symmetries, not numbers.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.engines import OPERATORS
from symlaw.knowledge.statements.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.problems import Problem

# Points that a law is looked at on, and by how many standard deviations of the noise it breaks what is false.
POINTS, CLEARLY = 4000, 3.0
# Bounds in words: signs, and what probabilities and waves keep to.
BOUNDS = ("y >= 0", "y <= 0", "-1 <= y <= 1")
ARITHMETIC = ("+", "-", "*", "/", "square")
# Most true statements that go with a false one.
BESIDE = 2


def domain_of(problem: Problem) -> dict[str, tuple[float, float]]:
    """The box of a problem, by input."""
    return {variable.name: (variable.low, variable.high) for variable in problem.inputs}


def functions_of(problem: Problem) -> list[str]:
    """The functions that a law is made of, beside arithmetic and squares."""
    own = {row.name for row in problem.expression.operators}
    return [name for name in OPERATORS if name in own and name not in ARITHMETIC]


def operators_told(problem: Problem, told: str) -> list[str] | None:
    """The operators that an engine is told a law has at most; None where it is told nothing of them."""
    return [*ARITHMETIC, *functions_of(problem)] if told in ("functions", "required") else None


def candidates(problem: Problem) -> list[str]:
    """Sentences that may or may not be true of a problem."""
    names = problem.names
    words = [
        f"{word} in {name}" for name in names for word in ("increasing", "decreasing", "convex", "concave")
    ]
    spanning = [variable.name for variable in problem.inputs if variable.low < 0 < variable.high]
    words += [f"{word} in {name}" for name in spanning for word in ("even", "odd")]
    ranges = {variable.name: (variable.low, variable.high) for variable in problem.inputs}
    words += [f"symmetric in {a}, {b}" for a, b in combinations(names, 2) if ranges[a] == ranges[b]]
    return [*words, *BOUNDS]


def misses(problem: Problem, sentences: Sequence[str]) -> NDArray[np.float64]:
    """By how much a law breaks each sentence, in standard deviations of its values; 0 where it does not."""
    X = problem.fresh(POINTS, purpose="statements").X
    unit = float(np.std(problem.values(X)))
    shape = shape_of(
        [{"that": sentence, "weight": 1.0} for sentence in sentences],
        domain_of(problem),
        problem.names,
        "y",
        X,
        unit,
    )
    if shape is None:
        return np.zeros(0)
    worst = [shape.worst(problem.expression, number).excess for number in range(len(sentences))]
    return np.maximum(np.array(worst), 0.0) / unit


def true_statements(problem: Problem) -> list[str]:
    """What holds of a law; of a linear dependence, that it is convex and concave is left out."""
    sentences = candidates(problem)
    held = [one for one, off in zip(sentences, misses(problem, sentences), strict=True) if off == 0.0]
    linear = {one for one in held if one.replace("convex", "concave") in held and one.startswith("convex")}
    return [one for one in held if one not in linear and one.replace("concave", "convex") not in linear]


def false_statement(problem: Problem, noise: float, seed: int) -> str:
    """One that a law breaks by more than `CLEARLY` standard deviations of the noise; empty where none is.

    Parameters
    ----------
    problem
        The law.
    noise
        Standard deviation of the noise as a share of the target's RMS.
    seed
        Chooses among them.
    """
    sentences = candidates(problem)
    clean = problem.fresh(POINTS, purpose="statements").y
    least = CLEARLY * noise * float(np.sqrt(np.mean(clean**2))) / float(np.std(clean))
    broken = [
        one
        for one, off in zip(sentences, misses(problem, sentences), strict=True)
        if np.isfinite(off) and off > least
    ]
    return str(problem.random(seed, "false statement").choice(broken)) if broken else ""


def statements_for(problem: Problem, told: str, noise: float, seed: int) -> tuple[list[str], str]:
    """What an engine is told, and which of it is false: ``told`` is as in `benchmarks.trial.Trial`."""
    if not told:
        return [], ""
    held = true_statements(problem)
    if told != "false":
        return held, ""
    wrong = false_statement(problem, noise, seed)
    beside = [str(one) for one in problem.random(seed, "beside").permutation(held)]
    kept = [one for one in beside if _agrees(problem, [one, wrong])][:BESIDE]
    return ([*kept, wrong] if wrong else kept), wrong


def _agrees(problem: Problem, sentences: Sequence[str]) -> bool:
    """Whether sentences are not refused as contradicting each other."""
    X = problem.fresh(8, purpose="statements").X
    try:
        shape_of([one for one in sentences if one], domain_of(problem), problem.names, "y", X, 1.0)
    except ValueError:
        return False
    return True
