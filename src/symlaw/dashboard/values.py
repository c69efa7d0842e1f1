"""What goes to the page: plain JSON values, without code and without numbers that JSON lacks."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.responses import Response

from symlaw.errors import CannotExport
from symlaw.runs.annotations.marks import key_of

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.runs.records import Formula

DIGITS = 6
_FIGURES = ("complexity", "loss", "r2", "rmse", "mae", "max_error", "objective")


def plain(value: Any) -> Any:
    """A value as JSON has it; what is no finite number becomes None.

    Examples
    --------
    >>> plain({"x": np.array([1.0, np.inf]), "n": np.int64(2)})
    {'x': [1.0, None], 'n': 2}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def written(value: Any) -> str:
    """A value as JSON text on one line."""
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def encoded(text: str) -> bytes:
    """A text in UTF-8; lone halves of surrogate pairs, as names of columns may hold, have none."""
    return text.encode("utf-8", "replace")


def reply(value: Any, status: int = 200) -> Response:
    """A value as an answer."""
    return Response(encoded(written(value)), status, media_type="application/json")


def formula_record(row: Formula, mark: str = "", printed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A formula of a front for the page; ``printed`` is its `expression_record` where that is known."""
    record = {name: getattr(row, name) for name in _FIGURES}
    verdicts = [verdict.words() for verdict in row.verdicts]
    shown = expression_record(row.expression) if printed is None else printed
    return {**record, **shown, "constraints": verdicts, "mark": mark}


def expression_record(expression: Expression) -> dict[str, Any]:
    """A formula alone."""
    return {
        "key": key_of(expression),
        "text": expression.shown(DIGITS),
        "mathml": mathml(expression),
        "variables": list(expression.variables),
    }


def mathml(expression: Expression) -> str:
    """A formula as mathematics; "" where it has none, so that its text is shown."""
    try:
        return str(expression.export("mathml"))
    except (CannotExport, RecursionError):
        return ""
