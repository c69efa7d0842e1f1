"""Harder variants of a problem: an input frozen to a number, and columns that the law does not use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language import Constant, Variable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.problems.problem import Input, Problem
    from symlaw.language.expression import Node

CORRELATION = 0.9
MAX_TRIES = 50
PROBES = 200
DEFINED = 0.5


class Frozen(NamedTuple):
    """A problem with one input fewer.

    Attributes
    ----------
    problem
        The problem that is left; its law has a number where the input stood.
    name, value
        The input and its number.
    """

    problem: Problem
    name: str
    value: float


def can_freeze(problem: Problem) -> bool:
    """Whether an input can be frozen and another one is left."""
    return len(problem.expression.variables) >= 2


def frozen(problem: Problem, seed: int) -> Frozen:
    """Freeze an input of the law, drawn by the seed, at a number from its range.

    The number has four digits, so that it is no whole one but by chance, and what is left is defined on at
    least half of its ranges and not constant.

    Raises
    ------
    ValueError
        When the law has fewer than two inputs, or no draw leaves such a law.

    Examples
    --------
    >>> from benchmarks.problems import load
    >>> kinetic = load("feynman")[15]
    >>> left, name, value = frozen(kinetic, seed=0)
    >>> set(left.names) | {name} == set(kinetic.names), 1 <= value <= 5
    (True, True)
    """
    if not can_freeze(problem):
        raise ValueError(f"{problem.name} has fewer than two inputs: none can be frozen")
    rng = problem.random(seed, "freeze")
    used = [variable for variable in problem.inputs if variable.name in problem.expression.variables]
    for _ in range(MAX_TRIES):
        chosen = used[int(rng.integers(len(used)))]
        value = float(f"{rng.uniform(chosen.low, chosen.high):.4g}")
        left = _with_number(problem, chosen.name, value)
        if _is_sound(left, rng):
            return Frozen(left, chosen.name, value)
    raise ValueError(f"{problem.name} is no law any more whichever input is frozen")


def _with_number(problem: Problem, name: str, value: float) -> Problem:
    def change(node: Node) -> Node:
        return Constant(value) if isinstance(node, Variable) and node.name == name else node

    formula = problem.expression.map_nodes(change).text()
    return replace(problem, formula=formula, inputs=tuple(v for v in problem.inputs if v.name != name))


def _is_sound(problem: Problem, rng: np.random.Generator) -> bool:
    low, high = ([getattr(v, side) for v in problem.inputs] for side in ("low", "high"))
    y = problem.values(rng.uniform(low, high, (PROBES, len(low))))
    defined = y[np.isfinite(y)]
    return len(defined) >= DEFINED * PROBES and float(np.ptp(defined)) > 0


def irrelevant_names(count: int, taken: list[str]) -> list[str]:
    """Names for irrelevant columns: d1, d2, ..., those that are taken left out."""
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        if f"d{number}" not in taken:
            names.append(f"d{number}")
    return names


def irrelevant_columns(
    problem: Problem, X: NDArray[np.float64], count: int, seed: int
) -> NDArray[np.float64]:
    """Columns that have nothing to do with the law.

    A third of them (rounded) are correlated with true ones: ``0.9 x + sqrt(1 - 0.81) noise`` with ``x`` a
    true column at mean 0 and variance 1, brought back to its mean and spread. The others are uniform in the
    range of some true input.

    Parameters
    ----------
    problem
        Its inputs are the columns of ``X``.
    X
        Training rows, float64 (n_rows, n_inputs).
    count
        How many.
    seed
        The same seed gives the same columns.

    Returns
    -------
    ndarray
        float64 (n_rows, count), the correlated ones first.
    """
    rng = problem.random(seed, "irrelevant")
    places = rng.integers(X.shape[1], size=count)
    n_correlated = round(count / 3)
    columns = [
        _correlated(X[:, place], rng) if number < n_correlated else _unrelated(problem.inputs[place], X, rng)
        for number, place in enumerate(places)
    ]
    return np.stack(columns, axis=1) if columns else np.empty((len(X), 0))


def _correlated(x: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    noise = rng.standard_normal(len(x)) * np.std(x)
    mixed = CORRELATION * (x - np.mean(x)) + np.sqrt(1 - CORRELATION**2) * noise
    return np.asarray(np.mean(x) + mixed)


def _unrelated(like: Input, X: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.uniform(like.low, like.high, len(X))
