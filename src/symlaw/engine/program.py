"""One formula at a time, all node values kept: the form that derivatives and searches compute on.

A `Program` is a view on arrays that a searcher owns; nothing here allocates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import STRIDE
from symlaw.engine.compiling.jit import (
    address_of,
    call_backward,
    call_backward_of_three,
    call_forward,
    inner,
    kernel,
)
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.language.operators.row import MAX_ARITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_NODES = 64
MAX_CONSTANTS = 16


class Program(NamedTuple):
    """Node arrays of one formula in postfix order, as in `symlaw.engine.tape.Tape`."""

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    values: NDArray[np.float64]


@record
class Workspace(NamedTuple):
    """Scratch for one thread.

    Attributes
    ----------
    values, adjoints
        Value and adjoint of each node over a block, float64 (MAX_NODES, STRIDE).
    address
        Where each node's values lie, int64 (MAX_NODES,).
    slope_address
        Where each node's adjoint lies, int64 (MAX_NODES,); `link_and_mark` points it into ``adjoints``.
    children
        Arguments of each node, int64 (MAX_ARITY, MAX_NODES).
    stack
        int64 (MAX_NODES,).
    needed
        Whether a node's adjoint is wanted, int64 (MAX_NODES,).
    """

    values: NDArray[np.float64]
    adjoints: NDArray[np.float64]
    address: NDArray[np.int64]
    slope_address: NDArray[np.int64]
    children: NDArray[np.int64]
    stack: NDArray[np.int64]
    needed: NDArray[np.int64]


def workspace() -> Workspace:
    """Fresh scratch."""
    return Workspace(
        np.zeros((MAX_NODES, STRIDE)),
        np.zeros((MAX_NODES, STRIDE)),
        np.zeros(MAX_NODES, np.int64),
        np.zeros(MAX_NODES, np.int64),
        np.zeros((MAX_ARITY, MAX_NODES), np.int64),
        np.zeros(MAX_NODES, np.int64),
        np.zeros(MAX_NODES, np.int64),
    )


@inner
def link(program, length, arity, work):  # type: ignore[no-untyped-def]
    """Find each node's arguments."""
    depth = 0
    for place in range(length):
        count = arity[program.codes[place]]
        depth += 1 - count
        if count > 0:
            work.children[0, place] = work.stack[depth - 1]
            if count > 1:
                work.children[1, place] = work.stack[depth]
                if count > 2:
                    work.children[2, place] = work.stack[depth + 1]
        work.stack[depth - 1] = place


@kernel
def forward(program, length, table, X, first, n, work):  # type: ignore[no-untyped-def]
    """Values of all nodes for rows first to first + n (at most BLOCK) of X (n_features, n_rows).

    `link` comes before. Returns nothing; the formula's values are at ``work.address[length - 1]``.
    """
    base, data = address_of(work.values), address_of(X)
    n_rows = X.shape[1]
    for place in range(length):
        code = program.codes[place]
        if code == VARIABLE:
            work.address[place] = data + 8 * (np.int64(program.columns[place]) * n_rows + first)
            continue
        target = base + 8 * STRIDE * place
        work.address[place] = target
        if code == CONSTANT:
            for i in range(n):
                work.values[place, i] = program.values[place]
        else:
            left = work.address[work.children[0, place]]
            right = work.address[work.children[1, place]] if table.arity[code] > 1 else 0
            third = work.address[work.children[2, place]] if table.arity[code] > 2 else 0
            call_forward(table.forward[code], left, right, third, target, n)


@inner
def root_values(program, length, X, first, n, out, work):  # type: ignore[no-untyped-def]
    """Copy the formula's values after `forward` into out[first : first + n]."""
    root = length - 1
    if program.codes[root] == VARIABLE:
        column = program.columns[root]
        for i in range(n):
            out[first + i] = X[column, first + i]
    else:
        for i in range(n):
            out[first + i] = work.values[root, i]


@inner
def link_and_mark(program, length, arity, wanted, work):  # type: ignore[no-untyped-def]
    """As `link`, and mark nodes above leaves of code ``wanted`` (CONSTANT or VARIABLE)."""
    base = address_of(work.adjoints)
    depth = 0
    for place in range(length):
        code = program.codes[place]
        count = arity[code]
        depth += 1 - count
        mark = 1 if code == wanted else 0
        if count > 0:
            left = work.stack[depth - 1]
            work.children[0, place] = left
            mark |= work.needed[left]
            if count > 1:
                right = work.stack[depth]
                work.children[1, place] = right
                mark |= work.needed[right]
                if count > 2:
                    third = work.stack[depth + 1]
                    work.children[2, place] = third
                    mark |= work.needed[third]
        work.stack[depth - 1] = place
        work.needed[place] = mark
        work.slope_address[place] = base + 8 * STRIDE * place


@kernel
def backward(program, length, table, n, work):  # type: ignore[no-untyped-def]
    """Adjoints of all needed nodes after `forward`: d(formula)/d(node) at ``work.slope_address``."""
    root = length - 1
    for i in range(n):
        work.adjoints[root, i] = 1.0
    for step in range(length):
        place = root - step
        code = program.codes[place]
        if table.arity[code] == 0 or work.needed[place] == 0:
            continue
        left = work.address[work.children[0, place]]
        right = work.address[work.children[1, place]] if table.arity[code] > 1 else 0
        seed = work.slope_address[place]
        for argument in range(table.arity[code]):
            child = work.children[argument, place]
            if work.needed[child] == 0:
                continue
            if table.passes[argument, code] != 0 and table.arity[program.codes[child]] > 0:
                # a leaf's slope is wanted where it was asked for; between operators the seed is shared
                work.slope_address[child] = seed
            else:
                target = work.slope_address[child]
                address = table.backward[argument, code]
                value = work.address[place]
                if table.arity[code] < 3:
                    call_backward(address, left, right, value, seed, target, n)
                else:
                    third = work.address[work.children[2, place]]
                    call_backward_of_three(address, left, right, third, value, seed, target, n)
