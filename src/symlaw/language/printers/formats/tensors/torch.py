"""PyTorch: a module whose constants are trained."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.printers.dialect import (
    ARITHMETIC,
    Dialect,
    cells,
    column_comments,
    in_order,
    literal,
    module_named,
    spelled,
)
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPECIAL = {"inf": "torch.inf", "-inf": "-torch.inf", "nan": "torch.nan"}
_NAN_KEPT = "torch.where(torch.isnan({{0}}), {{0}}, {})"


def _tensor(value: float) -> str:
    # some of torch's functions take tensors only
    return f"torch.tensor({literal(value, _SPECIAL)}, dtype=torch.float64)"


TORCH = Dialect(
    "PyTorch",
    {
        **cells("torch"),
        "neg": ARITHMETIC["neg"],
        # torch has 0 for the sign and the step of nan
        **spelled({"sign": _NAN_KEPT.format("torch.sign({0})")}),
        **spelled({"step": _NAN_KEPT.format("torch.heaviside({0}, torch.ones_like({0}))")}),
    },
    number=_tensor,
    choice="torch.where({x} == {level}, {value}, {rest})",
    rest="torch.full_like({x}, torch.nan)",
    keywords=frozenset((*keyword.kwlist, *keyword.softkwlist, "self", "super", "Formula")),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A class ``Formula`` of torch modules; constants are its parameters c0, c1, ..., fixed ones buffers."""
    prepared = TORCH.prepared(with_slots(expression))
    words = TORCH.identifiers(in_order(expression.variables, columns))
    values = [node for node in expression.nodes if isinstance(node, Constant)]
    body = TORCH.written(prepared, {**words, **{slot(k): f"self.c{k}" for k in range(len(values))}})
    made = "".join(f"        {_made(k, node)}\n" for k, node in enumerate(values))
    parameters = "".join(f", {word}" for word in words.values())
    return (
        "import torch\n\n\nclass Formula(torch.nn.Module):\n"
        f"    def __init__(self):\n        super().__init__()\n{made}\n"
        f"    def forward(self{parameters}):\n{column_comments(words, '#', ' ' * 8)}        return {body}\n"
    )


def module(expression: Expression) -> Any:
    """A live torch module of the exported class.

    Raises
    ------
    MissingDependency
        When PyTorch is not installed.
    """
    module_named("torch", "a PyTorch module")
    space: dict[str, Any] = {"__name__": __name__}
    # every word in it is one of ours or safe
    exec(compile(write(expression), "<formula>", "exec"), space)
    return space["Formula"]()


def _made(number: int, node: Constant) -> str:
    value = _tensor(node.value)
    if node.fixed:
        return f'self.register_buffer("c{number}", {value})'
    return f"self.c{number} = torch.nn.Parameter({value})"


def slot(number: int) -> str:
    """A name that no column has, for the place of a constant."""
    return f"\0c{number}"


def with_slots(expression: Expression, kept: Sequence[int] = ()) -> Expression:
    """The formula with variables named `slot` in place of its constants, those of the numbers kept apart."""
    nodes: list[Node] = []
    number = 0
    for node in expression.nodes:
        if isinstance(node, Constant):
            nodes.append(node if number in kept else Variable(slot(number)))
            number += 1
        else:
            nodes.append(node)
    return Expression(tuple(nodes))


TARGETS = (Target("torch", "PyTorch module, its constants trainable", write, TORCH, options=("columns",)),)
