"""Values of expressions in plain NumPy, node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symlaw.errors import DataError
from symlaw.language.leaves import Constant, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from symlaw.language.leaves import Leaf


class Applied(Protocol):
    """An operator, as far as values need it."""

    @property
    def arity(self) -> int: ...

    @property
    def numpy_function(self) -> Callable[..., Any]: ...


class Formula(Protocol):
    """An expression, as far as values need it."""

    @property
    def nodes(self) -> tuple[Leaf | Applied, ...]: ...


def values(expression: Formula, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Values of an expression on columns of equal length."""
    return node_values(expression, columns)[-1]


def on_columns(expression: Formula, columns: Mapping[str, Any]) -> NDArray[np.float64]:
    """Values on columns that may be lists, or single numbers, which stand for columns of them.

    Raises
    ------
    DataError
        When a variable is no column, or columns differ in length.
    """
    arrays = {name: np.atleast_1d(np.asarray(column, dtype=float)) for name, column in columns.items()}
    variables = (node.name for node in expression.nodes if isinstance(node, Variable) and node.value is None)
    missing = [name for name in variables if name not in arrays]
    if missing:
        raise DataError(f"{missing[0]!r} is no column: give {{{missing[0]!r}: values}} as well")
    if not arrays:
        arrays[""] = np.zeros(1)
    try:
        whole = np.broadcast_arrays(*arrays.values())
    except ValueError:
        lengths = {name: len(column) for name, column in arrays.items()}
        raise DataError(f"columns differ in length: {lengths}") from None
    return values(expression, dict(zip(arrays, whole, strict=True)))


def node_values(expression: Formula, columns: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float64]]:
    """Values of every node of an expression, in its postfix order, on columns of equal length."""
    n_rows = len(next(iter(columns.values())))
    found: list[NDArray[np.float64]] = []
    stack: list[NDArray[Any]] = []
    with np.errstate(all="ignore"):
        for node in expression.nodes:
            if isinstance(node, Variable) and node.value is not None:
                stack.append(np.full(n_rows, node.value))
            elif isinstance(node, Variable):
                stack.append(np.asarray(columns[node.name], dtype=float))
            elif isinstance(node, Constant):
                stack.append(np.full(n_rows, node.value))
            else:
                arguments = stack[-node.arity :]
                del stack[-node.arity :]
                stack.append(np.asarray(node.numpy_function(*arguments), dtype=float))
            found.append(stack[-1])
    return found
