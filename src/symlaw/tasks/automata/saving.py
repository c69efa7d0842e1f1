"""Rules of cells as JSON, and back; what is read is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symlaw.errors import ParseError
from symlaw.search.automata.rules import KINDS, Rule

KEY, VERSION = "symlaw_automaton", 1
_MOST_STATES, _WIDEST = 16, 20


def rule_record(rule: Rule) -> dict[str, Any]:
    """A rule as JSON writes it."""
    return {
        "offsets": [list(offset) for offset in rule.offsets],
        "kind": rule.kind, "counted": rule.counted, "n_states": rule.n_states,
        "table": table_record(rule.table), "errors": rule.errors, "bits": float(rule.bits),
    }  # fmt: skip


def rule_from(record: Mapping[str, Any]) -> Rule:
    """A rule from what `rule_record` gave.

    Raises
    ------
    ParseError
        When it is none.
    """
    n_states = whole(record["n_states"], 1, _MOST_STATES + 1)
    offsets = tuple(tuple(whole(step, -_WIDEST, _WIDEST) for step in offset) for offset in record["offsets"])
    if not offsets or len({len(offset) for offset in offsets}) != 1 or len(offsets[0]) not in (1, 2):
        raise ParseError("the neighbours of a cell are no places on lines or grids")
    if record["kind"] not in KINDS:
        raise ParseError(f"{record['kind']!r:.40} is no kind of rule")
    width = {"table": len(offsets), "sum": 1, "counts": 2}[record["kind"]]
    return Rule(
        offsets, record["kind"], whole(record["counted"], 0, n_states), n_states,
        table_from(record["table"], width, n_states), whole(record["errors"], 0, 10**12),
        float(record["bits"]),
    )  # fmt: skip


def table_record(table: Mapping[tuple[int, ...], int]) -> list[Any]:
    """A table as JSON writes it."""
    return [[list(key), after] for key, after in table.items()]


def table_from(record: Any, width: int, n_states: int) -> dict[tuple[int, ...], int]:
    """A table of keys of that many numbers from what `table_record` gave."""
    found = {
        tuple(whole(one, -(10**9), 10**9) for one in key): whole(after, 0, n_states) for key, after in record
    }
    if not found or any(len(key) != width for key in found):
        raise ParseError(f"the table of the rule has no keys of {width} numbers")
    return found


def states_from(record: Any, n_states: int) -> tuple[Any, ...]:
    """States as they were given."""
    if len(record) != n_states or not all(isinstance(one, (str, int, float)) for one in record):
        raise ParseError(f"{record!r:.60} are no {n_states} states")
    return tuple(record)


def whole(value: Any, low: int, end: int) -> int:
    """A whole number from ``low`` to before ``end``.

    Raises
    ------
    ParseError
        When it is none.
    """
    if type(value) is not int or not low <= value < end:
        raise ParseError(f"{value!r:.60} is no whole number from {low} to {end - 1}")
    return value
