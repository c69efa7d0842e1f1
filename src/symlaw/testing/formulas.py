"""Random formulas, and changes of formulas that keep their values or do not, from a NumPy generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

_SUM, _PRODUCT, _ABOVE = operator("+"), operator("*"), operator(">")


def random_formula(
    rng: np.random.Generator,
    operators: Sequence[Operator],
    variables: Sequence[str],
    n_operators: int,
    *,
    constant_share: float = 0.25,
    truths: Sequence[str] = (),
    kind: Type | None = None,
) -> Expression:
    """A formula with this many operators; with probability ``constant_share`` a leaf is a constant.

    It is well typed, of a type where one is asked for. ``truths`` are Boolean variables; where there are
    none, numbers are compared in their place.
    """
    all_operators = operators
    if kind is not None:
        fitting = [row for row in operators if row.result_type is kind]
        operators, n_operators = fitting, n_operators if fitting else 0
    if n_operators == 0 and kind is Type.BOOLEAN:
        if truths:
            return Expression((Variable(truths[int(rng.integers(len(truths)))]),))
        return join(_ABOVE, *(random_formula(rng, (), variables, 0, constant_share=0.0) for _ in range(2)))
    if n_operators == 0:
        if rng.random() < constant_share:
            return Expression((Constant(round(float(rng.normal(0.0, 2.0)), 3)),))
        return Expression((Variable(variables[int(rng.integers(len(variables)))]),))
    row = operators[int(rng.integers(len(operators)))]
    sizes, left = list[int](), n_operators - 1
    for _ in range(row.arity - 1):
        sizes.append(int(rng.integers(left + 1)))
        left -= sizes[-1]
    sizes.append(left)
    given = all_operators
    typed = any(not one.is_real for one in given)
    parts = [
        random_formula(
            rng,
            given,
            variables,
            n,
            constant_share=constant_share,
            truths=truths,
            kind=own if typed else None,
        )
        for n, own in zip(sizes, row.argument_types, strict=False)
    ]
    return join(row, *parts)


def join(row: Operator, *arguments: Expression) -> Expression:
    """An operator over its arguments."""
    return Expression((*(node for argument in arguments for node in argument.nodes), row))


def noisy_values(
    expression: Expression,
    columns: Mapping[str, NDArray[np.float64]],
    rng: np.random.Generator,
    noise: float = 1e-13,
) -> NDArray[np.float64]:
    """Values with a relative error of about ``noise`` made at every leaf and operator but whole constants."""
    n_rows = len(next(iter(columns.values())))
    stack: list[NDArray[np.float64]] = []
    with np.errstate(all="ignore"):
        for node in expression.nodes:
            if isinstance(node, Variable):
                value = columns[node.name]
            elif isinstance(node, Constant):
                stack.append(np.full(n_rows, node.value))
                continue
            else:
                arguments = stack[-node.arity :]
                del stack[-node.arity :]
                value = np.asarray(node.numpy_function(*arguments), dtype=float)
            stack.append(value * (1.0 + noise * rng.uniform(-1.0, 1.0, n_rows)))
    return stack[0]


def sensitivity(
    expression: Expression, columns: Mapping[str, NDArray[np.float64]], noise: float = 1e-13, draws: int = 4
) -> NDArray[np.float64]:
    """How far small errors everywhere move the values, more than rounding does; nan where undefined."""
    rng = np.random.Generator(np.random.Philox(11))
    values = np.stack([noisy_values(expression, columns, rng, noise) for _ in range(draws)])
    with np.errstate(all="ignore"):
        spread = np.max(values, axis=0) - np.min(values, axis=0)
        return np.asarray(2.0 * spread + 1e-12 * np.max(np.abs(values), axis=0))


def rewritten(expression: Expression, rng: np.random.Generator, share: float = 0.7) -> Expression:
    """Another formula of the same values: commuted, re-associated, distributed, respelled."""
    arguments = [rewritten(argument, rng, share) for argument in expression.arguments()]
    root = expression.nodes[-1]
    if not arguments or isinstance(root, (Variable, Constant)):
        return expression
    if rng.random() > share:
        return join(root, *arguments)
    if len(arguments) == 1:
        return _respelled_unary(root, arguments[0])
    if len(arguments) > 2:
        return join(root, *arguments)
    return _respelled_binary(root, arguments[0], arguments[1], rng)


def _respelled_unary(root: Operator, x: Expression) -> Expression:
    if root.name == "square":
        return join(_PRODUCT, x, x)
    if root.name == "cube":
        return join(_PRODUCT, join(_PRODUCT, x, x), x)
    if root.name == "neg":
        return join(_PRODUCT, _number(-1.0), x)
    if root.name == "inv":
        return join(operator("/"), _number(1.0), x)
    return join(root, x)


def _respelled_binary(root: Operator, x: Expression, y: Expression, rng: np.random.Generator) -> Expression:
    inner = y.nodes[-1]
    if root.name == "-":
        return join(_SUM, x, join(operator("neg"), y))
    if root.name == "/":
        return join(_PRODUCT, x, join(operator("inv"), y))
    if root.name == "*" and inner == _SUM and rng.random() < 0.5:
        first, second = y.arguments()
        return join(_SUM, join(_PRODUCT, x, first), join(_PRODUCT, x, second))
    if root in (_SUM, _PRODUCT) and inner == root:
        first, second = y.arguments()
        return join(root, join(root, x, first), second)
    return join(root, y, x) if root.commutative else join(root, x, y)


def rescaled(expression: Expression, rng: np.random.Generator) -> Expression:
    """``a * expression + b`` with random a, of either sign, and b."""
    scale = float(rng.choice([-1.0, 1.0]) * np.exp(rng.normal()))
    return join(_SUM, join(_PRODUCT, _number(scale), expression), _number(float(rng.normal())))


def _number(value: float) -> Expression:
    return Expression((Constant(value),))
