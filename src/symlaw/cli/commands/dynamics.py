"""``symlaw dynamics``: from trajectories to equations of motion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import Keeping, found_as_run, say_summary, this_command
from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.runs.answers import Answer, Asked
    from symlaw.search.watch import Watch
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

_LIST = "LIST"


def dynamics(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="Tables, one for each run.")],
    time_column: Annotated[str, typer.Option("--time-column", metavar="NAME", help="Column of times.")] = "t",
    states: Annotated[
        str | None, typer.Option("--states", metavar=_LIST, help="Columns of states; all others by default.")
    ] = None,
    inputs: Annotated[str | None, typer.Option("--inputs", metavar=_LIST, help="Columns of inputs.")] = None,
    run_column: Annotated[
        str | None, typer.Option("--run-column", metavar="NAME", help="Column that tells runs apart.")
    ] = None,
    known: Annotated[
        list[str] | None, typer.Option("--known", metavar="TEXT", help='A known equation, "x\' = v".')
    ] = None,
    guess: Annotated[
        list[str] | None, typer.Option("--guess", metavar="TEXT", help='An equation to repair, "x\' = a*x".')
    ] = None,
    order: Annotated[int, typer.Option("--order", metavar="N", help="2 where only positions are given.")] = 1,
    discrete: Annotated[bool, typer.Option("--discrete", help="Rows follow one from the other.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Inputs are held between rows, not linear.")] = False,
    explicit_time: Annotated[
        bool, typer.Option("--explicit-time", help="Right sides may use the time.")
    ] = False,
    units: Annotated[
        str | None, typer.Option("--units", metavar="LIST", help="Units of columns, such as t=s,x=m,v=m/s.")
    ] = None,
    constraints: Annotated[
        list[str] | None,
        typer.Option("--constraint", metavar="TEXT", help="bounded, dissipative, 'E is conserved', ..."),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option("--groups", metavar="NAME", help="Column that tells runs with constants of their own."),
    ] = None,
    own_by_run: Annotated[
        bool, typer.Option("--own-by-run", help="Each run has constants of its own.")
    ] = False,
    shared: Annotated[
        str | None, typer.Option("--shared", metavar=_LIST, help="Numbers that all groups have in common.")
    ] = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Try a state that was not measured.")] = False,
    operators: option.Operators = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which no further system is tried.")
    ] = 60.0,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the model as JSON.")
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            "--export", metavar="FORM", help="Print it as scipy, julia, c, matlab, jax, torch, latex."
        ),
    ] = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find the differential equations behind trajectories.

    The kind and size of the noise are found out; numbers in brackets are standard
    errors of the last digits.

    \b
    Examples:
      symlaw dynamics pendulum.csv --states x,v
      symlaw dynamics runs/*.csv --states x,v --inputs F --known "x' = v"
      symlaw dynamics track.csv --states angle --order 2 --save pendulum.json
      symlaw dynamics population.csv --discrete --export latex
      symlaw show last; symlaw report last
    """
    from symlaw.runs.answers import Asked
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor
    from symlaw.tasks.dynamics.settings import OPERATORS

    own = None if operators is None else option.split([operators])
    regressor = DynamicsRegressor(
        time_budget=time, order=order, discrete=discrete, known=equations(known or []),
        guess=equations(guess or [], "--guess"),
        inputs_between="held" if held else "linear", explicit_time=explicit_time, operators=own or OPERATORS,
        hidden=int(hidden), units=_units(units), constraints=constraints or (),
        groups=own_by_run or groups, shared=option.split([shared] if shared else None) or (),
    )  # fmt: skip
    reading: dict[str, Any] = {
        "time": time_column, "states": option.split([states] if states else None),
        "inputs": option.split([inputs] if inputs else None) or [], "run": run_column,
    }  # fmt: skip
    asked = Asked(
        "dynamics", ", ".join(reading["states"] or ["all states"]), str(data[0].absolute()),
        {
            "order": None if order == 1 else order, "discrete": discrete, "known": regressor.known,
            "guess": regressor.guess, "hidden": hidden, "units": regressor.units,
            "constraints": list(constraints or []) or None, "groups": regressor.groups,
            "shared": list(regressor.shared) or None,
        },
        {"paths": [str(one.absolute()) for one in data], **reading}, this_command(), _arguments(regressor),
    )  # fmt: skip
    model = _found(asked, regressor, runs, Keeping(), quiet=quiet)
    if export is not None:
        typer.echo(model.export(export).rstrip("\n"))
    else:
        say_summary(str(model.system_) if quiet else model.summary())
    if save is not None:
        model.save(save)


def _arguments(regressor: DynamicsRegressor) -> dict[str, Any]:
    """What makes the regressor again, as plain data."""
    arguments = regressor.get_params()
    names = [one if isinstance(one, str) else one.name for one in regressor.operators]
    return {**arguments, "operators": names, **{k: list(arguments[k]) for k in ("constraints", "shared")}}


def _found(
    asked: Asked, regressor: DynamicsRegressor, runs: Path, keeping: Keeping, *, quiet: bool
) -> DynamicsRegressor:
    """The regressor fitted to the files of a run."""
    paths, reading = asked.reading["paths"], {k: v for k, v in asked.reading.items() if k != "paths"}

    def find(watch: Watch) -> DynamicsRegressor:
        return regressor.fit(paths, **reading, watch=watch, memory=keeping)

    model: DynamicsRegressor = found_as_run(
        asked, runs, regressor.time_budget, find, quiet=quiet, keeping=keeping
    )
    return model


def resume_dynamics(answer: Answer, runs: Path, seconds: float | None, *, quiet: bool) -> None:
    """Go on with a run that was cut off: right sides that it had are not looked for again."""
    from dataclasses import replace

    from symlaw.runs.process import this_process
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

    arguments = dict(answer.asked.model) | ({} if seconds is None else {"time_budget": seconds})
    regressor = DynamicsRegressor(**arguments)
    asked = replace(answer.asked, model=_arguments(regressor), process=this_process())
    model = _found(asked, regressor, runs, Keeping(answer), quiet=quiet)
    say_summary(str(model.system_) if quiet else model.summary())


def _units(text: str | None) -> dict[str, str] | None:
    """Units by column, of text such as ``t=s,x=m``."""
    if text is None:
        return None
    pairs = [part.partition("=") for part in option.split([text]) or []]
    if not all(equals and name.strip() and unit.strip() for name, equals, unit in pairs):
        raise InvalidSetting(f"--units {text!r} is no list of columns and units: write it as t=s,x=m")
    return {name.strip(): unit.strip() for name, _, unit in pairs}


def equations(texts: list[str], name: str = "--known") -> dict[str, str]:
    """Equations by state, from text such as ``x' = v``.

    Examples
    --------
    >>> equations(["x' = v", "y[k+1] = y + 1"])
    {'x': 'v', 'y': 'y + 1'}
    """
    found = {}
    for text in texts:
        left, equals, right = text.partition("=")
        state = left.strip().removesuffix("[k+1]").removesuffix("'").strip()
        if not (equals and state and right.strip()):
            raise InvalidSetting(f'{name} {text!r} is no equation: write it as "x\' = v"')
        found[state] = right.strip()
    return found
