"""`symlaw.recursive`: examples of arguments and results give a recursive function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symlaw.errors import DataError
from symlaw.language.recursion.types import inward, type_of
from symlaw.search.recursion.goals import Goal, world_of
from symlaw.search.recursion.typos import find_with_typo
from symlaw.search.watch import Watch, watching
from symlaw.tasks.recursion.result import RecursiveFunction

# The most examples, and the most values in one: two arguments and the result.
_MOST_EXAMPLES, _WIDEST = 60, 3
# Of the time, for functions that are right on all examples.
_SHARE_FOR_ALL = 0.7


def recursive(
    examples: Iterable[tuple[Any, ...]], *, time_budget: float | None = 30.0, watch: Watch | None = None
) -> RecursiveFunction:
    """Find the recursive function behind a few examples.

    Parameters
    ----------
    examples
        Tuples: the arguments, then the result. Values are numbers, truths, texts, None, lists, pairs, and
        binary trees: ``()`` or ``(left, label, right)``, a leaf or ``(left, right)``, a leaf or ``(left,
        sign, right)``. Small inputs together with their rests or subtrees say most.
    time_budget
        Seconds after which the search ends, or None.
    watch
        What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it.

    Returns
    -------
    RecursiveFunction
        To be called on arguments of any size.

    Raises
    ------
    DataError
        When the examples do not fit together, or no function was found that is right on all of them, or on
        all but one: a wrong example is left out, and named, where the function of the others is much shorter.

    Examples
    --------
    >>> import symlaw
    >>> total = symlaw.recursive([([], 0), ([4], 4), ([1, 4], 5), ([9, 1, 4], 14)])
    >>> total(list(range(101)))
    5050
    """
    watch = watching(time_budget, watch)
    given = _checked(examples)
    columns = list(zip(*given, strict=True))
    types = tuple(type_of(column) for column in columns)
    inside = [tuple(map(inward, example, types)) for example in given]
    rows, outputs = tuple(one[:-1] for one in inside), tuple(one[-1] for one in inside)
    _check_for_contradictions(rows, outputs)
    world = world_of(types, [value for row in rows for value in row], list(outputs))
    watch.tell(f"functions for {len(given)} examples")
    with watch.heeding_signals():
        goal = Goal(types[:-1], rows, types[-1], outputs, world)
        found, wrong = find_with_typo(goal, watch.is_late, watch.part(_SHARE_FOR_ALL))
    if not found:
        raise DataError(
            f"no function was found{watch.within} that is right on all examples: give small inputs together"
            " with their rests or subtrees"
        )
    programs = tuple((one.bits, one.program) for one in found)
    kept = tuple(one for place, one in enumerate(given) if place != wrong)
    return RecursiveFunction(types, programs, kept, () if wrong is None else (given[wrong],))


def _checked(examples: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    given = list(examples)
    if not 2 <= len(given) <= _MOST_EXAMPLES:
        raise DataError(f"there are {len(given)} examples: give 2 to {_MOST_EXAMPLES}")
    for place, example in enumerate(given, 1):
        if type(example) is not tuple or not 2 <= len(example) <= _WIDEST:
            raise DataError(
                f"example {place} is {example!r:.60}: give a tuple of one or two arguments and the result"
            )
        if len(example) != len(given[0]):
            raise DataError(
                f"example {place} has {len(example) - 1} arguments, and the first {len(given[0]) - 1}"
            )
    return given


def _check_for_contradictions(rows: tuple[tuple[Any, ...], ...], outputs: tuple[Any, ...]) -> None:
    known: dict[Any, tuple[int, Any]] = {}
    for place, (row, output) in enumerate(zip(rows, outputs, strict=True), 1):
        earlier, other = known.setdefault(row, (place, output))
        if other != output:
            raise DataError(
                f"examples {earlier} and {place} contradict each other: the same arguments give {other!r:.40}"
                f" and {output!r:.40}; leave the wrong one out"
            )
