"""The facts of a report as JSON, whole or inside of a page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """A value as JSON holds it; what is no finite number is null."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def embedded(record: Mapping[str, Any]) -> str:
    """JSON that ends no element of the page around it.

    Examples
    --------
    >>> print(embedded({"column": "</script>"}))
    {"column": "\\u003c/script\\u003e"}
    """
    text = json.dumps(plain(record), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
