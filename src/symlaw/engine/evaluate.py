"""Values of expressions: the block interpreter over postfix tapes.

Rows are taken in blocks that stay in the first-level cache. Variables are read where the data lie;
constants fill a block; each operator writes to one of two slots of its stack place, never to the slot of
its argument, so that its loop vectorises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.blocks import BLOCK, STRIDE, kernel_table
from symlaw.engine.compiling.jit import address_of, call_forward, kernel
from symlaw.engine.tape import CONSTANT, VARIABLE, Tape, operators_of, to_tape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression


def evaluate(
    expressions: Sequence[Expression], X: ArrayLike, variables: Sequence[str], *, real: str = "float64"
) -> NDArray[Any]:
    """Values of several expressions on the same rows.

    Parameters
    ----------
    expressions
        The formulas.
    X
        Data (n_samples, n_features).
    variables
        Names of the columns of ``X``.
    real
        ``"float64"``, or ``"float32"`` to store values in single precision.

    Returns
    -------
    ndarray of shape (n_expressions, n_samples)
        Undefined values are nan; nothing is raised for them.
    """
    operators = operators_of(expressions)
    tape = to_tape(expressions, operators, variables)
    table = kernel_table(operators, derivatives=False, real=real)
    columns = np.ascontiguousarray(np.asarray(X, dtype=real).T)
    out = np.empty((len(expressions), columns.shape[1]), dtype=real)
    evaluate_tape(tape, table.arity, table.forward, columns, out, *stack_space(tape, real))
    return out


def stack_space(tape: Tape, real: str = "float64") -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Scratch for `evaluate_tape`: value slots and the stack of addresses."""
    longest = int(np.max(np.diff(tape.starts), initial=1))
    # operators of three arguments alone leave two leaves on the stack for each of them
    depth = 2 * longest // 3 + 2
    return np.empty((2 * depth, STRIDE), dtype=real), np.empty((2, depth), np.int64)


@kernel
def evaluate_tape(tape, arity, forward, X, out, slots, stack):  # type: ignore[no-untyped-def]
    """Values of every expression of a tape; X is (n_features, n_rows), out (n_expressions, n_rows)."""
    n_rows = X.shape[1]
    item = X.itemsize
    data, slot, result = address_of(X), address_of(slots), address_of(out)
    slot_size = STRIDE * item
    for number in range(len(tape.starts) - 1):
        begin, end = tape.starts[number], tape.starts[number + 1]
        for first in range(0, n_rows, BLOCK):
            n = min(BLOCK, n_rows - first)
            depth = 0
            for place in range(begin, end):
                code = tape.codes[place]
                if code == VARIABLE:
                    stack[0, depth] = data + (np.int64(tape.columns[place]) * n_rows + first) * item
                    stack[1, depth] = 0
                elif code == CONSTANT:
                    for i in range(n):
                        slots[2 * depth, i] = tape.values[place]
                    stack[0, depth] = slot + 2 * depth * slot_size
                    stack[1, depth] = 0
                else:
                    depth -= arity[code]
                    other = 1 - stack[1, depth]
                    target = slot + (2 * depth + other) * slot_size
                    if place == end - 1:
                        target = result + (number * n_rows + first) * item
                    second = stack[0, depth + 1] if arity[code] > 1 else 0
                    third = stack[0, depth + 2] if arity[code] > 2 else 0
                    call_forward(forward[code], stack[0, depth], second, third, target, n)
                    stack[0, depth] = target
                    stack[1, depth] = other
                depth += 1
            if end - begin == 1:
                if tape.codes[begin] == VARIABLE:
                    for i in range(first, first + n):
                        out[number, i] = X[tape.columns[begin], i]
                else:
                    for i in range(first, first + n):
                        out[number, i] = tape.values[begin]
