"""Rules in files: JSON that holds what predictions and exports need."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import RunError
from symlaw.language.rules.json_form import as_json, from_json
from symlaw.language.rules.printers.writing import plain
from symlaw.runs.files import load_record, save_record
from symlaw.tasks.rules.accounts import Confusion
from symlaw.tasks.rules.probabilities import Shares

if TYPE_CHECKING:
    import pandas as pd


KEY, VERSION = "symlaw_rules", 2


def write(model: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted model.

    Raises
    ------
    FileUnreadable
        When the file cannot be written.
    """
    record = {
        KEY: VERSION,
        "columns": model._kinds,
        "classes": [plain(label) for label in model.classes_],
        "rules": [
            {
                "then": plain(label),
                "if": as_json(formula),
                "shares": [part.tolist() for part in shares],
                "rivals": [as_json(rival) for rival in rivals],
            }
            for (label, formula, shares), rivals in zip(model._steps, model._rivals, strict=True)
        ],
        "otherwise": plain(model._otherwise),
        "front": plain_rows(model.front_),
        "status": model.status_,
        "errors": model._errors,
        "confusion": model._confusion._asdict(),
        "aside": list(model.aside_),
        "names": list(getattr(model, "feature_names_in_", ())),
    }
    save_record(Path(path), record, "rule")


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON has them, None for what is missing."""
    return [
        {name: None if cell != cell else plain(cell) for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def read(model: Any, path: str | os.PathLike[str]) -> None:
    """Put what `write` wrote into a model.

    Raises
    ------
    RunError
        When the file is missing, damaged or of an unknown version.
    """
    import pandas as pd

    record = load_record(Path(path), KEY, VERSION)
    try:
        model.classes_ = np.array(record["classes"])
        model._kinds = {str(name): str(kind) for name, kind in record["columns"].items()}
        model._steps = [
            (_label(model.classes_, one["then"]), from_json(one["if"]), _shares(one["shares"]))
            for one in record["rules"]
        ]
        model._otherwise = _label(model.classes_, record["otherwise"])
        # what is missing is None in files, and nan here
        model.front_ = pd.DataFrame(record["front"]).astype({"cost_left_out": float, "purity": float})
        model._confusion = Confusion(**record["confusion"])
        model.status_, model._errors = str(record["status"]), [str(line) for line in record["errors"]]
        model._rivals = [tuple(map(from_json, one["rivals"])) for one in record["rules"]]
        model.aside_ = tuple(map(str, record["aside"]))
        model.n_features_in_ = len(model._kinds)
        if record["names"]:
            model.feature_names_in_ = np.array(record["names"], dtype=object)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RunError(f"{str(path)!r} is damaged: parts of the rule are missing; save it anew") from None


def _shares(parts: list[list[float]]) -> Shares:
    read: dict[str, Any] = dict(zip(Shares._fields, map(np.array, parts), strict=True))
    whole = {name: read[name].astype(np.int64) for name in ("distances", "patterns")}
    return Shares(**{**{name: part.astype(np.float64) for name, part in read.items()}, **whole})


def _label(classes: Any, label: Any) -> Any:
    return classes[int(np.flatnonzero(classes == label)[0])]
