"""JAX: a function of constants and columns, differentiable by both."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Constant
from symlaw.language.printers.dialect import (
    ARITHMETIC,
    FUNCTION,
    Dialect,
    cells,
    column_comments,
    in_order,
    literal,
    module_named,
)
from symlaw.language.printers.formats.tensors.torch import slot, with_slots
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression

_SPECIAL = {"inf": "jnp.inf", "-inf": "-jnp.inf", "nan": "jnp.nan"}

JAX = Dialect(
    "JAX",
    {**cells("jax"), "neg": ARITHMETIC["neg"]},
    number=lambda value: literal(value, _SPECIAL),
    choice="jnp.where({x} == {level}, {value}, {rest})",
    rest="jnp.nan",
    keywords=frozenset((*keyword.kwlist, *keyword.softkwlist, "constants", "CONSTANTS")),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A function ``formula(constants, ...)`` and ``CONSTANTS`` to begin with; fixed ones stay numbers."""
    numbers = [node for node in expression.nodes if isinstance(node, Constant)]
    fixed = [k for k, node in enumerate(numbers) if node.fixed]
    free = [k for k in range(len(numbers)) if k not in fixed]
    prepared = JAX.prepared(with_slots(expression, fixed))
    words = JAX.identifiers(in_order(expression.variables, columns))
    names = {**words, **{slot(k): f"constants[{place}]" for place, k in enumerate(free)}}
    body = JAX.written(prepared, names)
    values = ", ".join(JAX.number(numbers[k].value) for k in free)
    parameters = "".join(f", {word}" for word in words.values())
    return (
        f"import jax\nimport jax.numpy as jnp\n\nCONSTANTS = jnp.array([{values}])\n\n\n"
        f"def {FUNCTION}(constants{parameters}):\n{column_comments(words, '#')}    return {body}\n"
    )


def function(expression: Expression) -> tuple[Any, Any]:
    """The exported function, live, and its constants to begin with.

    Raises
    ------
    MissingDependency
        When JAX is not installed.
    """
    module_named("jax", "a JAX function")
    space: dict[str, Any] = {"__name__": __name__}
    # every word in it is one of ours or safe
    exec(compile(write(expression), "<formula>", "exec"), space)
    return space[FUNCTION], space["CONSTANTS"]


TARGETS = (Target("jax", "JAX function of its constants and columns", write, JAX, options=("columns",)),)
