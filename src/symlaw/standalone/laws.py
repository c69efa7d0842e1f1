"""Formulas in the files that ``model.save`` and ``symlaw export --format json`` write."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting, RunError, SymlawError, UnknownOperator
from symlaw.language.expression import Expression
from symlaw.language.operators import Operator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Formats that are read: what names each in a file, and the version known.
FORMATS = {"symlaw_model": 1, "symlaw_expression": 1}


@dataclass(frozen=True)
class Laws:
    """A front, and which of its formulas are recommended.

    Parameters
    ----------
    front
        The formulas, in the order of the file.
    recommended
        Places in the front, one for each target.
    outputs
        Number of the target of each formula.
    groups, labels
        Column that tells groups of rows, and its labels where they were text: the first is number 0.
    unnamed
        Whether the columns of the fit had no names, so that formulas call them x0, x1, ...
    """

    front: tuple[Expression, ...]
    recommended: tuple[int, ...]
    outputs: tuple[int | str, ...]
    groups: str | None = None
    labels: tuple[str, ...] | None = None
    unnamed: bool = False

    def chosen(self, number: int | None) -> tuple[Expression, ...]:
        """The formulas to compute: one row of the front, or the recommended ones.

        Raises
        ------
        InvalidSetting
            When there is no such row.
        UnknownOperator
            When the file does not hold all that it takes to compute them.
        """
        if number is not None and not 0 <= number < len(self.front):
            raise InvalidSetting(
                f"--formula is {number}, and the front has rows 0 to {len(self.front) - 1}: --list shows them"
            )
        places = self.recommended if number is None else (number,)
        formulas = tuple(self.front[place] for place in places)
        for formula in formulas:
            _check_whole(formula)
        return formulas


def read_laws(path: Path) -> Laws:
    """Read a saved model or a formula.

    Raises
    ------
    RunError
        When the file is missing, damaged, of an unknown version, or not of symlaw.
    """
    record = _record(path)
    try:
        if "symlaw_expression" in record:
            return Laws((_expression(record),), (0,), (0,))
        return _of_model(record)
    except (SymlawError, KeyError, TypeError, ValueError, IndexError) as error:
        raise RunError(f"the law in {str(path)!r} is damaged: {error}") from None


def _record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"{str(path)!r} cannot be read as JSON: {error}") from None
    found = [key for key in FORMATS if isinstance(record, dict) and key in record]
    if not found:
        raise RunError(
            f"{str(path)!r} holds no law: give a file of model.save or symlaw export --format json"
        )
    version = record[found[0]]
    if version != FORMATS[found[0]]:
        raise RunError(
            f"{str(path)!r} has format version {version!r} and this symlaw reads {FORMATS[found[0]]}: "
            "use the symlaw that wrote it, or a newer one"
        )
    return dict(record)


def _of_model(record: Mapping[str, Any]) -> Laws:
    rows, place = record["front"], record["recommended_"]
    recommended = tuple(place) if isinstance(place, list) else (place,)
    front = tuple(_expression(row["expression"]) for row in rows)
    for one in recommended:
        if not 0 <= one < len(front):
            raise ValueError(f"it recommends row {one} of {len(front)}")
    labels = record.get("group_labels")
    return Laws(
        front,
        recommended,
        tuple(row.get("output", 0) for row in rows),
        record["parameters"].get("groups"),
        None if labels is None else tuple(labels),
        unnamed=record["feature_names"] is None,
    )


def _expression(record: Any) -> Expression:
    return Expression.from_json(json.dumps(record))


def _check_whole(formula: Expression) -> None:
    """Refuse a user's operator whose code is in no file."""
    for node in formula.nodes:
        if isinstance(node, Operator) and node.is_users and not node.table and node.body is None:
            raise UnknownOperator(
                f"the formula uses {node.name!r}, an operator of Python code that its file does not hold: "
                "compute it where that code is, with symlaw.load(FILE, operators=[...])"
            )


def columns_of(formulas: Sequence[Expression]) -> tuple[str, ...]:
    """Names of the columns that formulas use, in order of first use."""
    return tuple(dict.fromkeys(name for formula in formulas for name in formula.variables))
