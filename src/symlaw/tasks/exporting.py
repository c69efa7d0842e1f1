"""What exports know of a fit's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def of_a_sheet(target: str, columns: Sequence[str], encodings: Mapping[str, Any]) -> dict[str, Any]:
    """Options of an export to cells: the sheet's columns, and how the formula's were made of them."""
    if target != "excel":
        return {}
    return {"columns": list(columns), "recipes": list(encodings.get("features", ()))}
