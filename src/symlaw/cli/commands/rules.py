"""``symlaw rules``: from a table to a rule that tells classes apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import found_as_run, say_summary, this_command
from symlaw.errors import FileUnreadable, InvalidSetting


def rules(
    data: option.Data,
    target: Annotated[str, typer.Option("--target", "-t", metavar="NAME", help="Column of classes.")],
    error_costs: Annotated[
        str | None,
        typer.Option(
            "--error-costs",
            metavar="COSTS",
            help="miss=5,false_alarm=1; of several classes high:low=5 (true:said) or a .csv file.",
        ),
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option("--positive", metavar="CLASS", help="Class that the rule is about; the last."),
    ] = None,
    drop: option.Drop = None,
    forbidden: Annotated[
        list[str] | None, typer.Option("--forbidden", metavar="LIST", help="Columns that no rule may use.")
    ] = None,
    required: Annotated[
        list[str] | None, typer.Option("--required", metavar="LIST", help="Columns that every rule uses.")
    ] = None,
    fair: Annotated[
        str | None,
        typer.Option(
            "--fair",
            metavar="SHARES",
            help="Largest difference between groups: sex=0.05, or sex:true_positive_rate=0.05.",
        ),
    ] = None,
    monotone: Annotated[
        str | None,
        typer.Option("--monotone", metavar="COLUMNS", help="Such as age=increasing,dose=decreasing."),
    ] = None,
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Let all classes count the same, however rare.")
    ] = False,
    max_literals: Annotated[
        int, typer.Option("--max-literals", metavar="N", help="Literals of a rule at most.")
    ] = 30,
    time_budget: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds to search at most.")
    ] = 60.0,
    seed: option.Seed = None,
    export: Annotated[
        str | None,
        typer.Option("--export", metavar="FORM", help="Write the rule as sql, python, c, excel, words, ..."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="JSON file that RuleClassifier.load reads.")
    ] = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find a short rule that tells the classes of a column apart.

    \b
    Examples:
      symlaw rules patients.csv --target readmitted
      symlaw rules patients.csv -t readmitted --error-costs miss=5,false_alarm=1
      symlaw rules patients.csv -t risk --error-costs high:low=10,low:high=1
      symlaw rules patients.csv -t readmitted --export sql --quiet
    """
    from symlaw.runs.answers import Asked
    from symlaw.tasks.rules.rules import rules as find

    settings: dict[str, Any] = {
        "error_costs": _costs(error_costs),
        "fair": _fair(fair),
        "monotone": _words(monotone, "--monotone", "age=increasing"),
        "class_weight": "balanced" if balanced else None,
        "positive": positive,
        "forbidden": option.split(forbidden),
        "required": option.split(required),
        "max_literals": max_literals,
        "random_state": 0 if seed is None else seed,
    }
    reading: dict[str, Any] = {"target": target, "drop": option.split(drop) or ()}
    # pairs of classes are no names that a header of a run can have
    plain = {**settings, "error_costs": error_costs}
    asked = Asked("rules", target, str(data.absolute()), plain, reading, this_command())
    model = found_as_run(
        asked, runs, time_budget,
        lambda watch: find(data, **reading, **settings, time_budget=time_budget, watch=watch), quiet=quiet,
    )  # fmt: skip
    if save is not None:
        model.save(save)
    if export is not None:
        typer.echo(model.export(export))
    else:
        say_summary(str(model) if quiet else model.summary())


def _costs(text: str | None) -> Any:
    """What errors cost: by name, by the true class and the said one, or a matrix in a file."""
    if text is None or not text.endswith(".csv"):
        costs = _numbers(text, "--error-costs", "miss=5,false_alarm=1")
        return costs and {tuple(key.split(":")) if ":" in key else key: cost for key, cost in costs.items()}
    import pandas as pd

    try:
        return pd.read_csv(text, index_col=0)
    except (OSError, ValueError) as error:
        raise FileUnreadable(f"--error-costs {text!r} cannot be read as a table: {error}") from None


def _fair(text: str | None) -> dict[str, Any] | None:
    """By how much rates may differ, those of a column together."""
    given = _numbers(text, "--fair", "sex=0.05")
    if given is None:
        return None
    found: dict[str, Any] = {}
    for name, most in given.items():
        column, _, rate = name.rpartition(":") if ":" in name else (name, "", "rate")
        found.setdefault(column, {})[rate] = most
    return found


def _words(text: str | None, option_name: str, example: str) -> dict[str, str] | None:
    """Words by name, such as ``age=increasing``."""
    if text is None:
        return None
    try:
        return {name.strip(): word.strip() for name, word in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise InvalidSetting(f"{option_name} is {text!r}: give such as {example}") from None


def _numbers(text: str | None, option_name: str, example: str) -> dict[str, float] | None:
    """Numbers by name, such as ``miss=5,false_alarm=1``."""
    if text is None:
        return None
    try:
        return {name.strip(): float(value) for name, value in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise InvalidSetting(f"{option_name} is {text!r}: give such as {example}") from None
