"""``symlaw fit``: from a table to formulas."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.cli import options as option
from symlaw.errors import DataError, InvalidSetting

if TYPE_CHECKING:
    from rich.console import Console

    from symlaw.data import Table
    from symlaw.runs.records import Header
    from symlaw.runs.writer import RunWriter
    from symlaw.tasks.fitting import Fitted
    from symlaw.tasks.settings import Settings

DEFAULT_SECONDS = 60.0


def fit(
    data: option.Data,
    target: option.Target = None,
    time_budget: option.Time = None,
    operators: option.Operators = None,
    features: option.Features = None,
    drop: option.Drop = None,
    weights: option.Weights = None,
    max_complexity: option.MaxComplexity = 30,
    constants: option.Constants = True,
    cost: option.Cost = None,
    max_evaluations: option.MaxEvaluations = None,
    loss: option.LossName = "squared",
    objective: option.ObjectiveName = None,
    target_loss: option.TargetLoss = None,
    patience: option.Patience = None,
    searchers: option.Searchers = None,
    macros: option.Macros = None,
    plugin: option.Plugin = None,
    template: option.Template = None,
    groups: option.Groups = None,
    guess: option.Guess = None,
    knowledge: option.Knowledge = None,
    units: option.Units = None,
    prior: option.PriorName = None,
    simplify: option.Simplify = True,
    threads: option.Threads = None,
    seed: option.Seed = None,
    runs: option.RunsFolder = option.RUNS,
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
      symlaw fit pendulum.csv -t "period [s]" --units header
      symlaw fit decay.csv -t counts --groups sample --template "a * f(t) + b"
    """
    from symlaw.cli.plugins import plugin_of
    from symlaw.cli.terminal import console
    from symlaw.runs.macros import read_macros
    from symlaw.tasks.commanded import target_of
    from symlaw.tasks.settings import Settings

    if time_budget is None and max_evaluations is None and patience is None:
        time_budget = DEFAULT_SECONDS
    made = plugin_of(plugin)
    made.check_use(loss, objective)
    own = made.operators
    chosen = {} if operators is None and not own else {"operators": [*_named(operators), *own]}
    with _named_as_options():
        settings = Settings(
            **chosen,  # type: ignore[arg-type]
            time_budget=time_budget,
            max_evaluations=max_evaluations,
            loss=made.loss(loss),
            score=made.objective(objective),
            target_loss=target_loss,
            patience=patience,
            max_complexity=max_complexity,
            complexity_costs=option.costs(cost),
            constants=constants,
            simplify=simplify,
            searchers=None if searchers is None else option.split([searchers]),
            macros=None if macros is None else read_macros(macros),
            threads=_cores() if threads is None else threads,
            seed=secrets.randbelow(2**31 - 1) if seed is None else seed,
        )
        settings.language(["x"])
        settings.members()
    screen = console()
    known = _known(knowledge, template=template, groups=groups, guesses=guess or None, prior=prior)
    if units not in (None, "header", "row"):
        raise InvalidSetting(f"--units is {units!r}: give 'header' or 'row', or name a file with --knowledge")
    table = _read(
        data, target, option.split(features), option.split(drop), weights, known.get("groups"),
        unit_row=units == "row",
    )  # fmt: skip
    with _named_as_options():
        _check_constants(constants, known)
        settings = replace(settings, **known, **_units(units, known, table))
        settings.language(table.feature_names)
        settings.shape(table.feature_names, table.target_name or "y", table.X, target_of(table))
    settings.objective().check(target_of(table), table.target_name or "")
    if not quiet:
        _tell_data(screen, data, table)
    _search(screen, table, settings, data, runs, verbose=verbose, quiet=quiet)


def _named(operators: str | None) -> Sequence[str]:
    """Operators of the table: those named, or the default ones."""
    from symlaw.language.grammar import DEFAULT_OPERATORS

    return DEFAULT_OPERATORS if operators is None else option.split([operators]) or []


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
        }
        shown = words.get(setting, "--" + setting.replace("_", "-") if "_" in setting else setting)
        raise InvalidSetting(f"{shown} {rest}".replace(", or None", "")) from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(
    data: Path,
    target: str | None,
    features: list[str] | None,
    drop: list[str] | None,
    weights: str | None,
    groups: str | None,
    *,
    unit_row: bool,
) -> Table:
    from symlaw.data import read_table
    from symlaw.tasks.commanded import without_weightless

    if target is None:
        raise DataError(f"Name the column to explain with --target; the columns are {_columns(data)}.")
    table = read_table(
        data,
        target=target,
        features=features,
        drop=drop or (),
        weights=weights,
        groups=groups,
        unit_row=unit_row,
    )
    return without_weightless(table)


def _columns(data: Path) -> str:
    from symlaw.data.naming import shorten
    from symlaw.data.reading import read_raw

    return shorten(read_raw(data).names)


def _tell_data(screen: Console, data: Path, table: Table) -> None:
    from symlaw.cli.terminal import say

    n_rows, n_features = table.X.shape
    names = ", ".join(table.feature_names)
    if len(names) > 60:
        names = f"{n_features} columns"
    say(screen, f"{data}: {n_rows:,} rows; {table.target_name} from {names}")
    for note in table.notes:
        say(screen, f"  {note}", style="dim")


def _search(
    screen: Console, table: Table, settings: Settings, data: Path, runs: Path, *, verbose: bool, quiet: bool
) -> None:
    from symlaw.cli.live import Watch, watching
    from symlaw.cli.signals import ending_gracefully
    from symlaw.cli.terminal import console, say
    from symlaw.runs.writer import RunWriter, new_run_id
    from symlaw.tasks.commanded import fit_recorded, header_of

    _compile(screen, settings, quiet=quiet)
    errors = console(stderr=True)
    header = header_of(table, settings, source=str(data.resolve()), command=_command())
    writer = RunWriter(runs / new_run_id(), header, lambda sentence: say(errors, f"symlaw: {sentence}"))
    for note in table.notes:
        writer.note(note)
    watch = Watch(settings, header)
    opened, listen = watching(screen, watch, verbose=verbose, quiet=quiet)
    stop = threading.Event()
    with ending_gracefully(stop), opened:
        fitted = fit_recorded(table, settings, writer, listen=listen, stop=stop)
    _tell_result(screen, fitted, header, quiet=quiet)
    if not quiet:
        _tell_search(screen, fitted, settings, verbose=verbose)
        _tell_run(screen, writer, runs)


def _command() -> str:
    return shlex.join(["symlaw", *sys.argv[1:]])


def _compile(screen: Console, settings: Settings, *, quiet: bool) -> None:
    """Compile before the clock starts, when this machine has not done so yet."""
    from symlaw.cli.terminal import say
    from symlaw.search.compiling import is_warm
    from symlaw.tasks.commanded import warm_up

    losses = not settings.objective().is_least_squares
    if is_warm(settings.searcher_names, losses=losses):
        return
    if not quiet:
        say(screen, "compiling kernels for this machine, once: about half a minute", style="yellow")
    started = time.monotonic()
    warm_up(settings.operators, settings.searcher_names, losses=losses)
    if not quiet:
        say(screen, f"compiled in {time.monotonic() - started:.0f} s", style="dim")


def _tell_result(screen: Console, fitted: Fitted, header: Header, *, quiet: bool) -> None:
    from symlaw.cli.terminal import after_law, law, say, show_front, show_verdicts

    chosen = fitted.recommended
    if not quiet:
        say(screen)
        show_front(screen, fitted.rows, chosen.place, header.loss)
        say(screen, f"Recommended: {chosen.reason}.")
        say(screen)
    say(screen, law(header.target_name, fitted.rows[chosen.place]), style="bold green")
    for sentence in [] if quiet else after_law(fitted.rows[chosen.place], header):
        say(screen, sentence, style="dim")
    doubts = [doubt.words() for doubt in fitted.doubts]
    show_verdicts(screen, [] if quiet else fitted.rows, doubts)


def _tell_search(screen: Console, fitted: Fitted, settings: Settings, *, verbose: bool) -> None:
    from symlaw.cli.terminal import say
    from symlaw.runs.writer import counters

    outcome = fitted.outcome
    spent = outcome.spent
    say(screen)
    for tally in outcome.tallies:
        if tally.aside:
            say(screen, f"{tally.searcher} stood aside: {tally.aside}.", style="dim")
    say(
        screen,
        f"{spent.evaluations:,} formulas in {spent.seconds:.1f} s; ended by: {outcome.stopped_by};"
        f" seed {settings.seed}",
    )
    if verbose:
        used = (f"{name} {value:,}" for name, value in counters(spent).items())
        say(screen, ", ".join(used), style="dim")


def _tell_run(screen: Console, writer: RunWriter, runs: Path) -> None:
    from symlaw.cli.terminal import say

    if not writer.complete:
        say(screen, "The run is not saved, or not all of it.", style="yellow")
        return
    where = "" if runs == option.RUNS else f" --runs {shlex.quote(str(runs))}"
    say(screen, f"Saved in {writer.folder}; next:")
    for command in ("show {}", "export {} --format latex", "predict {} new.csv"):
        say(screen, f"  symlaw {command.format(writer.folder.name)}{where}", style="cyan")
