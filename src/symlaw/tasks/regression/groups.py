"""The column that tells groups of rows: its labels as numbers, and the template that it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import operator_table
from symlaw.language.parser import parse, quote_name
from symlaw.language.template import Template, template_of
from symlaw.language.user_operators.lookup import lookup
from symlaw.trust.constants.numbers import all_numbers, group_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node
    from symlaw.language.operators import Operator

# Begins the name that a constant of groups has while a text is read.
_STAND_IN = "group_constant_"
# Rows that every group has to have.
MIN_ROWS = 3


def _refuse_missing(groups: str, columns: Sequence[str]) -> None:
    raise InvalidSetting(f"groups names {groups!r}, which is no column: there are {', '.join(columns)}")


def template_from(
    text: str | None, groups: str | None, columns: Sequence[str], operators: Iterable[str | Operator]
) -> Template | None:
    """The template of settings; None where they say nothing.

    With groups and no text, it is any formula of the other columns, all of whose constants are a group's own.

    Raises
    ------
    InvalidSetting
        When there is no such column of groups.
    ParseError
        When the text is no template.
    """
    if groups is not None and groups not in columns:
        _refuse_missing(groups, columns)
    if text is None and groups is None:
        return None
    if text is None:
        others = [name for name in columns if name != groups]
        if not others:
            raise InvalidSetting(f"groups names {groups!r}, the only column: a formula needs another one")
        name = next(word for word in ("f", "g", "formula") if word not in (*columns, *operator_table()))
        any_formula = template_of(f"{name}({', '.join(map(quote_name, others))})", columns)
        return replace(any_formula, text="any formula", groups=groups, all_own=True)
    own = [one for one in operators if not isinstance(one, str)]
    template = template_of(text, columns, own)
    if groups is not None and not template.parameters:
        raise InvalidSetting(
            f"groups is {groups!r}, and template {text!r} has no parameter for a group to have of its own:"
            " write one into it, such as a * f(x)"
        )
    return replace(template, groups=groups)


def check_groups(column: NDArray[np.float64], name: str) -> None:
    """Refuse groups of too few rows.

    Raises
    ------
    DataError
        With the smallest group.
    """
    levels, counts = np.unique(column, return_counts=True)
    least = int(np.argmin(counts))
    if counts[least] < MIN_ROWS:
        raise DataError(
            f"groups: {name!r} is {levels[least]:g} in {counts[least]} row(s) only, and a group needs "
            f"{MIN_ROWS}: leave such rows out, or join groups"
        )


def formula_of_groups(text: str, groups: str | None, columns: Sequence[str], found: Expression) -> Expression:
    """A formula that somebody wrote for a run, with constants of groups as ``a[site]``.

    Parameters
    ----------
    text
        The formula.
    groups
        The run's column of groups; None where it has none.
    columns
        The run's columns.
    found
        A formula of the run. Constants of the same names have its values, others begin with 1.

    Raises
    ------
    ParseError
        When the text is no formula.

    Examples
    --------
    >>> from symlaw.language.expression import Variable
    >>> from symlaw.language.user_operators.lookup import lookup
    >>> found = Expression((Variable("site"), lookup("a", [0, 1], [2.0, 3.0])))
    >>> print(formula_of_groups("a[site] * exp(-t)", "site", ["t", "site"], found))
    a[site] * exp(-t)
    """
    own = group_numbers(found)
    if groups is None or not own:
        return parse(text, columns)
    numbers = all_numbers(found).tolist()[len(found.constants) :]
    known = {one.name_at(): number for one, number in zip(own, numbers, strict=True)}
    levels = list(dict.fromkeys(one.level for one in own))
    quoted = "|".join(re.escape(word) for word in (groups, quote_name(groups)))
    names: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        name = match.group(1)
        names[f"{_STAND_IN}{name}"] = name
        return f"{_STAND_IN}{name}"

    plain = parse(re.sub(rf"\b([^\W\d]\w*)\s*\[\s*(?:{quoted})\s*\]", stand_in, text), [*columns, *names])
    nodes: list[Node] = []
    for node in plain.nodes:
        name = names.get(node.name, "") if isinstance(node, Variable) else ""
        if not name:
            nodes.append(node)
            continue
        table = [known.get(f"{name}[{level:g}]", 1.0) for level in levels]
        nodes += [Variable(groups), lookup(name, levels, table)]
    return Expression(tuple(nodes))
