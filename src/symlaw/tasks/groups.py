"""The column that tells groups of rows: its labels as numbers, and the template that it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.operators import operator_table
from symlaw.language.parser import quote_name
from symlaw.language.template import Template, template_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

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
