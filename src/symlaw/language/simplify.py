"""Formulas written as simply as rules and their conditions allow, checked by numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.language.canonical import folded
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator, operator
from symlaw.language.simplifying.costs import costs_of
from symlaw.language.simplifying.graph import saturator
from symlaw.language.simplifying.known import is_defined, known_of
from symlaw.language.simplifying.tidying import tidied
from symlaw.language.values import node_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[np.float64]]

# What a simplified formula may have beside the operators that were there.
OPERATORS = (
    "+", "-", "*", "/", "neg", "square", "cube", "pow", "sqrt", "abs", "exp", "log", "sin", "cos", "tan",
    "tanh",
)  # fmt: skip
# Formulas of more nodes are left as they are.
MAX_NODES = 200
# Values may differ by this share of the largest value of any part.
TOLERANCE = 1e-12
_POINTS = 64
# Where a variable without a range is tried.
_ANYWHERE = (-3.0, 3.0)


def simplify(
    expression: Expression,
    box: Mapping[str, Any] | None = None,
    cost: str | Mapping[str, float] = "complexity",
    operators: Iterable[Operator | str] = OPERATORS,
    columns: Columns | None = None,
) -> Expression:
    """The formula in the cheapest form that was found, or as it is where none is cheaper.

    Wherever the formula is defined in the box its value is kept, and it is not defined elsewhere.

    Parameters
    ----------
    expression
        The formula.
    box
        Ends by variable, such as ``{"x": (0.0, 1.0)}``; a variable that is not named may be any number.
    cost
        What is cheap: ``"complexity"``, ``"cycles"``, ``"readability"``, or costs by operator name,
        ``"variable"`` and ``"constant"``.
    operators
        What the answer may have beside the operators of the formula.
    columns
        Rows of data by variable, on which the values are compared as well.

    Raises
    ------
    InvalidSetting
        When the box or the cost is none.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(simplify(parse("sqrt(x**2 * y) / x + 0 * y"), {"x": (1, 2), "y": (1, 2)}))
    sqrt(y)
    >>> print(simplify(parse("x * y / x")))
    x * y / x
    """
    ends, costs = checked_box(box), costs_of(cost)
    if len(expression.nodes) > MAX_NODES or not all(map(math.isfinite, expression.constants)):
        return expression
    points = _with_points(expression, ends, columns)
    for shorter in _candidates(expression, ends, costs, operators):
        if shorter.complexity(costs) < expression.complexity(costs) and keeps_values(
            expression, shorter, points
        ):
            return _fixed_as_before(shorter, expression)
    return expression


def checked_box(box: Mapping[str, Any] | None) -> dict[str, tuple[float, float]]:
    """Ends by variable as numbers.

    Raises
    ------
    InvalidSetting
        When they are no two numbers, the second not below the first.
    """
    if box is not None and not isinstance(box, Mapping):
        raise InvalidSetting(f"box is {box!r}: give ends by variable, such as {{'x': (0, 1)}}")
    found: dict[str, tuple[float, float]] = {}
    for name, ends in (box or {}).items():
        try:
            low, high = (float(end) for end in ends)
        except (TypeError, ValueError):
            low, high = math.nan, math.nan
        if not -math.inf < low <= high < math.inf:
            raise InvalidSetting(f"box of {name!r} is {ends!r}: give two numbers, such as (0, 1)")
        found[str(name)] = (low, high)
    return found


def _candidates(
    expression: Expression,
    box: Mapping[str, tuple[float, float]],
    costs: Mapping[str, float],
    operators: Iterable[Operator | str],
) -> list[Expression]:
    """Other forms of a formula, the cheapest first."""
    rows = [one if isinstance(one, Operator) else operator(one) for one in operators]
    own = [node for node in expression.nodes if isinstance(node, Operator)]
    allowed = list(dict.fromkeys([*rows, *own]))
    equal = [expression]
    # canonical forms are equal wherever the formula is defined, and may be defined elsewhere
    canonical = expression.canonical
    if is_defined(expression, box) and all(n in allowed for n in canonical.nodes if isinstance(n, Operator)):
        equal.append(canonical)
    known = {one.formula.nodes: one for form in equal for one in known_of(form, box)}.values()
    used = [node for form in equal for node in form.nodes if isinstance(node, Operator)]
    best = folded(saturator(used, allowed, costs).cheapest(equal, known))
    return sorted(
        dict.fromkeys([tidied(best, allowed), best, canonical if len(equal) > 1 else folded(expression)]),
        key=lambda e: e.complexity(costs),
    )


def _with_points(
    expression: Expression, box: Mapping[str, tuple[float, float]], columns: Columns | None
) -> dict[str, NDArray[np.float64]]:
    """Rows of data and random points of the box."""
    rng = np.random.Generator(np.random.Philox(len(expression.nodes)))
    found = {}
    for name in expression.variables:
        drawn = rng.uniform(*box.get(name, _ANYWHERE), _POINTS)
        found[name] = drawn if columns is None else np.concatenate([columns[name], drawn])
    return found or {"": np.zeros(1)}


def keeps_values(before: Expression, after: Expression, columns: Columns) -> bool:
    """Whether two formulas have the same values on rows but for rounding, and are undefined on the same.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> rows = {"x": np.array([-1.0, 2.0])}
    >>> [keeps_values(parse("sqrt(x**2)"), parse(other), rows) for other in ("abs(x)", "x")]
    [True, False]
    """
    parts, others = node_values(before, columns), node_values(after, columns)
    known = np.isfinite(parts[-1])
    if not np.array_equal(known, np.isfinite(others[-1])):
        return False
    with np.errstate(all="ignore"):
        # one part may overflow where the whole does not
        sizes = np.abs(np.stack([part[known] for part in (*parts, *others)]))
        largest = np.max(np.where(np.isfinite(sizes), sizes, 0.0), axis=0, initial=0.0)
        near = np.abs(parts[-1] - others[-1])[known] <= TOLERANCE * largest
    return bool(np.all(near))


def _fixed_as_before(after: Expression, before: Expression) -> Expression:
    """The formula with those numbers fixed that were fixed before."""
    fixed = {node.value for node in before.nodes if isinstance(node, Constant) and node.fixed}
    if not fixed:
        return after
    return after.map_nodes(
        lambda n: Constant(n.value, fixed=True) if isinstance(n, Constant) and n.value in fixed else n
    )
