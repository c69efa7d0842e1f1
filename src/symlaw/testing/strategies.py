"""Hypothesis strategies of formulas. Needs Hypothesis, which symlaw itself does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import operator_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symlaw.language.operators import Operator

Nodes = tuple[Node, ...]

HOSTILE_NAMES = (
    "", " ", "`", "``", "'", '"', '"""', "a\nb", "\\", "a`b", "x y", "2x", "-x", "x**2", "sin", "pi", "inf",
    "nan", "lambda", "np", "math", "formula", "None", "__import__('os')", "\u2028", "ä²", "𝔁", "temp. (°C)",
    "%s{0}",
)  # fmt: skip


def column_names() -> st.SearchStrategy[str]:
    """Names a column may have: plain words, hostile ones, and any text."""
    return st.sampled_from(("x", "y", "mass_1", "θ")) | st.sampled_from(HOSTILE_NAMES) | st.text(max_size=8)


def constants(smallest: float = 1e-300, largest: float = 1e300) -> st.SearchStrategy[float]:
    """Numbers of either sign and of any size between two, zero, and those that people write."""
    sizes = st.floats(smallest, largest)
    return st.sampled_from((0.0, 1.0, -1.0, 2.0, 3.0, 0.5)) | sizes | sizes.map(lambda value: -value)


def expressions(
    operators: Iterable[Operator] | None = None,
    variables: st.SearchStrategy[str] | None = None,
    values: st.SearchStrategy[float] | None = None,
    *,
    max_leaves: int = 12,
) -> st.SearchStrategy[Expression]:
    """Formulas.

    Parameters
    ----------
    operators
        Operators to use; the whole table by default.
    variables
        Names of variables; `column_names` by default.
    values
        Values of constants; `constants` by default.
    max_leaves
        About how many variables and constants a formula has at most.
    """
    rows = tuple(operator_table().values() if operators is None else operators)
    names = (column_names() if variables is None else variables).map(lambda name: (Variable(name),))
    numbers = (constants() if values is None else values).map(lambda value: (Constant(value),))

    def above(parts: st.SearchStrategy[Nodes]) -> st.SearchStrategy[Nodes]:
        return st.sampled_from(rows).flatmap(
            lambda row: st.tuples(*[parts] * row.arity).map(lambda arguments: (*sum(arguments, ()), row))
        )

    return st.recursive(names | numbers, above, max_leaves=max_leaves).map(Expression)
