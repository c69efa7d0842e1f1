"""Columns of one kind in one unit, where a table has them in two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.knowledge.units.scales import rescalings
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.tasks.inputs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.data import Table
    from symlaw.knowledge.units.scales import Rescaling
    from symlaw.language.expression import Node, Nodes
    from symlaw.tasks.inputs.intake import Taken

    Array = NDArray[np.float64]

_ALL_DIGITS = 17
# What recipes say of units, and what is meant where they say nothing.
_AS_GIVEN = (("scale", 1.0), ("offset", 0.0))


def rescaled(encodings: Mapping[str, Any], changes: Sequence[Rescaling]) -> dict[str, Any]:
    """How columns are read of data in their new units."""
    by_name = {one.name: one for one in changes}
    recipes = [dict(recipe) for recipe in encodings["features"]]
    for recipe in recipes:
        change = by_name.get(recipe["name"])
        if change is not None:
            recipe.update(name=change.new_name, scale=change.factor, offset=change.offset)
    return {**encodings, "features": recipes}


def _scaled(X: Array, encodings: Mapping[str, Any]) -> Array:
    """Columns (n_samples, n_features) as they were given, in the units of their recipes."""
    recipes = encodings["features"]
    scales, offsets = ([recipe.get(word, usual) for recipe in recipes] for word, usual in _AS_GIVEN)
    return np.asarray(X * scales + offsets)


def in_units_of_table(formula: Expression, encodings: Mapping[str, Any]) -> Expression:
    """A formula of a run's columns as one of the table's, where those are in other units.

    Its own constants stay, and have the digits that they had.
    """
    made = _made(encodings)

    def written(node: Node) -> Nodes:
        recipe = made.get(node.name) if isinstance(node, Variable) else None
        if recipe is None:
            return (node,)
        return _line(
            (Variable(str(recipe["source"])),), *(recipe.get(word, usual) for word, usual in _AS_GIVEN)
        )

    return _rewritten(formula, written)


def in_units_of_run(formula: Expression, encodings: Mapping[str, Any]) -> Expression:
    """A formula that names columns of the table as one of the run's columns, the other way round."""
    by_source = {str(recipe["source"]): recipe for recipe in _made(encodings).values()}

    def written(node: Node) -> Nodes:
        recipe = by_source.get(node.name) if isinstance(node, Variable) else None
        if recipe is None:
            return (node,)
        scale, offset = (recipe.get(word, usual) for word, usual in _AS_GIVEN)
        return _line((Variable(str(recipe["name"])),), 1.0 / scale, -offset / scale)

    return _rewritten(formula, written)


def given_names(encodings: Mapping[str, Any]) -> list[str]:
    """Names in the table of columns that a run has in other units, under other names."""
    return [str(recipe["source"]) for recipe in _made(encodings).values()]


def _made(encodings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        str(recipe["name"]): recipe
        for recipe in encodings.get("features", ())
        if any(word in recipe for word, _ in _AS_GIVEN) and recipe["name"] != recipe.get("source")
    }


def _line(column: Nodes, scale: float, offset: float) -> Nodes:
    """A column times a number plus a number."""
    nodes = column if scale == 1.0 else (Constant(scale, fixed=True), *column, operator("*"))
    return nodes if offset == 0.0 else (*nodes, Constant(offset, fixed=True), operator("+"))


def _rewritten(formula: Expression, written: Callable[[Node], Nodes]) -> Expression:
    """A formula with columns written in another way; numbers that come with them have all their digits."""
    nodes: list[Node] = []
    digits: list[int] = []
    own = iter(formula.digits or ())
    for node in formula.nodes:
        put = written(node)
        nodes += put
        digits += (
            [
                next(own) if isinstance(node, Constant) else _ALL_DIGITS
                for one in put
                if isinstance(one, Constant)
            ]
            if formula.digits is not None
            else []
        )
    if len(nodes) == len(formula.nodes):
        return formula if nodes == list(formula.nodes) else Expression(tuple(nodes), formula.digits)
    return Expression(tuple(nodes), None if formula.digits is None else (*digits, *own))


def changed_units(units: Mapping[str, Any], changes: Sequence[Rescaling]) -> dict[str, Any]:
    """Units by the columns' new names."""
    by_name = {one.name: one for one in changes}
    return {
        (by_name[name].new_name if name in by_name else name): (
            by_name[name].after if name in by_name else unit
        )
        for name, unit in units.items()
    }


def table_in_one_scale(
    table: Table, units: Mapping[str, Any] | None, target_unit: Any
) -> tuple[Table, dict[str, Any] | None]:
    """A table whose columns of one kind are in one unit, each change a note, and the units of its columns.

    Raises
    ------
    InvalidSetting
        When a unit is not known.
    """
    changes = _changes(units, target_unit, table.feature_names)
    if units is None or not changes:
        return table, None if units is None else dict(units)
    changed = scaled_as(table, rescaled(table.encodings, changes))
    notes = (*table.notes, *(change.note for change in changes))
    return replace(changed, notes=notes), changed_units(units, changes)


def taken_in_one_scale(
    data: Taken, units: Mapping[str, Any] | None, target_unit: Any
) -> tuple[Taken, dict[str, Any] | None]:
    """The same for what an estimator takes of its data."""
    changes = _changes(units, target_unit, data.names)
    if units is None or not changes:
        return data, None if units is None else dict(units)
    encodings = rescaled(data.reading.encodings, changes)
    notes = (*data.notes, *(change.note for change in changes))
    changed = replace(data, X=_scaled(data.X, encodings), reading=Reading(encodings), notes=notes)
    return changed, changed_units(units, changes)


def scaled_as(table: Table, encodings: Mapping[str, Any]) -> Table:
    """A table read anew with its columns in the units that a run has them in."""
    recipes = list(encodings.get("features", ()))
    if not any("scale" in recipe for recipe in recipes) or len(recipes) != len(table.feature_names):
        return table
    names = tuple(str(recipe["name"]) for recipe in recipes)
    X = _scaled(table.X, encodings)
    return replace(table, X=X, feature_names=names, encodings=dict(encodings))


def _changes(
    units: Mapping[str, Any] | None, target_unit: Any, names: Sequence[str]
) -> tuple[Rescaling, ...]:
    if units is None or target_unit is None:
        return ()
    return rescalings({name: unit for name, unit in units.items() if name in names}, target_unit)
