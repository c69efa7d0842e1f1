"""JSON: a decision as nested lists and objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symlaw.errors import RunError
from symlaw.language.rules.decision import Clause, Decision
from symlaw.language.rules.json_form import as_json, from_json
from symlaw.language.rules.printers.writing import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS: tuple[str, ...] = ()


def write(decision: Decision) -> str:
    """The text of `record_of`."""
    return json.dumps(record_of(decision), ensure_ascii=False)


def record_of(decision: Decision) -> dict[str, Any]:
    """A decision as plain values."""
    rules = [{"if": as_json(clause.formula), "then": plain(clause.label)} for clause in decision.clauses]
    return {"rules": rules, "otherwise": plain(decision.otherwise)}


def read(record: Mapping[str, Any]) -> Decision:
    """The decision that `record_of` wrote.

    Raises
    ------
    RunError
        When it is no such record.
    """
    if "rules" not in record or "otherwise" not in record:
        raise RunError("the record holds no decision: give one that symlaw wrote")
    clauses = tuple(Clause(from_json(one["if"]), one["then"]) for one in record["rules"])
    return Decision(clauses, record["otherwise"])
