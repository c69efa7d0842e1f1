"""The targets of an estimator's table, searched one after the other, and together where they share parts."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.tasks.display.progress import listener
from symlaw.tasks.front.optional_steps import spared
from symlaw.tasks.inputs.reading import truths_in
from symlaw.tasks.library.hints import NewData, hints_for, keep
from symlaw.tasks.regression.constant_targets import fitted_constant, is_constant
from symlaw.tasks.regression.fit import Fitted, fit_front, n_symbols
from symlaw.tasks.regression.oracle import checked_oracle
from symlaw.tasks.regression.shared_parts import ALONE, Outputs, Targets, chosen_together, guesses_from
from symlaw.trust.selection.description import EXACT_LOSS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.algebra.shared_parts import System
    from symlaw.language.expression import Expression
    from symlaw.tasks.regression.settings import Settings


@np.errstate(all="ignore")  # numerical trouble is a value
def fit_outputs(model: Any, outputs: Outputs, settings: Settings) -> tuple[list[Fitted], System | None]:
    """Search for formulas of each target of an estimator; and what they share, where it asks for that.

    Raises
    ------
    InvalidSetting
        When shared parts do not go with the other settings.
    """
    labels = outputs.labels
    together = bool(model.shared_parts) and len(labels) > 1
    if model.shared_parts:
        _check_beside_shared(settings)
    first = _share(settings, ALONE) if together else settings
    hints = {label: _hints(model, outputs, settings, label) for label in labels}
    begins = {label: [*_earlier(model, outputs, label), *hints[label]] for label in labels}
    results = [_fit_one(model, outputs, first, label, begins[label]) for label in labels]
    for label, result in zip(labels, results, strict=True):
        _keep(model, outputs, settings, label, result, hints[label])
    # a number shares nothing
    if not together or any(is_constant(y, settings) for y in outputs.Y.T):
        return results, None
    free = settings.constraints is None and settings.kind is None
    targets = Targets(outputs, n_symbols(settings, outputs.names), free=free)
    again = _again(model, outputs, settings, results)
    return spared("sharing parts", lambda: chosen_together(again, targets), lambda: (again, None))


def _check_beside_shared(settings: Settings) -> None:
    if settings.fills_template:
        raise InvalidSetting(
            "shared_parts and template (or groups) do not go together: leave one of them out"
        )
    if not settings.objective().shares_variance:
        name = settings.objective().name
        raise InvalidSetting(f"loss {name!r} does not go with shared_parts: they need 'squared'")
    if settings.score is not None:
        raise InvalidSetting("objective and shared_parts do not go together: leave one of them out")


def _share(settings: Settings, share: float) -> Settings:
    """The settings with a share of the time and of the evaluations."""
    time, evaluations = settings.time_budget, settings.max_evaluations
    return replace(
        settings,
        time_budget=None if time is None else share * time,
        max_evaluations=None if evaluations is None else max(1, int(share * evaluations)),
    )


def _again(model: Any, outputs: Outputs, settings: Settings, results: Sequence[Fitted]) -> list[Fitted]:
    """Each target's search once more, with parts that were found for the others."""
    language, rest = (
        settings.language(outputs.names, truths_in(model.reading_.encodings)),
        _share(settings, 1.0 - ALONE),
    )
    found = list(results)
    for number, result in enumerate(results):
        if result.rows[result.recommended.place].loss <= EXACT_LOSS:
            continue
        others = [one for place, one in enumerate(results) if place != number]
        own = [row.expression for row in result.rows]
        guesses = [*own, *guesses_from(others, language, outputs.X, outputs.Y[:, number])]
        found[number] = _fit_one(model, outputs, rest, number, guesses, "_shared")
    return found


def _fit_one(
    model: Any,
    outputs: Outputs,
    settings: Settings,
    label: int | None,
    guesses: Sequence[Expression],
    suffix: str = "",
) -> Fitted:
    X, y, names, weights = outputs.X, outputs.Y[:, label or 0], outputs.names, outputs.weights
    target = outputs.called(label or 0)
    # sentences about one of several targets are in terms of its number
    asked = target if label is None or settings.constraints is None else f"y{label}"
    if is_constant(y, settings) and model.run_folder is None:
        return fitted_constant(y, names, settings, target)
    stop = threading.Event()
    oracle = checked_oracle(model.oracle, X, y, label)
    listen = listener(model, stop, None if label is None else target)
    if model.run_folder is None:
        return fit_front(
            X, y, names, settings, target=asked, weights=weights, guesses=guesses, listen=listen,
            stop=stop, oracle=oracle, together=outputs.together, y_std=outputs.y_std,
            truths=truths_in(model.reading_.encodings),
        )  # fmt: skip
    from symlaw.data import Table
    from symlaw.runs.records import HEADER_FILE
    from symlaw.runs.writer import RunWriter
    from symlaw.tasks.regression.recorded import fit_recorded, header_of, result_of
    from symlaw.tasks.regression.resuming import plain, reopened

    read = dict(encodings=model.reading_.encodings, together=outputs.together, y_std=outputs.y_std)
    table = Table(X, y, tuple(names), target, weights, **read)
    folder, earlier = Path(model.run_folder) / ("" if label is None else f"output_{label}{suffix}"), None
    if model.resume and (folder / HEADER_FILE).exists():
        writer, settings, guesses, earlier = reopened(
            folder, table, settings, seeded=model.random_state is not None
        )
    else:
        writer = RunWriter(folder, header_of(table, settings, guesses=plain(guesses)))
        for note in outputs.notes:
            writer.note(note)
    if is_constant(y, settings):
        found = fitted_constant(y, names, settings, target)
        writer.finish(result_of(found))
        return found
    return fit_recorded(
        table, settings, writer, stop=stop, listen=listen, guesses=guesses, oracle=oracle, earlier=earlier,
        target=asked,
    )  # fmt: skip


def _hints(model: Any, outputs: Outputs, settings: Settings, label: int | None) -> list[Expression]:
    """Formulas of the estimator's library, where it has one."""
    if model.library is None or settings.fills_template or is_constant(outputs.Y[:, label or 0], settings):
        return []
    return hints_for(Path(model.library), _data(outputs, label), settings.operator_names)


def _keep(
    model: Any, outputs: Outputs, settings: Settings, label: int | None, result: Fitted,
    hints: Sequence[Expression],
) -> None:  # fmt: skip
    """Keep in the estimator's library what a fit recommends."""
    if model.library is None or settings.fills_template:
        return
    row, found = result.rows[result.recommended.place], result.finding
    word = "" if found is None else found.word
    keep(Path(model.library), _data(outputs, label), row.expression, row.loss, word, hints)


def _data(outputs: Outputs, label: int | None) -> NewData:
    place = label or 0
    return NewData(outputs.X, outputs.Y[:, place], tuple(outputs.names), outputs.called(place))


def _earlier(model: Any, outputs: Outputs, label: int | None) -> list[Expression]:
    """The front of the last fit, where the next starts from it."""
    if not model.warm_start or not hasattr(model, "front_"):
        return []
    front = model.front_
    if label is not None and "output" in front:
        front = front[front["output"] == outputs.shown[label]]
    return list(front["expression"])
