"""Lookups: operators that give a number for each of some levels of a column, such as a constant by sensor."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symlaw.language.operators import operator
from symlaw.language.operators.row import Precedence, Spelling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.language.operators import Operator


def lookup(name: str, levels: Sequence[float], values: Sequence[float]) -> Operator:
    """An operator of one argument that is a number at each level and nan elsewhere.

    Parameters
    ----------
    name
        What it is called in formulas.
    levels, values
        Values of its argument, and what it gives there.

    Examples
    --------
    >>> import numpy as np
    >>> a = lookup("a", [1, 2], [0.5, 0.7])
    >>> a.numpy_function(np.array([2.0, 1.0, 3.0]))
    array([0.7, 0.5, nan])
    """
    table = tuple((float(level), float(value)) for level, value in zip(levels, values, strict=True))
    digest = hashlib.sha256(repr((name, table)).encode()).hexdigest()
    return replace(
        operator("step"),
        name=name,
        kernel=f"symlaw.lookup.{name}_{digest[:16]}",
        partials=("0",),
        domain="all",
        unit="free to dimensionless",
        inverses=(),
        monotonicity=(),
        sympy=_Piecewise(table),
        text=Spelling(f"{name}[{{0}}]"),
        latex=Spelling(rf"{name}_{{{{{{0}}}}}}"),
        numpy=Spelling(
            f"np.select([{', '.join(f'{{0}} == {level!r}' for level, _ in table)}],"
            f" [{', '.join(repr(value) for _, value in table)}], np.nan)"
        ),
        c=_nested(table, "({{0}} == {0!r} ? {1!r} : {2})", "NAN"),
        torch=_nested(table, "torch.where({{0}} == {0!r}, {1!r}, {2})", "float('nan')"),
        jax=_nested(table, "jnp.where({{0}} == {0!r}, {1!r}, {2})", "jnp.nan"),
        cost=0.0,
        absent={"inverses": "levels may share a value", "monotonicity": "levels have no order"},
        table=table,
        digest=digest,
    )


def restored(record: Mapping[str, Any]) -> Operator:
    """A lookup from what a formula's JSON says of it."""
    levels, values = zip(*record["table"], strict=True)
    return lookup(str(record["operator"]), levels, values)


def record_of(row: Operator) -> dict[str, Any]:
    """What `restored` reads."""
    return {"operator": row.name, "table": [list(pair) for pair in row.table]}


def _nested(table: Sequence[tuple[float, float]], form: str, otherwise: str) -> Spelling:
    text = otherwise
    for level, value in reversed(table):
        text = form.format(level, value, text)
    return Spelling(text, Precedence.ATOM)


class _Piecewise:
    """The SymPy form, which pickles."""

    def __init__(self, table: Sequence[tuple[float, float]]) -> None:
        self.table = table

    def __call__(self, s: Any, x: Any) -> Any:
        return s.Piecewise(*((value, s.Eq(x, level)) for level, value in self.table), (s.nan, True))
