"""The constants of many skeletons, fitted from several starts each.

After exhaustive symbolic regression (Bartlett, Desmond and Ferreira 2023), with scale and offset projected
out.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.fit import fit_constants, fit_space, score
from symlaw.engine.program import MAX_NODES, Program
from symlaw.engine.step_control import begin
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.search.exhaustive.skeletons import NUMBER, Symbols, skeletons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

_LEAST_LOSS = 1e-14
# How many times as long the next size takes.
_GROWTH = 9.0
# Starts of each skeleton; steps of each and of the best one, and by what share of the loss they end.
STARTS, _STEPS, _MORE, _TOLERANCE, _FINE = 6, 30, 60, 1e-4, 1e-8
_MOST_NUMBERS = 4
# What an operator does to the size of its arguments, roughly.
_SUM, _PRODUCT, _QUOTIENT, _ROOT, _SQUARE, _LOGARITHM, _OTHER = range(7)
_EFFECTS = {
    "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _QUOTIENT, "sqrt": _ROOT, "square": _SQUARE, "log": _LOGARITHM,
}  # fmt: skip


class Fitted(NamedTuple):
    """Skeletons of one size with their constants.

    Attributes
    ----------
    tokens
        int16 (n, size).
    values
        Constants at their places, float64 (n, MAX_NODES).
    losses
        What they leave of the target's variance, float64 (n,).
    """

    tokens: NDArray[np.int16]
    values: Array
    losses: Array


def fit_skeletons(tokens: NDArray[np.int16], symbols: Symbols, problem: Problem) -> Fitted:
    """Fit the constants of skeletons of one size on a problem's probe rows."""
    operators = problem.language.operators
    places = {row.name: code for code, row in enumerate(operators, FIRST_OPERATOR)}
    codes = [CONSTANT, *[VARIABLE] * len(symbols.variables), *(places[row.name] for row in symbols.operators)]
    columns = [0, *range(len(symbols.variables)), *[0] * len(symbols.operators)]
    effects = np.array([_EFFECTS.get(row.name, _OTHER) for row in operators], np.int64)
    n, size = tokens.shape
    every, where = np.zeros((n, MAX_NODES), np.int16), np.zeros((n, MAX_NODES), np.int16)
    every[:, :size], where[:, :size] = np.array(codes)[tokens], np.array(columns)[tokens]
    rows = problem.probe
    found = Fitted(tokens, np.zeros((n, MAX_NODES)), np.full(n, np.inf))
    able = np.flatnonzero(np.sum(tokens == NUMBER, axis=1) <= _MOST_NUMBERS)
    # the same draws for every skeleton
    draws = np.random.Generator(np.random.Philox(20231016)).normal(size=(STARTS, MAX_NODES))
    largest = np.sqrt(np.mean(np.asarray(rows.X) ** 2, axis=1))
    trial, stack = np.zeros(MAX_NODES), np.zeros(MAX_NODES)
    batch = _Skeletons(every, where, size, draws, largest, effects, trial, stack, found.values, found.losses)
    fit_all(able, batch, kernel_table(operators), rows, fit_space(len(rows.target), rows))
    return found


def shortest_fitted(
    problem: Problem, per_node: float, count: int, most: int, seconds: float = math.inf
) -> list[Expression]:
    """Formulas with fitted constants of short descriptions, the shortest first, without scale and offset.

    Parameters
    ----------
    problem
        The rows, all of which are probe rows, and the language.
    per_node
        Nats for each node of a formula.
    count
        How many formulas.
    most
        Skeletons that may be fitted: all of a size or none.
    seconds
        Time that it may take, about: no size is begun that would take longer, if it grows as the last ones.
    """
    symbols, n_rows = Symbols.of(problem.language), len(problem.probe.target)
    began = last = time.monotonic()
    found: list[tuple[float, Expression]] = []
    for tokens in skeletons(symbols, most, int(problem.language.max_complexity)):
        fitted = fit_skeletons(tokens, symbols, problem)
        size = tokens.shape[1]
        # scale and offset are fitted too
        free = n_rows - 2 - np.sum(tokens == NUMBER, axis=1)
        with np.errstate(all="ignore"):
            data = 0.5 * free * np.log(np.maximum(fitted.losses, _LEAST_LOSS))
            spent = 0.5 * (n_rows - free) * np.log(n_rows)
        lengths = np.where((free >= 1) & np.isfinite(fitted.losses), data + spent + per_node * size, np.inf)
        best = np.argsort(lengths, kind="stable")[:count]
        found += [
            (float(lengths[k]), symbols.formula(tokens[k].tolist(), fitted.values[k, :size].tolist()))
            for k in best
            if np.isfinite(lengths[k])
        ]
        now = time.monotonic()
        if now - began + _GROWTH * (now - last) > seconds:
            break
        last = now
    found.sort(key=lambda one: one[0])
    return [formula for _, formula in found[:count]]


@record
class _Skeletons(NamedTuple):
    """Skeletons of one size, and what comes of them.

    Attributes
    ----------
    codes, columns
        Node arrays, int16 (n, MAX_NODES), of which the first ``size`` count.
    draws
        Standard normal numbers that starts are made of, float64 (n_starts, MAX_NODES).
    largest
        Size of each column, float64 (n_features,).
    effects
        What each operator does to sizes.
    trial, stack
        Scratch, float64 (MAX_NODES,).
    values, losses
        Filled with the best of the starts.
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    size: int
    draws: Array
    largest: Array
    effects: NDArray[np.int64]
    trial: Array
    stack: Array
    values: Array
    losses: Array


@kernel
def fit_all(able, batch, table, rows, space):  # type: ignore[no-untyped-def]
    """Fit skeletons from several starts each.

    Parameters
    ----------
    able
        Which of them, int64.
    batch
        `_Skeletons`.
    table, rows, space
        As in `symlaw.engine.fit.fit_constants`.
    """
    codes, columns, size, losses = batch.codes, batch.columns, batch.size, batch.losses
    trial, values = batch.trial, batch.values
    for number in able:
        for start in range(len(batch.draws)):
            _begin(number, start, batch, table)
            program = Program(codes[number], columns[number], trial)
            loss = score(program, size, table, rows, space)
            if not loss < np.inf:
                continue
            begin(space.damping)
            loss, _, _ = fit_constants(program, size, table, rows, space, _STEPS, _TOLERANCE)
            if loss < losses[number]:
                losses[number] = loss
                for place in range(size):
                    values[number, place] = trial[place]
        if losses[number] < 1.0:
            program = Program(codes[number], columns[number], values[number])
            begin(space.damping)
            losses[number], _, _ = fit_constants(program, size, table, rows, space, _MORE, _FINE)


@kernel
def _begin(number, start, batch, table):  # type: ignore[no-untyped-def]
    """Fill ``trial`` with constants of the size of what they stand beside."""
    codes, columns, draws = batch.codes[number], batch.columns[number], batch.draws[start]
    size, largest, effects, trial, stack = batch.size, batch.largest, batch.effects, batch.trial, batch.stack
    depth = 0
    for place in range(size):
        code = codes[place]
        trial[place] = 0.0
        if code == CONSTANT:
            # marked by its place until its neighbour is known
            stack[depth] = -1.0 - place
            depth += 1
            continue
        if code == VARIABLE:
            stack[depth] = largest[columns[place]]
            depth += 1
            continue
        effect = effects[code - FIRST_OPERATOR]
        if table.arity[code] == 1:
            inner = stack[depth - 1]
            if effect == _ROOT:
                inner = inner**0.5
            elif effect == _SQUARE:
                inner = inner * inner
            elif effect == _LOGARITHM:
                inner = abs(np.log(inner + 1e-300)) + 1.0
            else:
                inner = 1.0
            stack[depth - 1] = inner
            continue
        left, right = stack[depth - 2], stack[depth - 1]
        depth -= 1
        if left < 0.0 or right < 0.0:
            marked = left if left < 0.0 else right
            other = right if left < 0.0 else left
            here = np.int64(-1.0 - marked)
            draw = draws[here]
            sign = 1.0 if draw >= 0.0 else -1.0
            draw *= 1.5
            if effect == _SUM:
                trial[here] = other * draw
                stack[depth - 1] = 1.5 * other
            elif effect == _PRODUCT:
                trial[here] = 2.0 * sign * np.exp(draw) / max(other, 1e-300)
                stack[depth - 1] = 2.0
            else:
                trial[here] = other * sign * np.exp(draw)
                stack[depth - 1] = 1.0
            continue
        if effect == _SUM:
            stack[depth - 1] = max(left, right)
        elif effect == _PRODUCT:
            stack[depth - 1] = left * right
        else:
            stack[depth - 1] = left / max(right, 1e-300)
