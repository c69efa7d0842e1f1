"""``symlaw fit``: from a table to formulas."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.cli import options as option
from symlaw.cli.commands.report import check_report, write_report
from symlaw.cli.searching import Task, compile_first, concluding, search, warning
from symlaw.errors import DataError, InvalidSetting

if TYPE_CHECKING:
    from symlaw.cli.management.plugins import Plugin
    from symlaw.data import Table
    from symlaw.language.expression import Expression
    from symlaw.runs.records import Header
    from symlaw.runs.writer import RunWriter
    from symlaw.tasks.regression.settings import Settings

DEFAULT_SECONDS = 60.0


def fit(
    data: option.Data,
    target: option.Target = None,
    time_budget: option.Time = None,
    operators: option.Operators = None,
    features: option.Features = None,
    drop: option.Drop = None,
    weights: option.Weights = None,
    y_std: option.YStd = None,
    max_complexity: option.MaxComplexity = "auto",
    max_terms: option.MaxTerms = None,
    max_term_complexity: option.MaxTermComplexity = None,
    constants: option.Constants = True,
    cost: option.Cost = None,
    max_evaluations: option.MaxEvaluations = None,
    loss: option.LossName = "squared",
    objective: option.ObjectiveName = None,
    target_loss: option.TargetLoss = None,
    holdout: option.Holdout = None,
    patience: option.Patience = "auto",
    searchers: option.Searchers = None,
    bank_memory: option.BankMemory = None,
    macros: option.Macros = None,
    plugin: option.Plugin = None,
    template: option.Template = None,
    groups: option.Groups = None,
    guess: option.Guess = None,
    library: option.Library = None,
    knowledge: option.Knowledge = None,
    units: option.Units = None,
    prior: option.PriorName = None,
    source: option.FromRun = None,
    simplify: option.Simplify = True,
    threads: option.Threads = None,
    executor: option.Executor = None,
    cluster: option.Cluster = None,
    seed: option.Seed = None,
    checkpoint: option.CheckpointSeconds = 30.0,
    sample_rows: option.SampleRows = None,
    runs: option.RunsFolder = option.RUNS,
    report: option.ReportFile = None,
    verbose: option.Verbose = False,
    quiet: option.Quiet = False,
) -> None:
    """Find formulas that explain a column of a table.

    The search shows its front while it goes and keeps it in a run folder: Ctrl-C
    ends it early and shows what it has found.

    \b
    Examples:
      symlaw fit kepler.csv --target period_years
      symlaw fit data.csv -t y --time 300 --operators "+,-,*,/,sqrt,exp"
      symlaw fit data.parquet -t y --drop id --max-evaluations 1000000
      symlaw fit data.csv -t y --loss absolute
      symlaw fit data.csv -t y --y-std y_error
      symlaw fit pendulum.csv -t "period [s]" --units header
      symlaw fit data.csv -t y --from last --time 600
      symlaw fit series.csv -t y --holdout last
      symlaw fit data.csv -t y --report law.html
      symlaw fit folder/ -t y --sample-rows 200000
      symlaw fit data.csv -t y --cluster tcp://host:8786
      symlaw fit decay.csv -t counts --groups sample --template "a * f(t) + b"
    """
    from symlaw.cli.management.plugins import plugin_for
    from symlaw.tasks.library.runs import keep_found

    if time_budget is None and max_evaluations is None and option.patience_of(patience) in (None, "auto"):
        time_budget = DEFAULT_SECONDS
    if report is not None:
        check_report(report)
    made = plugin_for(plugin, loss, objective)
    settings = _settings(
        made,
        operators,
        loss,
        objective,
        time_budget=time_budget,
        max_evaluations=max_evaluations,
        target_loss=target_loss,
        holdout=holdout,
        patience=option.patience_of(patience),
        max_complexity=option.complexity_of(max_complexity),
        complexity_costs=option.costs(cost),
        constants=constants,
        simplify=simplify,
        searchers=None if searchers is None else option.split([searchers]),
        bank_memory=bank_memory,
        macros=_macros(macros, library),
        threads=cores() if threads is None else threads,
        executor=who_runs(executor, cluster, threads) or "threads",
        cluster=cluster,
        seed=secrets.randbelow(2**31 - 1) if seed is None else seed,
    )
    prior = _prior(prior, library)
    terms = {"max_terms": max_terms, "max_term_complexity": max_term_complexity}
    known = _known(knowledge, template=template, groups=groups, guesses=guess or None, prior=prior, **terms)
    columns = {"target": target, "weights": weights, "y_std": y_std, "groups": known.get("groups")}
    reading = _reading(features, drop, units, **columns, holdout=holdout)
    reading |= {} if sample_rows is None else {"sample_rows": sample_rows}
    table = _read(data, reading)
    settings, table = _with_known(settings, known, table, units, constants=constants)
    if not quiet:
        _tell_data(data, table, reading)
    guesses, parent = _begun_from(source, runs, settings, table)
    hints = _hints(library, table, settings)
    guesses += hints
    told = {"source": str(data.resolve()), "reading": reading, "parent": parent}
    conclude = concluding(data, reading, table, settings, quiet=quiet)
    task = Task(table, settings, guesses, conclude=conclude)
    folder = _start(task, runs, checkpoint, told, verbose=verbose, quiet=quiet)
    if library is not None and not settings.fills_template:
        keep_found(library, folder, table, hints)
    if report is not None:
        write_report(folder, report, None, None, made.operators)


def _reading(
    features: list[str] | None, drop: list[str] | None, units: str | None, **columns: str | None
) -> dict[str, Any]:
    """Which columns are what, how those without a name are read, and whether a row holds units."""
    _check_units(units)
    return {
        **columns, "features": option.split(features), "drop": option.split(drop) or [],
        "unit_row": units == "row",
    }  # fmt: skip


def _settings(
    made: Plugin, operators: str | None, loss: str, objective: str | None, **asked: Any
) -> Settings:
    """Settings of the options that need no table."""
    from symlaw.tasks.regression.settings import Settings

    own = {one.name: one for one in made.operators}
    # an operator of the file may be named beside the others, and is there anyway
    named = [one for one in _named(operators) if one not in own]
    chosen = {} if operators is None and not own else {"operators": [*named, *own.values()]}
    with _named_as_options():
        settings = Settings(
            **chosen,  # type: ignore[arg-type]
            loss=made.loss(loss),
            score=made.objective(objective),
            **asked,
        )
        settings.language(["x"])
        settings.members()
    return settings


def _with_known(
    settings: Settings, known: dict[str, Any], table: Table, units: str | None, *, constants: bool
) -> tuple[Settings, Table]:
    """Settings with what is known of a table, checked on it, and the table with its units in one scale."""
    from symlaw.tasks.inputs.rescaling import table_in_one_scale

    with _named_as_options():
        _check_constants(constants, known)
        settings = replace(settings, **known, **_units(units, known, table))
        table, own = table_in_one_scale(table, settings.units, settings.target_unit)
        settings = replace(settings, units=own)
        _check_on(table, settings)
    return settings, table


def _start(
    task: Task, runs: Path, checkpoint: float, told: dict[str, Any], *, verbose: bool, quiet: bool
) -> Path:
    """Search as a new run; the run's folder."""
    compile_first(task.settings, task.table, quiet=quiet)
    header, writer = _new_run(task, runs, checkpoint, told)
    search(task, writer, header, runs, verbose=verbose, quiet=quiet)
    return writer.folder


def _new_run(task: Task, runs: Path, checkpoint: float, told: dict[str, Any]) -> tuple[Header, RunWriter]:
    """The header of a new run, and who writes it."""
    from symlaw.runs.writer import RunWriter, new_run_id
    from symlaw.tasks.regression.recorded import header_of
    from symlaw.tasks.regression.resuming import plain

    header = header_of(task.table, task.settings, command=_command(), guesses=plain(task.guesses), **told)
    writer = RunWriter(runs / new_run_id(), header, warning(), checkpoint_seconds=checkpoint)
    for note in task.table.notes:
        writer.note(note)
    return header, writer


def _check_units(units: str | None) -> None:
    if units not in (None, "header", "row"):
        raise InvalidSetting(f"--units is {units!r}: give 'header' or 'row', or name a file with --knowledge")


def _check_on(table: Table, settings: Settings) -> None:
    """Refuse settings that do not fit the table."""
    from symlaw.tasks.inputs.reading import truths_in
    from symlaw.tasks.regression.recorded import target_of

    settings.language(table.feature_names, truths_in(table.encodings))
    settings.shape(table.feature_names, table.target_name or "y", table.X, target_of(table))
    settings.objective().check(target_of(table), table.target_name or "")


def _command() -> str:
    return shlex.join(["symlaw", *sys.argv[1:]])


def _begun_from(
    source: str | None, runs: Path, settings: Settings, table: Table
) -> tuple[list[Expression], str]:
    """The front of a run to begin with, and the run's id."""
    from symlaw.runs.store import resolve_run
    from symlaw.tasks.regression.resuming import front_of

    if source is None:
        return [], ""
    if settings.fills_template:
        raise InvalidSetting("--from and --template (or --groups) do not go together: leave one of them out")
    folder = resolve_run(source, runs)
    users = [one for one in settings.operators if not isinstance(one, str)]
    return front_of(folder, table.feature_names, users), folder.resolve().name


def _hints(library: Path | None, table: Table, settings: Settings) -> list[Expression]:
    """Formulas of a library for a table."""
    from symlaw.tasks.library.hints import hints_for
    from symlaw.tasks.library.runs import data_of

    if library is None or settings.fills_template:
        return []
    return hints_for(library, data_of(table), settings.operator_names)


def _macros(file: Path | None, library: Path | None) -> Any:
    """Macros of a file, or of a library that has some."""
    from symlaw.runs.macros import read_macros
    from symlaw.tasks.library.store import MACROS

    if file is None and library is not None and (library / MACROS).exists():
        file = library / MACROS
    return None if file is None else read_macros(file)


def _prior(given: str | None, library: Path | None) -> str | None:
    """A prior that is named, or that of a library that has one."""
    from symlaw.tasks.library.store import PRIOR

    kept = None if library is None else library / PRIOR
    return str(kept) if given is None and kept is not None and kept.exists() else given


def _named(operators: str | None) -> Sequence[str]:
    """Operators of the table: those named, or the default ones."""
    from symlaw.language.grammar import DEFAULT_OPERATORS

    if operators is None:
        return DEFAULT_OPERATORS
    parted = operators if "," in operators else ",".join(operators.split())
    return option.split([parted]) or []


def _known(knowledge: Path | None, **options: Any) -> dict[str, Any]:
    """Settings of what is known already, from a file and from the options that are given."""
    from symlaw.knowledge.files import read_knowledge

    form = {name: value for name, value in options.items() if value is not None}
    found = {} if knowledge is None else read_knowledge(knowledge)
    twice = sorted(set(found) & set(form))
    if twice:
        raise InvalidSetting(f"{twice[0]} is given by --knowledge and by an option: leave one of them out")
    return {**found, **form}


def _units(units: str | None, known: dict[str, Any], table: Table) -> dict[str, Any]:
    """Settings of units that the table holds."""
    from symlaw.knowledge.files import units_below_names, units_in_names

    if units is None:
        return {}
    if "units" in known:
        raise InvalidSetting("units are given by --knowledge and by the table: leave one of them out")
    if units == "row":
        return units_below_names(table.units, table.feature_names, table.target_name or "")
    return units_in_names(table.feature_names, table.target_name or "")


def _check_constants(constants: bool, known: dict[str, Any]) -> None:
    """Refuse a kind of constants where there are to be none."""
    if not constants and "constants" in known:
        raise InvalidSetting(
            f"constants are of a kind by --knowledge, {known['constants']}, and there are none by"
            " --no-constants: leave one of them out"
        )


@contextmanager
def _named_as_options() -> Iterator[None]:
    """Say refusals of settings in the words of the command."""
    try:
        yield
    except InvalidSetting as error:
        setting, _, rest = str(error).partition(" ")
        words = {
            "time_budget": "--time",
            "operators": "--operators",
            "searchers": "--searchers",
            "loss": "--loss",
            "executor": "--executor",
            "cluster": "--cluster",
        }
        shown = words.get(setting, "--" + setting.replace("_", "-") if "_" in setting else setting)
        raise InvalidSetting(f"{shown} {rest}".replace(", or None", "")) from None


def who_runs(executor: str | None, cluster: str | None, threads: int | None) -> str | None:
    """The executor that is asked for: a cluster that is named is one; None where nothing is said."""
    if cluster is None:
        return executor
    if threads is not None:
        raise InvalidSetting(
            "--threads does not go with --cluster, whose workers are as many as are started: leave it out"
        )
    return executor or "dask"


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(data: Path, reading: dict[str, Any]) -> Table:
    from symlaw.data import read_table

    if reading["target"] is None:
        raise DataError(f"Name the column to explain with --target; the columns are {_columns(data)}.")
    return read_table(data, **reading)


def _columns(data: Path) -> str:
    from symlaw.data.naming import shorten
    from symlaw.data.reading import read_raw
    from symlaw.data.streaming.stream import is_streamed, open_stream

    return shorten(open_stream(data).names if is_streamed(data) else read_raw(data).names)


def _tell_data(data: Path, table: Table, reading: dict[str, Any]) -> None:
    from symlaw.cli.output.terminal import console, say
    from symlaw.runs.records import weighing_in_words

    screen, weighing = console(), weighing_in_words(reading)
    n_rows, n_features = table.X.shape
    names = ", ".join(table.feature_names)
    if len(names) > 60:
        names = f"{n_features} columns"
    beside = f"; {weighing}" if weighing else ""
    say(screen, f"{data}: {n_rows:,} rows; {table.target_name} from {names}{beside}")
    for note in table.notes:
        say(screen, f"  {note}", style="dim")
