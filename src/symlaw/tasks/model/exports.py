"""Exports that know of a fit's table: a sheet's columns, labels, texts, units, the name of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.tasks.inputs.rescaling import in_units_of_table

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.runs.records import Header
    from symlaw.tasks.model.fitted import FittedModel

_TO_CELLS, _TO_TABLES = ("excel",), ("sqlite", "duckdb")
# Formats whose functions have an argument for each column.
_TO_FUNCTIONS = ("c", "javascript", "jax", "matlab", "numpy", "onnx", "python", "rust", "torch")
# What begins a comment.
_COMMENTS = {
    "c": "//", "rust": "//", "javascript": "//", "matlab": "%", "python": "#", "numpy": "#",
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """What a formula was found on.

    Parameters
    ----------
    columns
        Of the table, in its order.
    encodings
        How the formula's columns were made of them, see `symlaw.data.Table`.
    target
        What the formula is of.
    units
        Of columns, by name, in words.
    """

    columns: Sequence[str]
    encodings: Mapping[str, Any]
    target: str
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_run(cls, header: Header) -> Origin:
        """What a run searched on."""
        sheet = header.encodings.get("columns") or header.feature_names
        return cls(sheet, header.encodings, header.target_name, _in_words(header.settings.get("units")))

    @classmethod
    def of_model(cls, model: FittedModel, target: str) -> Origin:
        """What a model was fitted to, for one of its targets."""
        reading = model.reading_
        return cls(reading.columns, reading.encodings, target, _in_words(model.units))

    def options(self, formula: Expression, notation: str) -> dict[str, Any]:
        """Options of an export: how cells, tables and equations have the formula's columns."""
        recipes = list(self.encodings.get("features", ()))
        if notation in _TO_CELLS:
            return {"columns": list(self.columns), "recipes": recipes}
        if notation == "latex":
            units = {name: unit for name, unit in self.units.items() if name in formula.variables}
            return {"name": self.target, **({"units": units} if units else {})}
        if notation in _TO_FUNCTIONS:
            names = (recipe["source"] if recipe.get("scale") else recipe["name"] for recipe in recipes)
            return {"columns": [str(name) for name in names] or list(self.columns)}
        return {"recipes": recipes} if notation in _TO_TABLES else {}

    def export(self, formula: Expression, notation: str, **options: Any) -> Any:
        """A formula in another form, with a comment that says what the numbers of labels are."""
        given = {**self.options(formula, notation), **options}
        if notation in _TO_FUNCTIONS:
            # callers have the table's columns, not those that a search made of them
            formula = in_units_of_table(formula, self.encodings)
        return self._with_labels(formula.export(notation, **given), notation, formula)

    def _with_labels(self, written: str | bytes, notation: str, formula: Expression) -> str | bytes:
        sign = _COMMENTS.get(notation)
        if sign is None or isinstance(written, bytes):
            return written
        lines = []
        for recipe in self.encodings.get("features", ()):
            if recipe["kind"] == "label" and recipe["name"] in formula.variables:
                # names and labels in ASCII, so that none can leave its comment
                said = ", ".join(f"{code} is {label!a}" for code, label in enumerate(recipe["known"]))
                lines.append(f"{sign} {ascii(recipe['name'])[1:-1]}: {said}")
        return "\n".join([*lines, written])


def _in_words(units: Mapping[str, Any] | None) -> dict[str, str]:
    """Units that were given in words; LaTeX says no others."""
    return {name: unit for name, unit in (units or {}).items() if isinstance(unit, str)}


def exported(model: FittedModel, notation: str, options: Mapping[str, Any]) -> Any:
    """A fitted model's formula in another form; a tuple for several targets."""

    def one(formula: Expression, target: str) -> Any:
        return Origin.of_model(model, target).export(formula, notation, **options)

    formulas, names = model.expression_, model.target_names_
    return tuple(map(one, formulas, names)) if isinstance(formulas, tuple) else one(formulas, names[0])
