"""Right sides of a system at one point, with their slopes by states and by constants.

The same operator kernels as in searches, on one row: a forward sweep gives the rates and a reverse sweep all
slopes, so that sensitivities are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import KernelTable, kernel_table
from symlaw.engine.compiling.jit import (
    address_of,
    call_backward,
    call_backward_of_three,
    call_forward,
    inner,
    kernel,
)
from symlaw.engine.compiling.records import record
from symlaw.engine.flows.around import ALONE
from symlaw.engine.tape import CONSTANT, VARIABLE, operators_of, to_tape
from symlaw.language.expression import Constant
from symlaw.language.operators.row import MAX_ARITY, Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.engine.flows.around import Around
    from symlaw.language.expression import Expression

# How an input is read between its rows.
HELD, LINEAR, CUBIC = 0, 1, 2
_STAGES = 7


@record
class Flow(NamedTuple):
    """A system of equations and scratch for its solution.

    Attributes
    ----------
    codes, columns, starts
        Nodes of the right sides, as in `symlaw.engine.tape.Tape`; columns are states, inputs, then time.
    parameter
        Which constant a node is, -1 where it is none that is fitted, int64 (n_nodes,).
    children
        Arguments of each node, int64 (MAX_ARITY, n_nodes).
    table
        Kernels of the operators.
    values, slopes
        Value and adjoint of each node, float64 (n_nodes,).
    point
        Values of the columns, float64 (n_columns,).
    by_state, by_parameter
        Slopes of the rates, float64 (n_states, n_states) and (n_states, n_parameters).
    state, trial, stages
        States and behind them their slopes by constants and first states, and what steps are made of.
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    starts: NDArray[np.int64]
    parameter: NDArray[np.int64]
    children: NDArray[np.int64]
    table: KernelTable
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    point: NDArray[np.float64]
    by_state: NDArray[np.float64]
    by_parameter: NDArray[np.float64]
    state: NDArray[np.float64]
    trial: NDArray[np.float64]
    stages: NDArray[np.float64]

    @property
    def n_states(self) -> int:
        """Number of equations."""
        return len(self.starts) - 1

    @property
    def n_parameters(self) -> int:
        """Number of constants that are fitted."""
        return int(self.by_parameter.shape[1])

    def load(self, constants: NDArray[np.float64]) -> None:
        """Take these constants, (n_parameters,)."""
        chosen = self.parameter >= 0
        self.values[chosen] = constants[self.parameter[chosen]]


@record
class Inputs(NamedTuple):
    """Columns that are known functions of time.

    Attributes
    ----------
    times
        Rising, float64 (n_times,).
    values, slopes
        float64 (n_inputs, n_times); slopes are read for cubic ones only.
    kinds
        `HELD`, `LINEAR` or `CUBIC`, int64 (n_inputs,).
    middle
        Middle of the step that is taken, where held inputs are read, float64 (1,).
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    kinds: NDArray[np.int64]
    middle: NDArray[np.float64]


def no_inputs() -> Inputs:
    """Of systems without inputs."""
    return Inputs(np.zeros(1), np.zeros((0, 1)), np.zeros((0, 1)), np.zeros(0, np.int64), np.zeros(1))


def flow_of(
    equations: Sequence[Expression],
    columns: Sequence[str],
    known: Sequence[bool] = (),
    around: Sequence[Around] = (),
    sources: Sequence[int] = (),
    numbers: Sequence[Sequence[tuple[int, int]]] = (),
) -> Flow:
    """A system ready to be solved.

    Parameters
    ----------
    equations
        Right sides, one for each state.
    columns
        Names of states in the order of the equations, of inputs, and of the time.
    known
        Which equations are known, so that none of their constants is fitted; none by default.
    around
        What is known around each equation; nothing by default.
    sources
        Which equation each one shares its constants with, node by node; none by default.
    numbers
        Constants of known parts that are fitted too, behind the others: for each the equations and nodes
        where it stands, those behind an unknown part counted from the end.
    """
    around = around or (ALONE,) * len(equations)
    parts, equations = equations, [own.whole(one) for own, one in zip(around, equations, strict=True)]
    operators = operators_of(equations)
    tape = to_tape(equations, operators, columns)
    size, count = len(tape.codes), len(equations)
    parameter = np.full(size, -1, np.int64)
    free = [
        int(tape.starts[number]) + len(around[number].before) + place
        for number, part in enumerate(parts)
        if not (known and known[number])
        for place in free_places(part)
    ]
    parameter[free] = np.arange(len(free))
    for number, places in enumerate(numbers):
        parameter[[int(tape.starts[k + (place < 0)]) + place for k, place in places]] = len(free) + number
    fitted = len(free) + len(numbers)
    for number, source in enumerate(sources):
        if source != number:
            own, other = (slice(tape.starts[k], tape.starts[k + 1]) for k in (number, source))
            parameter[own] = parameter[other]
    width = count * (1 + fitted + count)
    return Flow(
        tape.codes, tape.columns, tape.starts, parameter, _children(tape.codes, tape.starts, operators),
        kernel_table(operators), tape.values.copy(), np.zeros(size), np.zeros(len(columns)),
        np.zeros((count, count)), np.zeros((count, fitted)), np.zeros(width), np.zeros(width),
        np.zeros((_STAGES, width)),
    )  # fmt: skip


def free_places(equation: Expression) -> list[int]:
    """Nodes of the constants that are fitted: neither 1, -1 and 0 nor a whole exponent, which are structure.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [parse("1 / (2.5 + x**4) - 0.3").nodes[k].value for k in free_places(parse("1 / (2.5 + x**4) - 0.3"))]
    [2.5, 0.3]
    """
    exponents = {
        end - 1
        for end, node in enumerate(equation.nodes)
        if isinstance(node, Operator) and node.name == "pow"
    }
    return [
        place
        for place, node in enumerate(equation.nodes)
        if isinstance(node, Constant)
        and abs(node.value) not in (0.0, 1.0)
        and not (place in exponents and float(node.value).is_integer())
    ]


def _children(
    codes: NDArray[np.int16], starts: NDArray[np.int64], operators: Sequence[object]
) -> NDArray[np.int64]:
    """Arguments of each node, (MAX_ARITY, n_nodes)."""
    table = kernel_table(tuple(operators))  # type: ignore[arg-type]
    found = np.zeros((MAX_ARITY, len(codes)), np.int64)
    stack: list[int] = []
    for place, code in enumerate(codes):
        count = int(table.arity[code])
        for argument in range(count):
            found[argument, place] = stack[len(stack) - count + argument]
        del stack[len(stack) - count :]
        stack.append(place)
    return found


@inner
def read_inputs(inputs, t, point, first):  # type: ignore[no-untyped-def]
    """Put the inputs at a time into a point, from column ``first`` on."""
    last = len(inputs.times) - 1
    for k in range(len(inputs.kinds)):
        kind = inputs.kinds[k]
        at = inputs.middle[0] if kind == HELD else t
        low, high = 0, last
        while high - low > 1:
            middle = (low + high) // 2
            if inputs.times[middle] <= at:
                low = middle
            else:
                high = middle
        if kind == HELD or last == 0:
            point[first + k] = inputs.values[k, high if last > 0 and at >= inputs.times[high] else low]
            continue
        width = inputs.times[high] - inputs.times[low]
        s = min(max((at - inputs.times[low]) / width, 0.0), 1.0)
        a, b = inputs.values[k, low], inputs.values[k, high]
        if kind == LINEAR:
            point[first + k] = a + s * (b - a)
        else:
            u = 1.0 - s
            bent = u * inputs.slopes[k, low] - s * inputs.slopes[k, high]
            point[first + k] = u * a + s * b + s * u * (width * bent + (u - s) * (b - a))


@inner
def forward_at(flow, begin, end):  # type: ignore[no-untyped-def]
    """Values of the nodes begin to end at ``flow.point``."""
    base = address_of(flow.values)
    for place in range(begin, end):
        code = flow.codes[place]
        if code == VARIABLE:
            flow.values[place] = flow.point[flow.columns[place]]
        elif code != CONSTANT:
            call_forward(
                flow.table.forward[code],
                base + 8 * flow.children[0, place],
                base + 8 * flow.children[1, place],
                base + 8 * flow.children[2, place],
                base + 8 * place,
                1,
            )


@inner
def backward_at(flow, number, begin, end):  # type: ignore[no-untyped-def]
    """Slopes of one equation by states and constants, after `forward_at`."""
    base, seeds = address_of(flow.values), address_of(flow.slopes)
    n_states = len(flow.starts) - 1
    for j in range(n_states):
        flow.by_state[number, j] = 0.0
    for j in range(flow.by_parameter.shape[1]):
        flow.by_parameter[number, j] = 0.0
    flow.slopes[end - 1] = 1.0
    for back in range(end - begin):
        place = end - 1 - back
        code = flow.codes[place]
        if code == VARIABLE:
            if flow.columns[place] < n_states:
                flow.by_state[number, flow.columns[place]] += flow.slopes[place]
        elif code == CONSTANT:
            if flow.parameter[place] >= 0:
                flow.by_parameter[number, flow.parameter[place]] += flow.slopes[place]
        else:
            arity = flow.table.arity[code]
            left, right = base + 8 * flow.children[0, place], base + 8 * flow.children[1, place]
            third, value, seed = base + 8 * flow.children[2, place], base + 8 * place, seeds + 8 * place
            for argument in range(arity):
                target = seeds + 8 * flow.children[argument, place]
                address = flow.table.backward[argument, code]
                if arity < 3:
                    call_backward(address, left, right, value, seed, target, 1)
                else:
                    call_backward_of_three(address, left, right, third, value, seed, target, 1)


@inner
def rates(flow, inputs, t, z, q, out):  # type: ignore[no-untyped-def]
    """Rates of states and, where ``q`` is above 0, of their q slopes each, at time t and state z."""
    n_states = len(flow.starts) - 1
    for i in range(n_states):
        flow.point[i] = z[i]
    read_inputs(inputs, t, flow.point, n_states)
    flow.point[len(flow.point) - 1] = t
    for i in range(n_states):
        begin, end = flow.starts[i], flow.starts[i + 1]
        forward_at(flow, begin, end)
        out[i] = flow.values[end - 1]
        if q > 0:
            backward_at(flow, i, begin, end)
    if q == 0:
        return
    n_parameters = flow.by_parameter.shape[1]
    for i in range(n_states):
        row = n_states + i * q
        for k in range(q):
            out[row + k] = flow.by_parameter[i, k] if k < n_parameters else 0.0
        for j in range(n_states):
            slope, other = flow.by_state[i, j], n_states + j * q
            if slope != 0.0:
                for k in range(q):
                    out[row + k] += slope * z[other + k]


@kernel
def rates_and_slopes(flow, inputs, t, z, out):  # type: ignore[no-untyped-def]
    """Rates (n_states,) at a time and state; their slopes are in ``flow`` then."""
    inputs.middle[0] = t
    rates(flow, inputs, t, z, 0, out)
    for number in range(len(flow.starts) - 1):
        backward_at(flow, number, flow.starts[number], flow.starts[number + 1])
