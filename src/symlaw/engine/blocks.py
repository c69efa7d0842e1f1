"""Block kernels: each operator and each of its partial derivatives over a block of rows.

The loops are written once, as the templates below, around the scalar functions that the operator
table names. Each becomes a small C function of pointers, cached on disk, reached by its address.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np

from symlaw.engine.compiling import jit
from symlaw.engine.compiling.callbacks import POINTERS, users_kernel, users_slope
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import FIRST_OPERATOR
from symlaw.language.expression import Constant, Variable
from symlaw.language.operators import operator
from symlaw.language.operators.row import ARGUMENTS, MAX_ARITY
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

BLOCK = 256
# Rows of scratch lie this far apart: a power of two would put all of them on the same cache sets.
STRIDE = BLOCK + 8

_LOOP = """
def {name}({pointers}, n):
    use_wide_vectors()
    for i in range(n):
        out[i] = {body}
"""
_GUARDED_LOOP = """
def {name}({pointers}, n):
    use_wide_vectors()
    far = 0
    for i in range(n):
        far += 1 if abs(a[i]) > {limit!r} else 0
    if far > 0:
        for i in range(n):
            out[i] = {exact}
    else:
        for i in range(n):
            out[i] = {body}
"""
_INFIX = {"+": "+", "-": "-", "*": "*", "/": "/"}


@record
class KernelTable(NamedTuple):
    """What the interpreter knows of the operators, indexed by node code.

    Attributes
    ----------
    arity
        Number of arguments, int64 (n_codes,).
    forward
        Address of the value kernel, int64 (n_codes,).
    backward
        Address of the partial-derivative kernel by each argument, int64 (MAX_ARITY, n_codes); 0 where not
        made.
    passes
        1 where that derivative is 1, so that the adjoint passes through unchanged, int64 (MAX_ARITY,
        n_codes).
    """

    arity: NDArray[np.int64]
    forward: NDArray[np.int64]
    backward: NDArray[np.int64]
    passes: NDArray[np.int64]


@cache
def kernel_table(
    operators: tuple[Operator, ...], *, derivatives: bool = True, real: str = "float64"
) -> KernelTable:
    """Compile, or load from the disk cache, the kernels of these operators."""
    size = FIRST_OPERATOR + len(operators)
    each = (MAX_ARITY, size)
    table = KernelTable(*(np.zeros(shape, np.int64) for shape in (size, size, each, each)))
    for code, row in enumerate(operators, FIRST_OPERATOR):
        table.arity[code] = row.arity
        table.forward[code] = forward_kernel(row, real)
        if derivatives:
            for argument in range(row.arity):
                table.backward[argument, code] = backward_kernel(row, argument)
                table.passes[argument, code] = int(bool(row.partials) and row.partials[argument] == "1")
    return table


@cache
def forward_kernel(row: Operator, real: str = "float64") -> int:
    """Address of ``(a, b, c, out, n)``: ``out[i] = f(a[i], b[i], c[i])``."""
    arguments = [f"np.float64({pointer}[i])" for pointer in POINTERS[: row.arity]]
    scope = Scope()
    if row.body is not None:
        call = scope.formula(row.body.text(), dict(zip(ARGUMENTS, arguments, strict=False)))
    elif row.is_users:
        return users_kernel(row, real)
    else:
        call = scope.call(row, arguments)
    return _compile(f"forward_{_word(row)}_{real}", (*POINTERS, "out"), call, scope, real)


@cache
def backward_kernel(row: Operator, argument: int) -> int:
    """Address of ``(a, b, value, seed, out, n)``: ``out[i] = seed[i] * df/d(argument)``.

    A third argument comes after ``b``.
    """
    scope = Scope()
    if row.is_users and not row.partials:
        return users_slope(row, argument)
    places = {name: f"{pointer}[i]" for name, pointer in zip(ARGUMENTS, POINTERS, strict=True)}
    places["v"] = "value[i]"
    body = scope.formula(row.partials[argument], places)
    pointers = (*POINTERS[: max(2, row.arity)], "value", "seed", "out")
    return _compile(f"backward_{_word(row)}_{argument}", pointers, f"seed[i] * ({body})", scope, "float64")


def _word(row: Operator) -> str:
    return row.kernel.rsplit(".", 1)[1]


class Scope:
    """Collects the scalar functions that a body calls, and the smallest range limit among them."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[..., Any]] = {}
        self.exact: dict[str, Callable[..., Any]] = {}
        self.limit: float | None = None

    def call(self, row: Operator, arguments: Iterable[str]) -> str:
        module_name, word = row.kernel.rsplit(".", 1)
        module = import_module(module_name)
        self.functions[f"f_{word}"] = getattr(module, word)
        limit = getattr(module, "FAST_LIMIT", {}).get(word)
        if limit is not None:
            self.exact[f"f_{word}"] = getattr(module, f"{word}_exact")
            self.limit = limit if self.limit is None else min(limit, self.limit)
        return f"f_{word}({', '.join(arguments)})"

    def all_exact(self) -> dict[str, Callable[..., Any]]:
        """The functions under their names, accurate for any argument."""
        return {**self.functions, **self.exact}

    def formula(self, text: str, places: dict[str, str]) -> str:
        stack: list[str] = []
        for node in parse(text).nodes:
            if isinstance(node, Variable):
                stack.append(places[node.name])
            elif isinstance(node, Constant):
                stack.append(repr(node.value))
            else:
                arguments = stack[-node.arity :]
                del stack[-node.arity :]
                sign = _INFIX.get(node.name)
                stack.append(
                    f"({arguments[0]} {sign} {arguments[1]})"
                    if sign
                    else self.call(operator(node.name), arguments)
                )
        return stack[0]


def _compile(name: str, pointers: tuple[str, ...], body: str, scope: Scope, real: str) -> int:
    exact = body
    for word in scope.exact:
        exact = exact.replace(f"{word}(", f"{word}_exact(")
    template = _LOOP if scope.limit is None else _GUARDED_LOOP
    source = template.format(
        name=name, pointers=", ".join(pointers), body=body, exact=exact, limit=scope.limit
    )
    # Numba finds a cached kernel by module and file, so both must exist; the name tells kernels apart.
    space: dict[str, Any] = {
        "__name__": __name__,
        "np": np,
        "use_wide_vectors": jit.use_wide_vectors,
        **scope.functions,
    }
    space.update({f"{word}_exact": function for word, function in scope.exact.items()})
    exec(compile(source, __file__, "exec"), space)
    return jit.block_kernel(space[name], len(pointers), getattr(numba.types, real))
