"""What exports know of a fit's table: a sheet's columns, labels of groups, texts and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.language.expression import Expression
    from symlaw.tasks.regression import SymbolicRegressor

_TO_CELLS, _TO_TABLES = ("excel",), ("sqlite", "duckdb")
# What begins a comment.
_COMMENTS = {
    "c": "//", "rust": "//", "javascript": "//", "matlab": "%", "python": "#", "numpy": "#",
}  # fmt: skip


def of_a_table(target: str, columns: Sequence[str], encodings: Mapping[str, Any]) -> dict[str, Any]:
    """Options of an export to cells or to SQL: how the formula's columns were made of the table's."""
    recipes = list(encodings.get("features", ()))
    if target in _TO_CELLS:
        return {"columns": list(columns), "recipes": recipes}
    return {"recipes": recipes} if target in _TO_TABLES else {}


def exported(model: SymbolicRegressor, target: str, options: Mapping[str, Any]) -> Any:
    """A fitted model's formula in another form; a tuple for several targets."""
    encodings = model.reading_.encodings
    given = {**of_a_table(target, model.reading_.columns, encodings), **options}

    def one(formula: Expression, name: str) -> Any:
        own = {"target": name, **given} if target == "latex" else given
        return with_labels(formula.export(target, **own), target, formula, encodings)

    formulas, names = model.expression_, model.target_names_
    return tuple(map(one, formulas, names)) if isinstance(formulas, tuple) else one(formulas, names[0])


def with_labels(
    written: str | bytes, target: str, formula: Expression, encodings: Mapping[str, Any]
) -> str | bytes:
    """An export with a comment that says what the numbers of labels are, where its language has comments.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> recipe = {"name": "site", "source": "site", "kind": "label", "known": ["east", "north"]}
    >>> print(with_labels("...", "c", parse("site * x"), {"features": [recipe]}))
    // site: 0 is 'east', 1 is 'north'
    ...
    """
    sign = _COMMENTS.get(target)
    if sign is None or isinstance(written, bytes):
        return written
    lines = []
    for recipe in encodings.get("features", ()):
        if recipe["kind"] == "label" and recipe["name"] in formula.variables:
            # names and labels in ASCII, so that none can leave its comment
            said = ", ".join(f"{code} is {label!a}" for code, label in enumerate(recipe["known"]))
            lines.append(f"{sign} {ascii(recipe['name'])[1:-1]}: {said}")
    return "\n".join([*lines, written])
