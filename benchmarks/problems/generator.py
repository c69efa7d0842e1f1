"""Random laws for tuning: varied, defined everywhere in their ranges, and of ordinary size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.problems.problem import Input, Problem
from symlaw.engine import reference
from symlaw.language import Expression, Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NAMES = ("a", "b", "c", "d", "e")
INFIX, INFIX_WEIGHTS = ("+", "-", "*", "/"), (0.2, 0.18, 0.37, 0.25)
UNARY = ("sqrt", "square", "exp", "log", "sin", "cos", "tanh", "asin", "acos")
UNARY_WEIGHTS = (0.18, 0.26, 0.14, 0.1, 0.12, 0.12, 0.04, 0.02, 0.02)
RANGES = ((1.0, 5.0), (1.0, 3.0), (0.5, 2.0), (0.0, 1.0), (2.0, 10.0), (-2.0, 2.0), (0.0, 6.0))
CONSTANTS = ("2", "3", "0.5", "4", "1", "pi", "{:.2f}")
POWERS = frozenset({"sqrt", "square"})
TRANSCENDENTAL = frozenset(UNARY) - POWERS
MIN_NODES, MAX_NODES = 3, 20
PROBES = 400
MIN_EFFECT = 0.02
# a sine over many periods, or an exponential over many decades, is nothing that data would show
LARGEST_ARGUMENT = {"sin": 15.0, "cos": 15.0, "exp": 6.0, "tanh": 4.0}
# Short laws to claim something on, which nobody looks at before; any other seed is for development.
SHORT_CLAIMS_SEED, N_SHORT_CLAIMS = 20261201, 12


class Recipe(NamedTuple):
    """What kind of laws are drawn.

    Attributes
    ----------
    least, most
        Nodes.
    variables
        Shares of laws with 1, 2, ... variables.
    constants
        Share of the leaves that are constants.
    numbers
        What constants are drawn from; in braces a number from 0.1 to 5.
    """

    least: int = MIN_NODES
    most: int = MAX_NODES
    variables: tuple[float, ...] = (0.12, 0.25, 0.3, 0.2, 0.13)
    constants: float = 0.06
    numbers: tuple[str, ...] = CONSTANTS


_ORDINARY, _SHORT = Recipe(), Recipe(7, 9, (0.2, 0.45, 0.35), 0.25, ("{:.2f}",))
# Share of a short law's variance that no plane explains.
_CURVED = 0.01


class _Part(NamedTuple):
    """A formula while it is put together.

    Attributes
    ----------
    text
        What is written so far.
    loose
        Whether it needs brackets inside products, powers and the like.
    constant
        Whether no variable occurs.
    barred
        Functions that may not be put around it.
    """

    text: str
    loose: bool = False
    constant: bool = False
    barred: frozenset[str] = frozenset()

    def bracketed(self) -> str:
        return f"({self.text})" if self.loose else self.text


def random_problems(seed: int, count: int) -> list[Problem]:
    """Draw laws of 1 to 5 variables and 3 to 20 nodes; the same seed gives the same laws.

    Each is finite in its ranges, of moderate magnitude, not constant, and depends on each of its inputs:
    shuffling one moves the output by at least 2% of its standard deviation.

    Parameters
    ----------
    seed
        Any integer not below 0.
    count
        How many.

    Examples
    --------
    >>> first, second = random_problems(seed=1, count=2)
    >>> first == random_problems(seed=1, count=1)[0]
    True
    """
    return _distinct(seed, count, "random", _ORDINARY, _any_law)


def short_problems(seed: int, count: int) -> list[Problem]:
    """Draw laws of 1 to 3 variables and 7 to 9 nodes, no planes, each with a constant inside.

    Such as ``c*exp(-a**2/b)`` and ``a/(b + 1.37)``; otherwise as `random_problems`.

    Parameters
    ----------
    seed
        Any integer not below 0.
    count
        How many.
    """
    return _distinct(seed, count, "short", _SHORT, _worth_finding)


def has_inner_constant(problem: Problem) -> bool:
    """Whether some constant of a law does more than a fitted scale and offset of the whole."""
    expression, X = problem.expression, _probed(problem)
    values, columns = problem.values(X), dict(zip(problem.names, X.T, strict=True))
    constants = np.array(expression.constants)
    basis = np.stack([np.ones(len(X)), values], axis=1)
    for place in range(len(constants)):
        moved = constants + 1e-5 * (np.arange(len(constants)) == place)
        slope = (reference.values(expression.with_constants(moved), columns) - values) / 1e-5
        rest = slope - basis @ np.linalg.lstsq(basis, slope, rcond=None)[0]
        if np.linalg.norm(rest) > 1e-3 * np.linalg.norm(slope):
            return True
    return False


def _worth_finding(problem: Problem) -> bool:
    """Whether a short law is no straight line or plane, and has a constant inside."""
    X = _probed(problem)
    y, basis = problem.values(X), np.column_stack([np.ones(len(X)), X])
    rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    return bool(np.var(rest) > _CURVED * np.var(y)) and has_inner_constant(problem)


def _probed(problem: Problem) -> NDArray[np.float64]:
    return problem.fresh(PROBES, purpose="kind").X


def _any_law(problem: Problem) -> bool:
    return True


def _distinct(
    seed: int, count: int, name: str, recipe: Recipe, wanted: Callable[[Problem], bool]
) -> list[Problem]:
    """So many different sound laws of a kind."""
    rng = np.random.default_rng(seed)
    problems: list[Problem] = []
    seen: set[str] = set()
    while len(problems) < count:
        index = len(problems)
        problem = _sound_law(rng, f"{name}-{seed}-{index}", index, recipe)
        if problem.formula not in seen and wanted(problem):
            problems.append(problem)
            seen.add(problem.formula)
    return problems


def _sound_law(rng: np.random.Generator, name: str, index: int, recipe: Recipe) -> Problem:
    """Draw the number of variables and the size once, then laws until one is sound."""
    n_variables = 1 + int(rng.choice(len(recipe.variables), p=recipe.variables))
    size = int(rng.integers(max(recipe.least, 2 * n_variables - 1), recipe.most + 1))
    while True:
        names = list(NAMES[:n_variables])
        ranges = [RANGES[i] for i in rng.integers(len(RANGES), size=n_variables)]
        inputs = tuple(Input(n, *r) for n, r in zip(names, ranges, strict=True))
        problem = Problem(name, "generator", index, _grow(rng, size, names, recipe).text, inputs)
        if _is_sound(problem, rng, recipe):
            return problem


def _grow(rng: np.random.Generator, size: int, names: list[str], recipe: Recipe) -> _Part:
    """A part of at most ``size`` nodes over ``names``; a number where there are none."""
    if size <= 1 or not names:
        return _leaf(rng, names, recipe)
    tight = size < 2 * len(names) + 1
    if size == 2 or rng.random() < (0.15 if tight else 0.3):
        return _wrap(rng, _grow(rng, size - 1, names, recipe))
    left_size = int(rng.integers(1, size - 1))
    left_names, right_names = _deal(rng, names)
    left = _grow(rng, left_size, left_names, recipe)
    return _join(rng, left, _grow(rng, size - 1 - left_size, right_names, recipe))


def _wrap(rng: np.random.Generator, inner: _Part) -> _Part:
    """A function of a part; the part alone where that would undo or pile up functions."""
    name = str(rng.choice(UNARY, p=UNARY_WEIGHTS))
    if inner.constant or name in inner.barred:
        return inner
    text = f"{inner.bracketed()}**2" if name == "square" else f"{name}({inner.text})"
    barred = POWERS if name in POWERS else TRANSCENDENTAL
    return _Part(text, barred=barred | (inner.barred & TRANSCENDENTAL))


def _join(rng: np.random.Generator, left: _Part, right: _Part) -> _Part:
    sign = str(rng.choice(INFIX, p=INFIX_WEIGHTS))
    if left.constant and right.constant:
        return left
    if left.text == right.text or (sign in "*/" and "1" in (left.text, right.text)):
        sign = "+"
    spaced = f" {sign} " if sign in "+-" else sign
    barred = (left.barred | right.barred) & TRANSCENDENTAL
    return _Part(f"{left.bracketed()}{spaced}{right.bracketed()}", loose=True, barred=barred)


def _leaf(rng: np.random.Generator, names: list[str], recipe: Recipe) -> _Part:
    if not names or rng.random() < recipe.constants:
        return _Part(str(rng.choice(recipe.numbers)).format(rng.uniform(0.1, 5.0)), constant=True)
    return _Part(str(rng.choice(names)))


def _deal(rng: np.random.Generator, names: list[str]) -> tuple[list[str], list[str]]:
    """Names for each side: mostly disjoint, as in laws of physics, at times none or the same."""
    chance = rng.random()
    if chance < 0.2:
        return names, names
    if chance < 0.28:
        return [], names
    shuffled = [str(name) for name in rng.permutation(names)]
    cut = int(rng.integers(len(names))) + (len(names) > 1)
    return shuffled[:cut], shuffled[cut:]


def _is_sound(problem: Problem, rng: np.random.Generator, recipe: Recipe) -> bool:
    """Whether the law is of the stated size, defined, moderate, and moved by each input."""
    expression = problem.expression
    if not recipe.least <= len(expression.nodes) <= recipe.most:
        return False
    if set(expression.variables) != set(problem.names):
        return False
    low, high = ([getattr(v, side) for v in problem.inputs] for side in ("low", "high"))
    X = rng.uniform(low, high, (PROBES, len(low)))
    y = problem.values(X)
    return _is_moderate(y) and _arguments_moderate(problem, X) and _every_input_matters(problem, X, y, rng)


def _is_moderate(y: NDArray[np.float64]) -> bool:
    if not np.all(np.isfinite(y)):
        return False
    spread, size = float(np.std(y)), float(np.max(np.abs(y)))
    # rows far out hide the rest of the law
    return size < 1e4 and spread > 1e-2 and float(np.max(np.abs(y - np.median(y)))) < 12 * spread


def _arguments_moderate(problem: Problem, X: NDArray[np.float64]) -> bool:
    expression, columns = problem.expression, dict(zip(problem.names, X.T, strict=True))
    for place, node in enumerate(expression.nodes):
        largest = LARGEST_ARGUMENT.get(getattr(node, "name", ""))
        if largest and isinstance(node, Operator):
            argument = Expression(expression.nodes[expression.starts[place] : place])
            if not np.max(np.abs(reference.values(argument, columns))) < largest:
                return False
    return True


def _every_input_matters(
    problem: Problem, X: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator
) -> bool:
    for column in range(X.shape[1]):
        shuffled = X.copy()
        shuffled[:, column] = rng.permutation(X[:, column])
        change = np.sqrt(np.mean((problem.values(shuffled) - y) ** 2))
        if not change > MIN_EFFECT * np.std(y):
            return False
    return True
