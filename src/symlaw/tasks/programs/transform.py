"""`symlaw.transform`: examples of texts and what becomes of them give a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symlaw.engine.programs.columns import apply
from symlaw.engine.programs.interpret import MOST_CHARACTERS
from symlaw.errors import DataError
from symlaw.search.programs.bank import Task
from symlaw.search.programs.search import Programs, search
from symlaw.search.watch import Watch, watching
from symlaw.tasks.programs.examples import Examples, read_examples
from symlaw.tasks.programs.result import Transformation

# Examples that are searched with at first; those that its program misses join them, a few times.
_FIRST, _MORE, _ROUNDS = 12, 4, 3
# Rows without an answer that are looked at while searching.
_PROBES = 16
_LONGEST = 2_000


def transform(
    examples: Any,
    outputs: Any = None,
    *,
    rows: Any = None,
    names: Sequence[str] | None = None,
    noisy: bool = True,
    time_budget: float | None = 10.0,
    watch: Watch | None = None,
) -> Transformation:
    """Find a short program that does to texts what some examples show.

    Parameters
    ----------
    examples
        A dict of inputs and outputs, pairs of them, or the input columns themselves: a list, a Series or a
        data frame. An input of several columns is a tuple.
    outputs
        With columns: their outputs, of which some are filled in and the others missing.
    rows
        More inputs whose outputs are not known. They tell apart programs that agree on the examples.
    names
        What the columns are called; by default as in the frame.
    noisy
        Whether an example may be wrong: it is left out, and named, where that takes fewer bits than
        honouring it.
    time_budget
        Seconds at most, or None.
    watch
        What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it with what it
        has.

    Returns
    -------
    Transformation
        To be called on texts, lists, Series and frames.

    Raises
    ------
    DataError
        When there are no examples, they contradict each other, or no program was found that is shorter than
        the list of them.

    Examples
    --------
    >>> import symlaw
    >>> brand = symlaw.transform({"Ducati100": "Ducati", "Honda125": "Honda"})
    >>> brand("Kawasaki900")
    'Kawasaki'
    """
    watch = watching(time_budget, watch)
    given = read_examples(examples, outputs, rows, names)
    return found_from(given, noisy=noisy, time_budget=time_budget, watch=watch)


def found_from(
    given: Examples, *, noisy: bool, time_budget: float | None, watch: Watch | None = None
) -> Transformation:
    """The search on examples that were read.

    Raises
    ------
    DataError
        When nothing was found, or examples contradict each other and none may be wrong.
    """
    _check(given, noisy=noisy)
    watch = watching(time_budget, watch)
    watch.tell(f"programs for {len(given.rows)} examples")
    places = list(range(min(_FIRST, len(given.rows))))
    with watch.heeding_signals():
        for _ in range(_ROUNDS):
            programs = search(_task(given, places), watch.is_late, noisy=noisy)
            missed = _missed(programs, given)
            fresh = [place for place in missed if place not in places]
            if not fresh or watch.is_late():
                break
            places += fresh[:_MORE]
    if not programs.found:
        raise DataError(
            "no program was found that gives the outputs of the examples: check them for mistakes, give more"
            " of them, or a longer time_budget"
        )
    return Transformation(
        given, tuple((one.cost, one.program) for one in programs.found), tuple(_missed(programs, given)),
        noisy, time_budget,
    )  # fmt: skip


def _check(given: Examples, *, noisy: bool) -> None:
    answers: dict[tuple[str, ...], str | None] = {}
    for row, output in zip(given.rows, given.outputs, strict=True):
        if row in answers and answers[row] != output and not noisy:
            raise DataError(
                f"{row!r:.80} has two outputs, {answers[row]!r:.40} and {output!r:.40}: keep one of them"
            )
        answers[row] = output
    for text in (*(text for row in given.rows for text in row), *(text or "" for text in given.outputs)):
        if len(text) > _LONGEST:
            raise DataError(
                f"an example has {len(text)} characters: give examples of at most {_LONGEST} (programs run"
                f" on texts of up to {MOST_CHARACTERS})"
            )


def _task(given: Examples, places: Sequence[int]) -> Task:
    short = [row for row in given.others if max(map(len, row)) <= _LONGEST]
    stride = max(1, len(short) // _PROBES)
    probes = short[::stride][:_PROBES]
    return Task(
        (*(given.rows[place] for place in places), *probes), tuple(given.outputs[place] for place in places)
    )


def _missed(programs: Programs, given: Examples) -> list[int]:
    """Places of the examples that the best program does not honour."""
    if not programs.found:
        return []
    answers = apply(programs.found[0].program, given.rows)
    return [place for place, answer in enumerate(answers) if answer != given.outputs[place]]
