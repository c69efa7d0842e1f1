"""Going on with a run: the settings its header has, and whether data and settings are still the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symlaw.engine.losses.table import added_losses
from symlaw.errors import RunError
from symlaw.language.operators import added_operators
from symlaw.runs.checkpoints.earlier import Earlier, read_earlier
from symlaw.runs.process import is_alive, this_process
from symlaw.runs.records import Header, read_expression
from symlaw.runs.store import read_run
from symlaw.runs.writer import RunWriter
from symlaw.search.executors import DASK
from symlaw.search.loop.state import STOPPED
from symlaw.search.searchers.records import searchers_from
from symlaw.tasks.regression.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from symlaw.data import Table
    from symlaw.engine.losses.table import Loss
    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.runs.store import Run

# What may differ from the run as it was: when it ends, and who does its work.
LIMITS = ("time_budget", "max_evaluations", "target_loss", "patience")
_FREE = (*LIMITS, "threads", "executor", "cluster")


def settings_of(
    header: Header,
    *,
    operators: Sequence[Operator] = (),
    loss: str | Loss | Callable[..., Any] | None = None,
    score: Callable[..., Any] | None = None,
    **limits: Any,
) -> Settings:
    """The settings of a run.

    Parameters
    ----------
    header
        Of the run.
    operators, loss, score
        The user's functions, whose code a run does not keep.
    limits
        Settings among `LIMITS`, ``threads``, ``executor`` and ``cluster``, in place of the run's; None leaves
        those.

    Raises
    ------
    RunError
        When a function is missing or another one, or the settings cannot be restored.
    """
    record, given = dict(header.settings), {row.name: row for row in operators}
    users = [str(one["operator"]) for one in record.pop("user_operators", ())]
    missing = [name for name in users if name not in given and name not in added_operators()]
    if missing:
        raise RunError(_code_missing("operator", missing[0]))
    record["searchers"] = searchers_from(record)
    record.pop("user_searchers", None)
    users_loss, users_score = record.pop("user_loss", None), record.pop("score", None)
    if loss is None and users_loss is not None:
        loss = added_losses().get(str(users_loss["name"]))
    if users_loss is not None and loss is None:
        raise RunError(_code_missing("loss", users_loss["name"]))
    if users_score is not None and score is None:
        raise RunError(_code_missing("objective", users_score["name"]))
    named = {name: (one["value"], one["unit"]) for name, one in record.pop("named_constants", {}).items()}
    record["operators"] = [given.get(name, name) for name in record["operators"]]
    record["loss"] = record["loss"] if users_loss is None else loss
    changed = {name: value for name, value in limits.items() if value is not None}
    if changed.get("executor", DASK) != DASK:
        record["cluster"] = None
    settings = Settings(**{**record, "named_constants": named or None, "score": score, **changed})
    check_settings(header, settings)
    return settings


def _code_missing(what: str, name: str) -> str:
    return (
        f"the run uses the {what} {name!r}, whose code is not kept: name its file with --plugin, or install"
        " the package that adds it"
    )


def check_settings(header: Header, settings: Settings) -> None:
    """Refuse settings that are not those of a run; raises `RunError` which names one that differs."""
    now = json.loads(json.dumps(settings.record(header.feature_names)))
    then = dict(header.settings)
    for name in sorted({*now, *then} - {*_FREE}):
        if now.get(name) != then.get(name):
            raise RunError(
                f"the run cannot be resumed, for {name} is not what it was: it was {_shown(then.get(name))},"
                f" and is {_shown(now.get(name))}; begin from its front instead, with symlaw fit --from"
            )


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def check_data(header: Header, table: Table) -> None:
    """Refuse data that are not those of a run."""
    if table.digest() != header.data_digest:
        raise RunError(
            "the data are not those of the run: resume with the same table, or begin from the run's front"
            " with symlaw fit --from"
        )


def check_left(run: Run, settings: Settings) -> None:
    """Refuse to go on with a run that would end at once; raises `RunError` which says how to extend it."""
    if run.state in ("running", "paused") and is_alive(run.header.process):
        raise RunError(f"run {run.id!r} is still running: watch it with symlaw show {run.id}")
    if run.state != "finished" or run.stopped_by == STOPPED:
        return
    before = {name: run.header.settings.get(name) for name in LIMITS}
    if all(getattr(settings, name) == value for name, value in before.items()):
        raise RunError(
            f"run {run.id!r} is finished ({run.stopped_by}): say how far it should go in all, with --time or"
            " --max-evaluations"
        )


def opened_again(
    run: Run, table: Table, settings: Settings, *, anew: bool = False, **options: Any
) -> tuple[RunWriter, Earlier]:
    """A writer that goes on with a run, and what to go on from.

    Parameters
    ----------
    run
        The run.
    table, settings
        What is asked now: the same but for its limits.
    anew
        Whether to search from the beginning instead of from the latest checkpoint.
    options
        ``warn`` and ``checkpoint_seconds`` of the writer.

    Raises
    ------
    RunError
        When the data or settings are others, or another process writes the run.
    """
    check_data(run.header, table)
    check_settings(run.header, settings)
    users = [one for one in settings.operators if not isinstance(one, str)]
    earlier = read_earlier(run.folder, users, anew=anew or _is_shortened(run, settings))
    limit = settings.max_evaluations
    longer = run.state == "finished" and limit not in (None, run.header.settings.get("max_evaluations"))
    if longer or settings.fills_template:
        # the budget shortened the last epochs, whose finds a longer search would not make; what fills a
        # template is not in the journal
        earlier = replace(earlier, front=())
    record = json.loads(json.dumps(settings.record(run.header.feature_names)))
    header = replace(run.header, settings=record, process=this_process())
    return RunWriter(run.folder, header, again=True, **options), earlier


def reopened(
    folder: Path, table: Table, settings: Settings, *, seeded: bool
) -> tuple[RunWriter, Settings, list[Expression], Earlier]:
    """`opened_again` for an estimator's run, with the run's seed where it is not ``seeded``."""
    run = read_run(folder)
    settings = settings if seeded else replace(settings, seed=run.header.seed)
    users = [one for one in settings.operators if not isinstance(one, str)]
    writer, earlier = opened_again(run, table, settings)
    return writer, settings, guesses_of(run.header, users), earlier


def _is_shortened(run: Run, settings: Settings) -> bool:
    """Whether there is less to do than the checkpoint has done."""
    limit = settings.max_evaluations
    return limit is not None and limit < run.counters.get("evaluations", 0)


def guesses_of(header: Header, operators: Sequence[Operator] = ()) -> list[Expression]:
    """Formulas that a run began with."""
    return [read_expression(one).with_operators(operators) for one in header.guesses]


def front_of(folder: Path, names: Sequence[str], operators: Sequence[Operator] = ()) -> list[Expression]:
    """The front of a run, to begin another one with.

    Raises
    ------
    RunError
        When it has none, or no formula of it is one of these columns.
    """
    run = read_run(folder)
    found = [row.expression.with_operators(operators) for row in run.rows]
    usable = [one for one in found if set(one.variables) <= {*names, *one.named_constants}]
    if not any(one.variables for one in usable):
        known = ", ".join(names)
        why = "has found no formula" if not found else f"has no formula of these columns ({known})"
        raise RunError(f"run {run.id!r} {why}: leave --from out, or name another run")
    return usable


def plain(guesses: Sequence[Expression]) -> tuple[Mapping[str, Any], ...]:
    """Formulas as a header keeps them."""
    return tuple(json.loads(one.to_json()) for one in guesses)
