"""What is known of the sub-formulas of a formula all over a box, by enclosures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator
from symlaw.language.operators.enclosures import enclosed
from symlaw.language.simplifying.graph import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from symlaw.language.operators.enclosures import Ends

    Box = Mapping[str, tuple[float, float]]

# Operators whose values' signs follow from those of their arguments.
_FOLLOWS = ("*", "/", "neg", "square", "cube", "sqrt", "abs", "exp", "cosh", "gaussian", "logistic")
# Parts of the box that are looked at one by one, about.
_PARTS = 216
# What each operator's own errors may move an end by, as a share of it: above any bound of ours and NumPy's.
_SLACK = 1e-14


def known_of(expression: Expression, box: Box) -> list[Known]:
    """What is known of each sub-formula, whose variables without a range may be any number.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> for one in known_of(parse("log(x) * y"), {"x": (1.0, 2.0)}):
    ...     print(one.formula, one.relations)
    x ('defined', 'positive')
    log(x) ('defined', 'not_negative')
    """
    found: dict[object, Known] = {}
    for place, ends in enumerate(_ends(expression, _parts(expression.variables, box))):
        node = expression.nodes[place]
        if isinstance(node, Constant) or (isinstance(node, Operator) and node.name in _FOLLOWS):
            continue
        relations = _relations(*ends)
        if relations:
            part = expression.nodes[expression.starts[place] : place + 1]
            found[part] = Known(Expression(part), relations)
    return list(found.values())


def is_defined(expression: Expression, box: Box) -> bool:
    """Whether a formula is defined and finite all over a box, for certain."""
    *_, (low, high) = _ends(expression, _parts(expression.variables, box))
    return "defined" in _relations(low, high)


def _relations(low: np.ndarray, high: np.ndarray) -> tuple[str, ...]:
    told = ["defined"] if np.all(np.isfinite(low) & np.isfinite(high)) else []
    if np.all(low > 0):
        return (*told, "positive")
    if np.all((low > 0) | (high < 0)):
        told.append("not_zero")
    return (*told, "not_negative") if np.all(low >= 0) else tuple(told)


def _parts(names: tuple[str, ...], box: Box) -> dict[str, Ends]:
    """Boxes that cover the box, as ends by variable; nan for those that may be anything."""
    bounded = [name for name in names if name in box]
    each = max(1, int(_PARTS ** (1 / max(1, len(bounded)))))
    numbers = np.indices((each,) * len(bounded)).reshape(len(bounded), each ** len(bounded))
    cuts = {name: np.linspace(*box[name], each + 1) for name in bounded}
    found = {name: (cuts[name][k], cuts[name][k + 1]) for name, k in zip(bounded, numbers, strict=True)}
    nothing = np.full(numbers.shape[1], np.nan)
    return {name: found.get(name, (nothing, nothing)) for name in names}


def _ends(expression: Expression, parts: Mapping[str, Ends]) -> Iterator[Ends]:
    """Ends of each node's values, in postfix order."""
    n_parts = len(next(iter(parts.values()))[0]) if parts else 1
    stack: list[Ends] = []
    for node in expression.nodes:
        if isinstance(node, Variable) and node.value is None:
            stack.append(parts[node.name])
        elif isinstance(node, (Variable, Constant)):
            stack.append((np.full(n_parts, node.value), np.full(n_parts, node.value)))
        else:
            arguments = stack[len(stack) - node.arity :]
            stack[len(stack) - node.arity :] = [_outward(node, arguments)]
        yield stack[-1]


def _outward(row: Operator, arguments: list[Ends]) -> Ends:
    ends = enclosed(row, arguments)
    if ends is None:
        nothing = np.full(len(arguments[0][0]), np.nan)
        return nothing, nothing
    low, high = (np.asarray(end, dtype=float) for end in ends)
    # a difference of rounded numbers may have the wrong sign
    size = sum(np.maximum(np.abs(a), np.abs(b)) for a, b in arguments) if row.name in ("+", "-") else 0.0
    with np.errstate(all="ignore"):
        exact = np.array_equal(low, high) and row.name in ("+", "-")
        slack = 0.0 if exact else _SLACK
        low = np.where(low == 0, low, low - slack * np.maximum(np.abs(low), size))
        high = np.where(high == 0, high, high + slack * np.maximum(np.abs(high), size))
    known = np.isfinite(low) & np.isfinite(high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
