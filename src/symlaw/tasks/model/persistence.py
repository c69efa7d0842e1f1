"""Fitted models as versioned JSON; loading one never runs code from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw._version import __version__
from symlaw.engine.losses.register import loss_from
from symlaw.engine.losses.table import Loss
from symlaw.errors import InvalidSetting, RunError
from symlaw.knowledge.priors.prior import Prior
from symlaw.language.algebra.shared_parts import System
from symlaw.language.macros import Macro
from symlaw.language.operators import Operator
from symlaw.runs.files import load_record, number, save_record
from symlaw.runs.records import read_expression
from symlaw.search.searchers import name_of
from symlaw.tasks.display.frames import outputs_of, terms_frame, terms_in
from symlaw.tasks.inputs.reading import Reading
from symlaw.trust.selection.finding import Finding
from symlaw.trust.terms import read_terms

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from symlaw.language.operators import Operator
    from symlaw.tasks.regression.estimator import SymbolicRegressor

KEY = "symlaw_model"
VERSION = 1
_FIGURES = ("complexity", "loss", "r2", "rmse", "mae", "max_error")
_LEARNED = ("recommended_", "reason_", "stopped_by_", "n_evaluations_", "n_features_in_")


def save(model: SymbolicRegressor, path: str | os.PathLike[str]) -> None:
    """Write a fitted model as JSON.

    Parameters that JSON cannot hold, such as ``callback``, are left out and have their defaults after
    `load`.

    Raises
    ------
    NotFittedError
        When the model is not fitted.
    FileUnreadable
        When the file cannot be written.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(model)
    named = getattr(model, "feature_names_in_", None)
    record = {
        KEY: VERSION,
        "symlaw": __version__,
        "parameters": _parameters(model),
        "user_loss": _user_loss(model),
        "group_labels": model.group_labels_,
        "feature_names": None if named is None else [str(name) for name in named],
        "target_names": list(model.target_names_),
        "y_std_column": getattr(model, "y_std_column_", None),
        "reading": dict(model.reading_.encodings),
        "notes": list(model.notes_),
        "front": [_row_record(row) for row in model.front_.to_dict("records")],
        **{name: getattr(model, name) for name in _LEARNED},
        "doubts_": model.doubts_,
        "finding": _finding_record(model.finding_),
        "noise_": model.noise_,
        "proof_": model.proof_,
        "terms": [
            [one.to_record() for one in terms_in(model, None if output is None else place)]
            for place, output in enumerate(outputs_of(model))
        ],
        "alternatives": [
            [[complexity, number(loss), json.loads(one.to_json())] for complexity, loss, one in found]
            for found in model.alternatives_found_
        ],
        "shared": None if model.shared_ is None else _system_record(model.shared_),
    }
    save_record(Path(path), record, "model")


def load(
    path: str | os.PathLike[str],
    operators: Iterable[Operator] = (),
    loss: Loss | Callable[..., Any] | None = None,
) -> SymbolicRegressor:
    """Read a model that `save` wrote.

    Parameters
    ----------
    path
        The file.
    operators
        Operators made of Python functions that the model's formulas use and that are no formulas themselves,
        whose code is not kept.
    loss
        The function that was the model's loss, for fitting it again.

    Raises
    ------
    RunError
        When the file is missing, damaged or of an unknown version.
    UnknownOperator
        When an operator given was made of other code than that of the fit.
    InvalidSetting
        When the loss given was made of other code than that of the fit.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from symlaw import SymbolicRegressor, load
    >>> X = np.linspace(1, 3, 30)[:, None]
    >>> model = SymbolicRegressor(operators=["+", "*"], max_evaluations=2000, time_budget=None,
    ...                           random_state=0)
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.json")
    >>> model.fit(X, X[:, 0] ** 2).save(path)
    >>> print(load(path).expression_)
    x0 * x0
    """
    from symlaw.tasks.regression.estimator import SymbolicRegressor

    record = load_record(Path(path), KEY, VERSION)
    try:
        parameters, by_name = dict(record["parameters"]), {row.name: row for row in operators}
        if "operators" in parameters:
            parameters["operators"] = [by_name.get(name, name) for name in parameters["operators"]]
        if loss is not None:
            parameters["loss"] = _same_loss(loss, record.get("user_loss"))
        model = SymbolicRegressor(**parameters)
        for name in _LEARNED:
            value = record[name]
            setattr(model, name, _frozen(value))
        model.group_labels_ = record.get("group_labels")
        model.y_std_column_, model.notes_ = record.get("y_std_column"), tuple(record.get("notes", ()))
        model.doubts_ = _frozen(record.get("doubts_", ()))
        model.finding_, model.verdict_ = _finding(record.get("finding"))
        model.noise_ = _frozen(record.get("noise_", ""))
        no_proof = [""] * len(model.noise_) if isinstance(model.noise_, tuple) else ""
        model.proof_ = _frozen(record.get("proof_", no_proof))
        model.alternatives_found_ = [
            [(c, float(loss), read_expression(one).with_operators(operators)) for c, loss, one in found]
            for found in record.get("alternatives", [])
        ]
        model.shared_ = _system(record.get("shared"), operators)
        if record["feature_names"] is not None:
            model.feature_names_in_ = np.array(record["feature_names"], dtype=object)
        model.reading_ = _reading(record)
        model.front_ = _front(record["front"], operators)
        formulas, place = list(model.front_["expression"]), model.recommended_
        picked = formulas[place] if isinstance(place, int) else tuple(formulas[k] for k in place)
        model.expression_ = picked
        kept = record.get("terms") or [[] for _ in outputs_of(model)]
        model.terms_ = terms_frame([read_terms(one) for one in kept], outputs_of(model))
        outputs = outputs_of(model) if isinstance(picked, tuple) else []
        unnamed = [one if isinstance(one, str) else f"y{one}" for one in outputs] or ["y"]
        model.target_names_ = tuple(record.get("target_names", unnamed))
    except (KeyError, TypeError, IndexError) as error:
        raise RunError(f"the model in {str(path)!r} is damaged: {error}") from None
    return model


def _reading(record: Mapping[str, Any]) -> Reading:
    """How columns are read; as numbers, and labels of groups, by models of before this was kept."""
    kept = record.get("reading")
    if kept is not None:
        return Reading(kept)
    names = record["feature_names"] or [f"x{place}" for place in range(record["n_features_in_"])]
    reading, labels = Reading.of_numbers(names), record.get("group_labels")
    groups = record["parameters"].get("groups")
    for recipe in reading.encodings["features"] if labels is not None else ():
        if recipe["name"] == groups:
            recipe.update(kind="label", known=list(labels or ()))
    return reading


def _finding_record(finding: Any) -> Any:
    if isinstance(finding, tuple):
        return [_finding_record(one) for one in finding]
    return None if finding is None else finding.to_record()


def _finding(record: Any) -> tuple[Any, Any]:
    """The finding of a model and its word, of each target where there are several."""
    if isinstance(record, list):
        each = [_finding(one) for one in record]
        return tuple(one for one, _ in each), tuple(word for _, word in each)
    found = None if record is None else Finding.from_record(record)
    return found, "" if found is None else found.word


def _same_loss(given: Loss | Callable[..., Any], kept: Mapping[str, Any] | None) -> Any:
    """The loss given, which has to be that of the fit."""
    users = loss_from(given).row.users
    if kept is None or users is None or (users.name, users.digest) != (kept["name"], kept["digest"]):
        named = "a built-in one" if kept is None else f"{kept['name']!r}, of other code than the one given"
        raise InvalidSetting(f"the loss of this model is {named}: leave loss= out, or give that of the fit")
    return given


def _user_loss(model: SymbolicRegressor) -> dict[str, Any] | None:
    users = loss_from(model.loss).row.users if callable(model.loss) or isinstance(model.loss, Loss) else None
    return None if users is None else users.record()


def _frozen(value: Any) -> Any:
    """A value with tuples where JSON has lists."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _parameters(model: SymbolicRegressor) -> dict[str, Any]:
    """The parameters that differ from their defaults and that JSON can hold."""
    defaults = type(model)().get_params()
    kept = {}
    for name, value in model.get_params().items():
        plain = loss_from(value).name if name == "loss" else _plain(value)
        if name == "searchers" and value is not None:
            plain = [name_of(one) for one in value]
        if plain != _plain(defaults[name]) and (plain is not None or value is None):
            kept[name] = plain
    return kept


def _plain(value: Any) -> Any:
    """A value as JSON holds it, or None."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Macro):
        return asdict(value)
    if isinstance(value, Operator):
        return value.name
    if isinstance(value, Loss):
        return value.name
    if isinstance(value, Prior):
        return value.record()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return None
    return value


def _row_record(row: dict[Any, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {name: number(row[name]) for name in _FIGURES}
    if "output" in row:
        record["output"] = row["output"] if isinstance(row["output"], str) else int(row["output"])
    if "objective" in row:
        record["objective"] = number(row["objective"])
    if "origin" in row:
        record["origin"] = str(row["origin"])
    if "constraints" in row:
        record["constraints"] = list(row["constraints"])
    return {**record, "expression": json.loads(row["expression"].to_json())}


def _system_record(system: System) -> dict[str, Any]:
    parts = {name: json.loads(part.to_json()) for name, part in system.parts.items()}
    return {"parts": parts, "formulas": [json.loads(one.to_json()) for one in system.formulas]}


def _system(record: Any, operators: Iterable[Operator]) -> System | None:
    if record is None:
        return None
    parts = {name: read_expression(one).with_operators(operators) for name, one in record["parts"].items()}
    return System(parts, tuple(read_expression(one).with_operators(operators) for one in record["formulas"]))


def _front(records: list[dict[str, Any]], operators: Iterable[Operator]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for record in records:
        expression = read_expression(record["expression"]).with_operators(operators)
        row: dict[str, Any] = {"output": record["output"]} if "output" in record else {}
        row.update({name: float(record[name]) for name in _FIGURES})
        if "objective" in record:
            row["objective"] = float(record["objective"])
        if "constraints" in record:
            row["constraints"] = list(record["constraints"])
        if "origin" in record:
            row["origin"] = str(record["origin"])
        rows.append({**row, "equation": expression.shown(), "expression": expression})
    return pd.DataFrame(rows)
