"""Values of recursive functions as JSON, in which trees and pairs say so, and back."""

from __future__ import annotations

from typing import Any


def value_from(record: Any) -> Any:
    """A value from what `value_record` gave.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> value_from([1, {"tree": [2, 3]}])
    [1, (2, 3)]
    """
    if isinstance(record, dict):
        if set(record) != {"tree"} or not isinstance(record["tree"], list):
            raise ValueError(f"{record!r:.60} is no tree")
        return tuple(map(value_from, record["tree"]))
    return list(map(value_from, record)) if isinstance(record, list) else record


def value_record(value: Any) -> Any:
    """A value as JSON writes it."""
    if isinstance(value, tuple):
        return {"tree": list(map(value_record, value))}
    return list(map(value_record, value)) if isinstance(value, list) else value
