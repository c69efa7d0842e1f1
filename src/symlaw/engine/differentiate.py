"""Exact first derivatives of expressions: by their constants and by their inputs.

One reverse sweep over each block of rows gives all of them at once (Griewank and Walther 2008, chapter 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import address_of, kernel
from symlaw.engine.program import (
    MAX_NODES,
    Program,
    backward,
    forward,
    link_and_mark,
    root_values,
    workspace,
)
from symlaw.engine.tape import CONSTANT, VARIABLE, operators_of, to_tape
from symlaw.errors import SymlawError
from symlaw.language.expression import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.engine.tape import Tape
    from symlaw.language.expression import Expression


# Rows in one sweep: values and adjoints of a whole formula stay in the first-level cache.
SWEEP = 128


class TooLong(SymlawError, ValueError):
    """An expression has more nodes than derivatives are made for."""


def value_and_jacobian(
    expression: Expression, X: ArrayLike, variables: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values and their derivatives by each constant.

    Parameters
    ----------
    expression
        At most 64 nodes.
    X
        (n_samples, n_features).
    variables
        Names of the columns.

    Returns
    -------
    values
        (n_samples,).
    jacobian
        (n_samples, n_constants), constants left to right.

    Raises
    ------
    TooLong
        When the expression has more than 64 nodes.
    """
    values, slopes = _prepared(expression, X, variables, CONSTANT)[1]()
    return values, slopes.T


def value_and_gradient(
    expression: Expression, X: ArrayLike, variables: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values and their derivatives by each column of the data.

    Returns
    -------
    values
        (n_samples,).
    gradient
        (n_samples, n_features).
    """
    values, slopes = _prepared(expression, X, variables, VARIABLE)[1]()
    gradient = np.zeros((len(variables), len(values)))
    leaves = [node.name for node in expression.nodes if isinstance(node, Variable)]
    for slope, name in zip(slopes, leaves, strict=True):
        gradient[list(variables).index(name)] += slope
    return values, gradient.T


def by_constants(
    expression: Expression, X: ArrayLike, variables: Sequence[str]
) -> Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """`value_and_jacobian` as a function of the constants, for fits that ask for it many times.

    What the function gives is overwritten when it is called again.

    Raises
    ------
    TooLong
        When the expression has more than 64 nodes.
    """
    tape, swept = _prepared(expression, X, variables, CONSTANT)
    places = np.flatnonzero(tape.codes == CONSTANT)

    def differentiated(constants: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        tape.values[places] = constants
        values, slopes = swept()
        return values, slopes.T

    return differentiated


def _prepared(
    expression: Expression, X: ArrayLike, variables: Sequence[str], wanted: int
) -> tuple[Tape, Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]]:
    """A formula's tape, and what gives values and slopes by its leaves of code ``wanted`` as they stand."""
    if len(expression.nodes) > MAX_NODES:
        raise TooLong(f"the formula has {len(expression.nodes)} nodes: derivatives take at most {MAX_NODES}")
    operators = operators_of([expression])
    tape, table = to_tape([expression], operators, variables), kernel_table(operators)
    columns, work = np.ascontiguousarray(np.asarray(X, dtype=float).T), workspace()
    values = np.empty((1, columns.shape[1]))
    slopes = np.empty((int(np.sum(tape.codes == wanted)), columns.shape[1]))

    def swept() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        differentiate_tape(tape, table, columns, wanted, values, slopes, work)
        return values[0], slopes

    return tape, swept


@kernel
def differentiate_tape(tape, table, X, wanted, values, slopes, work):  # type: ignore[no-untyped-def]
    """Values of every expression, and their slopes by each leaf of code ``wanted``.

    X is (n_features, n_rows), values (n_expressions, n_rows), slopes (n_leaves, n_rows) over all
    expressions in order.
    """
    n_rows = X.shape[1]
    base, leaf = address_of(slopes), 0
    for number in range(len(tape.starts) - 1):
        begin, end = tape.starts[number], tape.starts[number + 1]
        program = Program(tape.codes[begin:end], tape.columns[begin:end], tape.values[begin:end])
        length = end - begin
        link_and_mark(program, length, table.arity, wanted, work)
        first_leaf = leaf
        for first in range(0, n_rows, SWEEP):
            n = min(SWEEP, n_rows - first)
            leaf = first_leaf
            for place in range(length):
                if program.codes[place] == wanted:
                    # the sweep writes where the slopes are wanted; nothing is copied
                    work.slope_address[place] = base + 8 * (leaf * n_rows + first)
                    leaf += 1
            forward(program, length, table, X, first, n, work)
            root_values(program, length, X, first, n, values[number], work)
            backward(program, length, table, n, work)
            if length == 1 and leaf > first_leaf:
                for i in range(n):
                    slopes[first_leaf, first + i] = 1.0
