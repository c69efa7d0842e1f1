"""gplearn: classic genetic programming, one objective with a parsimony penalty.

It has no clock, no front and no fitting of constants. So it goes on generation by generation (warm start)
until the time is up, and its front is the best formula of each length in any generation, thinned to those
that no shorter one beats. It recommends the one of best penalised fitness, with its default penalty. The
functions that it lacks are added; its own division, square root and logarithm are protected.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from gplearn.functions import make_function
from gplearn.genetic import SymbolicRegressor

from benchmarks.candidates import with_free_numbers
from benchmarks.engines import OPERATORS, EngineResult, FrontRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
BUILT_IN = ("sqrt", "log", "sin", "cos")
POPULATION = 2000
SAFETY = 0.9


def _square(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.square(x))


def _bounded_exp(x: NDArray[Any]) -> NDArray[Any]:
    # gplearn accepts only functions that stay finite
    return np.asarray(np.exp(np.minimum(x, 300.0)))


def _clipped_asin(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.arcsin(np.clip(x, -1.0, 1.0)))


def _clipped_acos(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.arccos(np.clip(x, -1.0, 1.0)))


ADDED = {
    "square": _square,
    "exp": _bounded_exp,
    "asin": _clipped_asin,
    "acos": _clipped_acos,
    "tanh": np.tanh,
}


def fit(
    X: NDArray[Any], y: NDArray[Any], names: Sequence[str], seconds: float, threads: int, seed: int
) -> EngineResult:
    """Breed generations until the next one would take longer than is left."""
    start = time.perf_counter()
    model = _model(threads, seed)
    best: dict[int, Any] = {}
    last = 0.0
    while not best or time.perf_counter() + last / SAFETY < start + seconds:
        begin = time.perf_counter()
        model.fit(X, y)
        for program in model._programs[-1]:
            kept = best.get(program.length_)
            if kept is None or program.raw_fitness_ < kept.raw_fitness_:
                best[program.length_] = program
        model.set_params(generations=model.generations + 1)
        last = time.perf_counter() - begin
    used = time.perf_counter() - start
    programs = _front(list(best.values()))
    rows = [FrontRow(_formula(p.program, names), p.length_, float(p.raw_fitness_)) for p in programs]
    picked = min(range(len(programs)), key=lambda i: programs[i].fitness())
    return EngineResult(rows, picked, used, POPULATION * (model.generations - 1))


def _model(threads: int, seed: int) -> SymbolicRegressor:
    functions = [ARITHMETIC.get(name, name) for name in OPERATORS if name in (*ARITHMETIC, *BUILT_IN)]
    added = [make_function(function=f, name=name, arity=1, wrap=False) for name, f in ADDED.items()]
    return SymbolicRegressor(
        population_size=POPULATION,
        generations=1,
        metric="mse",
        function_set=[*functions, *added],
        const_range=(-5.0, 5.0),
        low_memory=True,
        warm_start=True,
        n_jobs=threads,
        random_state=seed,
    )


def _front(programs: list[Any]) -> list[Any]:
    """Programs that no shorter one beats, by length."""
    kept: list[Any] = []
    for program in sorted(programs, key=lambda p: p.length_):
        if not kept or program.raw_fitness_ < kept[-1].raw_fitness_:
            kept.append(program)
    return kept


def _formula(program: list[Any], names: Sequence[str]) -> Any:
    """Prefix program to a formula."""
    stack: list[str] = []
    for node in reversed(program):
        if isinstance(node, int | np.integer):
            stack.append(f"`{names[int(node)]}`")
        elif isinstance(node, float | np.floating):
            stack.append(f"({float(node)!r})")
        else:
            arguments = [stack.pop() for _ in range(node.arity)]
            stack.append(_call(node.name, arguments))
    return with_free_numbers(stack[0], names)


def _call(name: str, arguments: list[str]) -> str:
    for sign, word in ARITHMETIC.items():
        if name == word:
            return f"({arguments[0]} {sign} {arguments[1]})"
    # the functions are protected: gplearn takes abs() before sqrt and log
    inner = f"abs({arguments[0]})" if name in ("sqrt", "log") else arguments[0]
    return f"{name}({inner})"
