"""Options that the subcommands have in common, and those of ``symlaw fit``."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from symlaw.errors import InvalidSetting

RUNS = Path(".symlaw", "runs")


def run_names(context: typer.Context, incomplete: str) -> list[str]:
    """What a shell may complete a run's name to, the newest run first."""
    folder = Path(context.params.get("runs") or RUNS)
    ids = sorted((header.parent.name for header in folder.glob("*/run.json")), reverse=True)
    return [name for name in ["last", *ids] if name.startswith(incomplete)]


def format_names(incomplete: str) -> list[str]:
    """What a shell may complete a format's name to."""
    from symlaw.language.printers import targets

    return [name for name in sorted(targets()) if name.startswith(incomplete)]


RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help='Id of a run, its beginning, a path, or "last".', autocompletion=run_names
    ),
]
RunsFolder = Annotated[Path, typer.Option("--runs", metavar="DIR", help="Folder of runs.")]
OneComplexity = Annotated[
    float | None,
    typer.Option("--complexity", "-c", metavar="N", help="Formula to take; the recommended by default."),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; the screen by default.")
]
Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        help="Table: .csv, .tsv, .txt, .dat, .jsonl (also .gz), .xlsx, .parquet, .npy; or a folder.",
    ),
]
SampleRows = Annotated[
    int | None,
    typer.Option(
        "--sample-rows",
        metavar="N",
        min=1000,
        help="Rows drawn for the search of a folder, a large file or a DuckDB table; 100,000 by default.",
    ),
]
Operators = Annotated[
    str | None, typer.Option("--operators", metavar="LIST", help='Operators, such as "+,-,*,/,sqrt".')
]
Target = Annotated[str | None, typer.Option("--target", "-t", metavar="NAME", help="Column to explain.")]
Features = Annotated[
    list[str] | None, typer.Option("--features", metavar="LIST", help="Columns to use; all by default.")
]
Drop = Annotated[list[str] | None, typer.Option("--drop", metavar="LIST", help="Columns to leave out.")]
Weights = Annotated[
    str | None, typer.Option("--weights", metavar="NAME", help="Column that says how much each row counts.")
]
YStd = Annotated[
    str | None,
    typer.Option("--y-std", metavar="NAME", help="Column of the standard deviation of the target's error."),
]
Time = Annotated[
    float | None,
    typer.Option("--time", metavar="S", help="Seconds to search; 60 unless otherwise limited."),
]
MaxEvaluations = Annotated[
    int | None, typer.Option("--max-evaluations", metavar="N", help="Formulas to score at most.")
]
LossName = Annotated[
    str,
    typer.Option(
        "--loss",
        metavar="NAME",
        help="squared, absolute, huber[:1.35], log-cosh, quantile:0.9, relative, log, poisson, logistic, or a"
        " function of the file for --plugin.",
    ),
]
ObjectiveName = Annotated[
    str | None,
    typer.Option(
        "--objective",
        metavar="NAME",
        help="Function of (expression, X, y) in the file for --plugin; it orders the front.",
    ),
]
TargetLoss = Annotated[
    float | None,
    typer.Option("--target-loss", metavar="X", help="Loss at which to stop, as the front has it."),
]
Patience = Annotated[
    str,
    typer.Option(
        "--patience",
        metavar="N",
        help='Stop after so many formulas without improvement; "auto": when settled; "none": never.',
    ),
]
MaxComplexity = Annotated[
    str,
    typer.Option(
        "--max-complexity", metavar="N", help='Complexity at most; "auto": 30, and 60 for sums of terms.'
    ),
]
MaxTerms = Annotated[int | None, typer.Option("--max-terms", metavar="N", help="Terms of a sum at most.")]
MaxTermComplexity = Annotated[
    int | None, typer.Option("--max-term-complexity", metavar="N", help="Complexity of a term at most.")
]
Cost = Annotated[
    list[str] | None,
    typer.Option("--cost", metavar="OP=X", help="Complexity of an operator; repeatable."),
]
Constants = Annotated[
    bool, typer.Option("--constants/--no-constants", help="Whether fitted numbers may stand inside formulas.")
]
Simplify = Annotated[
    bool, typer.Option("--simplify/--no-simplify", help="Whether formulas are shown in their simplest form.")
]
Searchers = Annotated[
    str | None,
    typer.Option(
        "--searchers",
        metavar="LIST",
        help='Searchers; "sparse,bank,terms,decomposition,evolution" by default.',
    ),
]
BankMemory = Annotated[
    float | None,
    typer.Option("--bank-memory", metavar="MIB", help="Memory of the bank of formulas; 768 MiB by default."),
]
Macros = Annotated[
    Path | None, typer.Option("--macros", metavar="FILE", help="Macros to search with; see symlaw macros.")
]
MacroFile = Annotated[Path, typer.Option("--file", metavar="FILE", help="File of the macros that are kept.")]
Plugin = Annotated[
    Path | None,
    typer.Option("--plugin", metavar="FILE.py", help="Python file of operators and losses; it is run."),
]
Template = Annotated[
    str | None,
    typer.Option(
        "--template", metavar="TEXT", help='Form of every formula: unknown functions, "a * f(x) + g(y)**2".'
    ),
]
Groups = Annotated[
    str | None,
    typer.Option("--groups", metavar="COLUMN", help="Column of groups of rows with constants of their own."),
]
Holdout = Annotated[
    str | None,
    typer.Option(
        "--holdout", metavar="NAME", help="Rows held out to check formulas: 'last', or a column of groups."
    ),
]
Guess = Annotated[
    list[str] | None,
    typer.Option("--guess", metavar="TEXT", help="A formula to begin with; may be given several times."),
]
Library = Annotated[
    Path | None,
    typer.Option(
        "--library", metavar="DIR", help="Folder of what earlier fits found: tried first, and added to."
    ),
]
Knowledge = Annotated[
    Path | None,
    typer.Option(
        "--knowledge",
        metavar="FILE",
        help="What is known already (TOML): units, structure, shape, constants, priors.",
    ),
]
PriorName = Annotated[
    str | None,
    typer.Option("--prior", metavar="FILE", help='Operators expected where; "corpus", or see symlaw prior.'),
]
Units = Annotated[
    str | None,
    typer.Option(
        "--units", metavar="WHERE", help='"header": in brackets in names, as "mass [kg]"; "row": below them.'
    ),
]
FromRun = Annotated[
    str | None, typer.Option("--from", metavar="RUN", help="Run whose front this one begins with.")
]
CheckpointSeconds = Annotated[
    float,
    typer.Option(
        "--checkpoint", metavar="S", min=0.0, help="Seconds between checkpoints, from which a run is resumed."
    ),
]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", help="Threads; all cores by default.")]
# For a new run threads by default, for one that goes on its own; the cluster's workers where one is named.
Executor = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="WHO",
        help="Who runs evolution: those 'threads', as many 'processes', or 'dask'; the same front.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Scheduler of a Dask cluster that runs evolution: tcp://host:8786.",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed; a random one by default.")]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Report to write at the end: .html, .md or .pdf."),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show each improvement and all counters.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show the recommended formula only.")]


def split(texts: Iterable[str] | None) -> list[str] | None:
    """Names from options that may hold several, parted by commas; quotes keep a comma in a name.

    Examples
    --------
    >>> split(['a, b', '"c,d"'])
    ['a', 'b', 'c,d']
    """
    if texts is None:
        return None
    rows = csv.reader(texts, skipinitialspace=True)
    return [name.strip() for row in rows for name in row if name.strip()]


def costs(texts: Iterable[str] | None) -> dict[str, float] | None:
    """Costs from options such as ``sin=3``.

    Raises
    ------
    InvalidSetting
        When one is not a name, an equals sign and a number.
    """
    if texts is None:
        return None
    found: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            equals = ""
        if not (equals and name.strip()):
            raise InvalidSetting(f"--cost {text!r} is not a name and a number: write it as sin=3")
    return found


def patience_of(text: str) -> int | str | None:
    """What ``--patience`` says: a number, ``"auto"``, or None for never."""
    given = _whole_or(("auto", "none"), "--patience", text)
    return None if given == "none" else given


def complexity_of(text: str) -> int | str:
    """What ``--max-complexity`` says: a number, or ``"auto"``."""
    return _whole_or(("auto",), "--max-complexity", text)


def _whole_or(words: tuple[str, ...], name: str, text: str) -> int | str:
    """A whole number, or one of some words.

    Raises
    ------
    InvalidSetting
        When it is something else.
    """
    from symlaw.errors import InvalidSetting

    word = text.strip().lower()
    if word in words:
        return word
    try:
        return int(word.replace(",", ""))
    except ValueError:
        *first, last = ("a whole number of 1 or more", *map(repr, words))
        wanted = f"{', '.join(first)} or {last}"
        raise InvalidSetting(f"{name} is {text!r}: give {wanted}") from None
