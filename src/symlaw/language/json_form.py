"""Expressions as versioned JSON; reading one never runs code from it."""

from __future__ import annotations

import json
import math
from typing import Any

from symlaw.errors import ParseError
from symlaw.language.expression import Expression
from symlaw.language.leaves import Constant, Variable
from symlaw.language.nodes import Node
from symlaw.language.operators import Operator, operator
from symlaw.language.user_operators.operator import record_of, restored

JSON_VERSION = 1


def to_json(expression: Expression) -> str:
    """Text that `from_json` reads."""
    nodes = [_record_of(node) for node in expression.nodes]
    known = {} if expression.digits is None else {"digits": list(expression.digits)}
    return json.dumps({"symlaw_expression": JSON_VERSION, "nodes": nodes, **known})


def from_json(text: str) -> Expression:
    """Read an expression written by `to_json`.

    Raises
    ------
    ParseError
        When the text is not such JSON, or of an unknown version.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(from_json(to_json(parse("2.5 * sqrt(x)"))))
    2.5 * sqrt(x)
    """
    try:
        record = json.loads(text)
        version = record["symlaw_expression"]
        if version != JSON_VERSION:
            raise ParseError(f"expression format {version!r} is unknown: this symlaw reads {JSON_VERSION}")
        known = record.get("digits")
        digits = None if known is None else tuple(int(one) for one in known)
        return Expression(tuple(_node(one) for one in record["nodes"]), digits)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, ParseError):
            raise
        raise ParseError(f"not an expression in JSON: {error}") from error


def _record_of(node: Node) -> Any:
    if isinstance(node, Operator):
        return record_of(node) if node.is_users else node.name
    if isinstance(node, Variable) and node.value is not None:
        return {"named": node.name, "value": node.value}
    if isinstance(node, Variable):
        return {"variable": node.name}
    value = node.value if math.isfinite(node.value) else repr(node.value)
    return {"constant": value, **({"fixed": True} if node.fixed else {})}


def _node(record: Any) -> Node:
    if isinstance(record, str):
        return operator(record)
    if "operator" in record:
        return restored(record)
    if "variable" in record:
        return Variable(str(record["variable"]))
    if "named" in record:
        return Variable(str(record["named"]), float(record["value"]))
    return Constant(float(record["constant"]), bool(record.get("fixed", False)))
