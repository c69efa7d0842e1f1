"""Formulas written as simply as rules and their conditions allow, checked by numbers."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting, SimplifierFailed
from symlaw.language.algebra.canonical import folded
from symlaw.language.algebra.powers import with_fixed_exponents
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator, operator
from symlaw.language.simplifying.costs import costs_of
from symlaw.language.simplifying.expanding import expanded
from symlaw.language.simplifying.factors import with_common_factors
from symlaw.language.simplifying.graph import TOGETHER, Case, saturator
from symlaw.language.simplifying.known import Survey
from symlaw.language.simplifying.phases import without_phases
from symlaw.language.simplifying.tidying import tidied
from symlaw.language.values import node_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
# Beside that, by this share of the formula's largest value.
_OFF = 1e-9
_POINTS = 64
# Operators that a form on the way to the answer may have.
_STEPS = (operator("neg"),)
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
    return simplify_all([expression], box, cost, operators, columns)[0]


def simplify_all(
    expressions: Sequence[Expression],
    box: Mapping[str, Any] | None = None,
    cost: str | Mapping[str, float] = "complexity",
    operators: Iterable[Operator | str] = OPERATORS,
    columns: Columns | None = None,
) -> list[Expression]:
    """Formulas of the same variables in the cheapest forms that were found, as `simplify` one by one.

    Together they take a fraction of the time.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(*simplify_all([parse("x * y / x"), parse("exp(log(x))")], {"x": (1, 2)}), sep=", ")
    y, x
    """
    ends = checked_box(box)
    allowed = [one if isinstance(one, Operator) else operator(one) for one in operators]
    rows = dict.fromkeys((*allowed, *(row for one in expressions for row in one.operators)))
    costs = costs_of(cost, [row for row in rows if row.is_users])
    left = [
        place
        for place, one in enumerate(expressions)
        if len(one.nodes) <= MAX_NODES and all(map(math.isfinite, one.constants))
    ]
    done = list(expressions)
    for start in range(0, len(left), TOGETHER):
        places = left[start : start + TOGETHER]
        try:
            found = _candidates([expressions[k] for k in places], ends, costs, allowed)
        except SimplifierFailed as error:
            warnings.warn(f"formulas were left as they are: {error}", RuntimeWarning, stacklevel=2)
            continue
        for place, forms in zip(places, found, strict=True):
            done[place] = _chosen(expressions[place], forms, ends, columns)
    return done


def _chosen(
    expression: Expression,
    forms: Sequence[Expression],
    box: Mapping[str, tuple[float, float]],
    columns: Columns | None,
) -> Expression:
    """The first of some forms that keeps the formula's values, or the formula."""
    points = _with_points(expression, box, columns) if forms else {}
    # seen once, from a rewriting whose cause is not known: a form with a column of another formula
    own = [form for form in forms if set(form.variables) <= set(expression.variables)]
    found = next((form for form in own if keeps_values(expression, form, points)), None)
    return expression if found is None else _fixed_as_before(found, expression)


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
    expressions: Sequence[Expression],
    box: Mapping[str, tuple[float, float]],
    costs: Mapping[str, float],
    operators: Sequence[Operator],
) -> list[list[Expression]]:
    """Cheaper forms of each formula, the cheapest first."""
    may_have = [list(dict.fromkeys([*operators, *one.operators])) for one in expressions]
    survey = Survey(box)
    cases = [_case(one, survey, rows) for one, rows in zip(expressions, may_have, strict=True)]
    used = [row for case in cases for form in case.equal for row in form.operators]
    allowed = list(dict.fromkeys(row for rows in may_have for row in rows))
    best = saturator(used, allowed, costs).cheapest(cases)
    return [
        _cheaper(one, [_folded(found), *case.equal], rows, costs)
        for one, found, case, rows in zip(expressions, best, cases, may_have, strict=True)
    ]


def _case(expression: Expression, survey: Survey, allowed: Sequence[Operator]) -> Case:
    """A formula, also in other forms that are equal, and what is known of its parts."""
    equal = [_folded(expression)]
    factored = with_common_factors(equal[0])
    if len(factored.nodes) < len(equal[0].nodes):
        equal.append(factored)
    multiplied = expanded(equal[0])
    if multiplied is not equal[0] and set(multiplied.operators) <= {*allowed, *_STEPS}:
        equal.append(multiplied)
    unshifted = without_phases(equal[0])
    if unshifted != equal[0] and set(unshifted.operators) <= {*allowed, *_STEPS}:
        equal.append(unshifted)
    # canonical forms are equal wherever the formula is defined, and may be defined elsewhere
    if survey.is_defined(expression) and set(expression.canonical.operators) <= set(allowed):
        equal.append(expression.canonical)
    known = {one.formula.nodes: one for form in equal for one in survey.known(form)}
    return Case(tuple(equal), tuple(known.values()))


def _folded(expression: Expression) -> Expression:
    """The formula with each part that has no variable as one number, where all are finite."""
    found = folded(expression)
    return found if all(map(math.isfinite, found.constants)) else expression


def _cheaper(
    expression: Expression,
    found: Sequence[Expression],
    allowed: Sequence[Operator],
    costs: Mapping[str, float],
) -> list[Expression]:
    """Those of some forms, as people write them, that are cheaper than a formula, the cheapest first."""
    own = [one for one in found if set(one.operators) <= set(allowed)]
    forms = {one.nodes: one for one in (*(tidied(one, allowed) for one in own[:1]), *own)}
    cost = expression.complexity(costs)
    priced = [(one.complexity(costs), one) for one in forms.values()]
    return [one for price, one in sorted(priced, key=itemgetter(0)) if price < cost]


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
        off, values = np.abs(parts[-1] - others[-1])[known], np.abs(parts[-1])[known]
    # where a part is large, no more than the values' own digits may be lost
    return bool(np.all(off <= np.minimum(TOLERANCE * largest, _OFF * np.max(values, initial=0.0))))


def _fixed_as_before(after: Expression, before: Expression) -> Expression:
    """The formula with those numbers fixed that were fixed before, and those that count roots and factors."""
    fixed = {node.value for node in before.nodes if isinstance(node, Constant) and node.fixed}
    found = after.map_nodes(
        lambda n: Constant(n.value, fixed=True) if isinstance(n, Constant) and n.value in fixed else n
    )
    return with_fixed_exponents(found, set(before.constants))
