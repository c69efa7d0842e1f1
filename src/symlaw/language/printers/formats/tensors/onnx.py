"""ONNX: a model file, its constants initialisers c0, c1, ..."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Constant, Expression, Leaf, Variable, reduced
from symlaw.language.printers.dialect import (
    COMPARISONS,
    COMPOSED,
    Dialect,
    in_order,
    literal,
    module_named,
    spelled,
)
from symlaw.language.printers.formats.tensors.torch import slot, with_slots
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.operators import Operator

# The newest set of operators that runtimes of some years' age read.
_OPSET, _IR_VERSION = 17, 8
# By the type of node in the graph.
_NODES = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "neg": "Neg", "abs": "Abs", "inv": "Reciprocal",
    "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "pow": "Pow", "sin": "Sin", "cos": "Cos", "asin": "Asin",
    "acos": "Acos", "atan": "Atan", "tanh": "Tanh", "logistic": "Sigmoid", "erf": "Erf", "sign": "Sign",
    "floor": "Floor", "min": "Min", "max": "Max", "step": "step", "if": "Where", ">": "Greater",
    "<": "Less", ">=": "GreaterOrEqual", "<=": "LessOrEqual",
}  # fmt: skip
# The specification has them in double precision, ONNX Runtime does not.
_SINGLE = ("asin", "acos", "atan", "erf")

ONNX = Dialect(
    "ONNX",
    spelled(_NODES),
    number=lambda value: literal(value, {}),
    choice="",
    rest="",
    composed={
        **COMPOSED,
        # truths are 0 and 1, and so are these
        "and": "x * y",
        "or": "max(x, y)",
        "xor": "abs(x - y)",
        "not": "1 - x",
        "square": "x * x",
        "cube": "x * x * x",
        "log2": "log(x) * 1.4426950408889634",
        "log10": "log(x) * 0.4342944819032518",
        "log1p": "log(1 + x)",
        "expm1": "exp(x) - 1",
        "gaussian": "exp(-(x * x))",
        "cbrt": "sign(x) * pow(abs(x), 1 / 3)",
        "hypot": "sqrt(x * x + y * y)",
        "tan": "sin(x) / cos(x)",
        "sinh": "0.5 * (exp(x) - exp(-x))",
        "cosh": "0.5 * (exp(x) + exp(-x))",
        # the half-plane of negative y is added to the angle of the slope
        "atan2": "atan(x / y) + 3.141592653589793 * (1 - step(y)) * (2 * step(x) - 1)",
    },
)


@dataclass
class _Graph:
    """Nodes and numbers of a graph while it is made."""

    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"v{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def number(self, value: float, name: str | None = None) -> str:
        word = name or f"k{len(self.numbers)}"
        tensor = self.onnx.helper.make_tensor(word, self.onnx.TensorProto.DOUBLE, [], [value])
        self.numbers.append(tensor)
        return word

    def applied(self, row: Operator, arguments: Sequence[str]) -> str:
        if row.table:
            return self.looked_up(row, arguments[0])
        if row.name == "step":
            return self.step(arguments[0])
        if row.name in COMPARISONS:
            return self.node("Cast", self.node(_NODES[row.name], *arguments), to=self.onnx.TensorProto.DOUBLE)
        if row.name == "if":
            holds = self.node("Cast", arguments[0], to=self.onnx.TensorProto.BOOL)
            return self.node("Where", holds, *arguments[1:])
        if row.name not in _SINGLE:
            return self.node(_NODES[row.name], *arguments)
        single = self.node("Cast", arguments[0], to=self.onnx.TensorProto.FLOAT)
        return self.node("Cast", self.node(_NODES[row.name], single), to=self.onnx.TensorProto.DOUBLE)

    def step(self, argument: str) -> str:
        above = self.node("GreaterOrEqual", argument, self.number(0.0))
        jump = self.node("Cast", above, to=self.onnx.TensorProto.DOUBLE)
        return self.node("Where", self.node("IsNaN", argument), argument, jump)

    def looked_up(self, row: Operator, argument: str) -> str:
        found = self.number(float("nan"))
        for level, value in reversed(row.table):
            here = self.node("Equal", argument, self.number(level))
            found = self.node("Where", here, self.number(value), found)
        return found


def write(expression: Expression, columns: Sequence[str] = ()) -> bytes:
    """A model with an input (n,) for each column and the output ``y``, all in doubles.

    Raises
    ------
    MissingDependency
        When the package onnx is not installed.
    """
    prepared = ONNX.prepared(with_slots(expression))
    onnx = module_named("onnx", "an ONNX file")
    graph, inputs = _Graph(onnx), ONNX.identifiers(in_order(expression.variables, columns))
    # as c0, v0, k0 and y are names in the graph
    inputs = {name: f"x_{word}" for name, word in inputs.items()}
    numbers = [node.value for node in expression.nodes if isinstance(node, Constant)]
    words = {slot(k): graph.number(value, f"c{k}") for k, value in enumerate(numbers)}

    def leaf(node: Leaf) -> str:
        return {**words, **inputs}[node.name] if isinstance(node, Variable) else graph.number(node.value)

    result = reduced(prepared.nodes, leaf, graph.applied)
    # an output is no input
    graph.nodes.append(onnx.helper.make_node("Identity", [result], ["y"]))
    return _model(graph, inputs)


def _model(graph: _Graph, columns: dict[str, str]) -> bytes:
    helper, double = graph.onnx.helper, graph.onnx.TensorProto.DOUBLE
    inputs = [
        helper.make_tensor_value_info(word, double, ["n"], doc_string=f"column {name!a}")
        for name, word in columns.items()
    ]
    outputs = [helper.make_tensor_value_info("y", double, ["n"] if columns else [])]
    made = helper.make_graph(graph.nodes, "formula", inputs, outputs, graph.numbers)
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION, producer_name="symlaw"
    )
    graph.onnx.checker.check_model(model)
    written: bytes = model.SerializeToString()
    return written


TARGETS = (Target("onnx", "ONNX model file of doubles", write, ONNX, options=("columns",), ending=".onnx"),)
