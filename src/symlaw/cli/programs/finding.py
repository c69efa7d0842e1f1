"""What the commands share that find machines, rules, functions and grammars in files of examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from symlaw.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.search.watch import Watch

Save = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="JSON file; named in place of examples, it is read again."),
]
Export = Annotated[
    str | None, typer.Option("--export", metavar="FORM", help="Write it in this form in place of a summary.")
]


class Wanted(NamedTuple):
    """What is done with the answer, and where the run is kept.

    Attributes
    ----------
    runs
        The folder of runs.
    save, export
        A file for the answer, and a form that it is shown in.
    quiet
        Whether nothing but what was found is shown.
    """

    runs: Path
    save: Path | None
    export: str | None
    quiet: bool


def found_in(
    task: str, data: Path, seconds: float | None, find: Callable[[Watch], Any], wanted: Wanted
) -> Any:
    """The answer to a question on a file, kept as a run; a ``.json`` file holds one that was saved.

    Parameters
    ----------
    task
        The question, as `symlaw.tasks.answers.MODELS` has it.
    data
        The file.
    seconds
        After which the search ends; None for no limit.
    find
        Reads the file, searches and gives the answer.
    wanted
        What is done with it.
    """
    from symlaw.cli.answering import found_as_run, this_command
    from symlaw.data.formats.opening import check_file
    from symlaw.runs.answers import Asked
    from symlaw.tasks.answers import loaded

    check_file(data)
    if data.suffix == ".json":
        answer: Any = loaded(task, data)
    else:
        source = str(data.absolute())
        asked = Asked(task, data.stem, source, {}, {"paths": [source]}, this_command())
        answer = found_as_run(asked, wanted.runs, seconds, find, quiet=wanted.quiet)
    if wanted.save is not None:
        answer.save(wanted.save)
    return answer


def show(answer: Any, wanted: Wanted) -> None:
    """Show an answer in the form that was asked for, or sum it up."""
    from symlaw.cli.answering import say_summary

    if wanted.export is None:
        say_summary(answer.summary())
    else:
        typer.echo(answer.export(wanted.export).rstrip("\n"))


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """Lines of a text file that are not empty, with their numbers.

    Raises
    ------
    FileUnreadable
        When it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def records_in(
    path: Path, names: tuple[str, ...], such_as: str, optional: tuple[str, ...] = ()
) -> list[tuple[Any, ...]]:
    """What lines of JSON have under some names.

    Parameters
    ----------
    path
        The file.
    names
        What each line has to have.
    such_as
        A line that would do, for errors.
    optional
        What lines may have as well; None where one has it not.

    Raises
    ------
    FileUnreadable
        When the file cannot be read, or a line is of another kind.
    """
    found = []
    for number, line in numbered_lines(path):
        try:
            record = json.loads(line)
            needed = [record[name] for name in names]
            found.append((*needed, *(record.get(name) for name in optional)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise FileUnreadable(f"line {number} of {str(path)!r} is no example: write {such_as}") from None
    return found
