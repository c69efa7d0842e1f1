"""The search: each way to take the arguments apart gives goals for its cases, which banks of terms answer.

What a function does in the large case is deduced from examples that contain each other's rests or subtrees:
its own value of the rest is then an input like others. Banks grow in rounds, and the first round that has
an answer ends the search; all ways take part in it, and the shortest description wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, NamedTuple

from symlaw.engine.recursion.interpret import NO_VALUE, Meter, run, taken_apart
from symlaw.language.recursion.program import Apply, Choice, Recursive, Scheme, Variable, bits, places_read
from symlaw.language.recursion.shapes import SHAPES, sizes_of_case, width_of_case
from symlaw.language.recursion.types import Type
from symlaw.search.recursion.bank import UNKNOWN, Bank
from symlaw.search.recursion.costs import learned
from symlaw.search.recursion.cover import programs_for
from symlaw.search.recursion.goals import Candidate, Goal, shortest
from symlaw.search.recursion.hidden import Case, Seconds
from symlaw.search.recursion.inner import Inner


class Round(NamedTuple):
    """Size of terms, how many are kept at most, and what else is looked at.

    Attributes
    ----------
    size, most
        Of the banks.
    is_deep
        Whether small schemes are among the terms.
    seconds
        Which attempt is made at second values that are carried along; None for none.
    """

    size: int
    most: int
    is_deep: bool
    seconds: int | None = None


_ROUNDS = (
    Round(3, 800, False),
    Round(5, 1500, False),
    Round(5, 1500, True, 0),
    Round(7, 6000, True, 1),
    Round(9, 15000, True),
    Round(11, 40000, True),
)
# Cases of small values are simpler than this.
_SMALL_SIZE, _SMALL_TERMS = 4, 600
_MOST_PROGRAMS, _FEWEST_STEPS, _CHECK = 8, 2, 50_000
# Conditions explain much by chance: where the shortest program has one, longer terms without are looked at
# as well.
_ROUNDS_MORE = 2
# What it costs not to read one of the function's own values, or an argument.
_IDLE = 8.0
Row = tuple[Any, ...]
_TOGETHER = ("list", "labelled", "leafy", "signed")


@dataclass(frozen=True)
class Plan:
    """A way to take arguments apart.

    Attributes
    ----------
    scheme
        Shapes and subjects; no case is filled in.
    small
        Programs for the cases before the last, the shortest first; None for a case that no example shows.
    bank
        Terms for the last case, in which all subjects are large.
    nested
        Ways to take a variable of the last case apart in turn.
    """

    scheme: Scheme
    small: tuple[list[Candidate] | None, ...]
    bank: Bank
    nested: tuple[Plan, ...] = ()

    @property
    def own(self) -> range:
        """Places of the function's own values of the rests, which come last in the last case."""
        n = len(self.bank.goal.types)
        return range(n - len(SHAPES[self.scheme.shapes[0]].recurs), n)


def find_recursive(
    goal: Goal,
    is_late: Callable[[], bool],
    rounds: int = len(_ROUNDS),
    *,
    learns: bool = True,
    carries: bool = True,
) -> list[Candidate]:
    """Programs that are right on all rows, the shortest first; none where none was found in some rounds.

    Parameters
    ----------
    goal
        Rows and what they give.
    is_late
        Whether the search has to end.
    rounds
        How many, each with more and larger terms.
    learns
        Whether operators of terms near to what is wanted come sooner in later rounds.
    carries
        Whether second values that are no results may be carried along.
    """
    inner, seconds = Inner(goal.world, is_late), Seconds(goal.world, is_late)
    direct = Bank(goal)
    plans = list(_plans(goal, range(len(goal.types)), None, is_late))
    found: list[Candidate] = []
    since = 0
    was_deep = False
    for size, most, is_deep, attempt in _ROUNDS[:rounds]:
        if is_deep and not was_deep:
            plans = [_deepened(plan, inner, is_late) for plan in plans]
        if is_deep and (learns or not was_deep):
            levels = learned([direct, *(plan.bank for plan in plans)]) if learns else {}
            direct = Bank(goal, inner.extras, levels)
            plans = [replace(plan, bank=Bank(plan.bank.goal, inner.extras, levels)) for plan in plans]
        new = _answered(direct, size, most, is_late)
        for plan in plans:
            if not is_late():
                new.extend(_assembled(plan, size, most, is_late))
        found = _right(goal, [*found, *(_with_arguments(one, len(goal.types)) for one in new)])
        if carries and attempt is not None:
            carrying = _with_seconds(goal, plans, seconds, attempt, is_known=bool(found))
            found = _right(goal, [*found, *(_with_arguments(one, len(goal.types)) for one in carrying)])
        was_deep = is_deep
        since += bool(found)
        if since > _ROUNDS_MORE or is_late() or (found and _is_plain(found[0])):
            break
    return found


def _with_seconds(
    goal: Goal, plans: list[Plan], seconds: Seconds, attempt: int, *, is_known: bool
) -> Iterator[Candidate]:
    """Programs that carry a second value along; at first also terms of several values of an argument.

    Where an answer is known, few are looked at: they cost more than most of what has no second value.
    """
    for plan in plans:
        if len(plan.scheme.shapes) == 1 and plan.small[0] and _is_told(plan):
            case = Case(plan.scheme, plan.small[0], plan.bank.goal, plan.own)
            for step in seconds.steps(case, attempt, is_known=is_known):
                yield case.with_pairs(step.hidden, _priced(step.candidate, plan.own))
    if attempt == 0:
        for place, type_ in enumerate(goal.types):
            for name, shape in SHAPES.items():
                if type_ is not None and shape.kind == type_[0]:
                    yield from seconds.together(goal, name, place)


def _is_told(plan: Plan) -> bool:
    """Whether examples say what most of the function's own values are: else anything might be right."""
    own = [row[place] for row in plan.bank.goal.rows for place in plan.own]
    return 2 * own.count(UNKNOWN) < len(own)


def _is_plain(candidate: Candidate) -> bool:
    """Whether a program's cases have no conditions, and nothing costs more than its description."""
    program = candidate.program
    if isinstance(program, Apply):
        program = next((one for one in program.arguments if isinstance(one, Scheme)), program)
    cases: list[Recursive | None] = [*program.cases] if isinstance(program, Scheme) else [program]
    # of a pair, the values in it
    cases += [one for case in cases if isinstance(case, Apply) for one in case.arguments]
    return (
        not any(isinstance(case, Choice) for case in cases) and candidate.bits < bits(candidate.program) + 1.0
    )


def _deepened(plan: Plan, inner: Inner, is_late: Callable[[], bool]) -> Plan:
    """A plan with the variables of its last case taken apart in turn."""
    goal = plan.bank.goal
    n = len(plan.scheme.subjects)
    own, start = plan.own, len(goal.types) - width_of_case(plan.scheme.shapes, len(plan.scheme.cases) - 1)
    parts = range(start + n, own.start)
    width = len(parts) // n
    recurs = SHAPES[plan.scheme.shapes[0]].recurs
    free = {*range(start), *(one for one in parts if (one - parts.start) % width not in recurs), *own}
    # inside, a value counts by its parts: what was taken apart outside is known by the function's own values
    types = tuple(type_ if place in free else None for place, type_ in enumerate(goal.types))
    nested = tuple(_plans(replace(goal, types=types), sorted(free), inner, is_late))
    return replace(plan, nested=nested)


def _plans(
    goal: Goal, places: Iterable[int], inner: Inner | None, is_late: Callable[[], bool]
) -> Iterator[Plan]:
    """All ways to take one of some variables apart, or two of a kind together."""
    ways: list[tuple[tuple[str, ...], tuple[int, ...]]] = []
    kinds = {place: type_[0] for place in places if (type_ := goal.types[place]) is not None}
    for place, kind in kinds.items():
        ways += [((name,), (place,)) for name, shape in SHAPES.items() if shape.kind == kind]
    for one, other in combinations(kinds, 2):
        if kinds[one] == kinds[other] and kinds[one] in _TOGETHER:
            ways.append(((kinds[one],) * 2, (one, other)))
    for shapes, taken in ways:
        plan = _plan(goal, shapes, taken, inner, is_late)
        if plan is not None:
            yield plan


def _plan(
    goal: Goal,
    shapes: tuple[str, ...],
    places: tuple[int, ...],
    inner: Inner | None,
    is_late: Callable[[], bool],
) -> Plan | None:
    if shapes == ("filled",) and any(row[places[0]] == () for row in goal.rows):
        return None
    small: list[list[Candidate] | None] = []
    scheme = Scheme(shapes, tuple(map(Variable, places)), (None,) * 2 ** len(shapes))
    for case in range(len(scheme.cases) - 1):
        rows = _rows_of(goal, scheme, places, case)
        if not rows:
            small.append(None)
            continue
        bank = Bank(_asked(goal, shapes, places, case, rows), inner.extras if inner is not None else None)
        found = _answered(bank, _SMALL_SIZE + 2 * (inner is not None), _SMALL_TERMS, is_late)
        if not found:
            return None
        small.append(found)
    known = _with(scheme, [*(found[0].program if found else None for found in small), None])
    last = len(scheme.cases) - 1
    rows = _rows_of(goal, known, places, last)
    if len(rows) < _FEWEST_STEPS or not any(small):
        return None
    return Plan(scheme, tuple(small), Bank(_asked(goal, shapes, places, last, rows)))


def _asked(
    goal: Goal, shapes: tuple[str, ...], places: tuple[int, ...], case: int, rows: list[tuple[Row, Any]]
) -> Goal:
    types = _types_of_case(goal, shapes, places, case)
    return Goal(types, tuple(row for row, _ in rows), goal.target, tuple(out for _, out in rows), goal.world)


def _rows_of(goal: Goal, scheme: Scheme, places: tuple[int, ...], wanted: int) -> list[tuple[Row, Any]]:
    """Rows of a case with their outputs; its own values come from examples or small cases."""
    known = dict(zip(goal.rows, goal.outputs, strict=True))
    found: list[tuple[Row, Any]] = []
    for row, output in known.items():
        subjects = tuple(row[place] for place in places)
        try:
            case, parts, deeper = taken_apart(scheme.shapes, subjects)
        except NO_VALUE:
            continue
        if case == wanted:
            own = tuple(_own_value(known, scheme, _replaced(row, places, one)) for one in deeper)
            found.append(((*row, *subjects, *parts, *own), output))
    return found


def _own_value(known: dict[Row, Any], scheme: Scheme, row: Row) -> Any:
    if row in known:
        return known[row]
    try:
        return run(scheme, row, Meter(_CHECK))
    except NO_VALUE:
        return UNKNOWN


def _replaced(row: tuple[Any, ...], places: tuple[int, ...], values: tuple[Any, ...]) -> tuple[Any, ...]:
    changed = dict(zip(places, values, strict=True))
    return tuple(changed.get(place, value) for place, value in enumerate(row))


def _types_of_case(
    goal: Goal, shapes: tuple[str, ...], places: tuple[int, ...], case: int
) -> tuple[Type | None, ...]:
    """Types of a case's variables; what is taken apart is read as the part that it is, not as it came in."""
    types: list[Type | None] = [None if place in places else type_ for place, type_ in enumerate(goal.types)]
    types += [goal.types[place] for place in places]
    sizes = sizes_of_case(shapes, case)
    for name, place, is_large in zip(shapes, places, sizes, strict=True):
        shape, own = SHAPES[name], goal.types[place]
        assert own is not None
        types += shape.large_types(own) if is_large else shape.small_types(own)
    if all(sizes):
        types += [goal.target] * len(SHAPES[shapes[0]].recurs)
    return tuple(types)


def _answered(bank: Bank, size: int, most: int, is_late: Callable[[], bool]) -> list[Candidate]:
    bank.grow(size, most, is_late)
    return programs_for(bank, is_late)


def _assembled(plan: Plan, size: int, most: int, is_late: Callable[[], bool]) -> list[Candidate]:
    """The scheme with programs for all of its cases: the shortest, and its neighbours."""
    steps = [_priced(one, plan.own) for one in _answered(plan.bank, size, most, is_late)]
    for nested in plan.nested:
        if not is_late():
            asked = plan.bank.goal
            within = _assembled(nested, size, most, is_late)
            steps += [_priced(one, plan.own) for one in within if _is_right(one.program, asked)]
    steps.sort(key=lambda one: one.bits)
    if not steps:
        return []
    answers = [*plan.small, steps]
    first = [found[0] if found else None for found in answers]
    made = [_joined(plan.scheme, first)]
    for case, found in enumerate(answers):
        for other in (found or [])[1:]:
            made.append(_joined(plan.scheme, [*first[:case], other, *first[case + 1 :]]))
    return made


def _priced(step: Candidate, own: range) -> Candidate:
    """A large case that does not read the function's own values pays for it: recursion is what was asked."""
    return step if places_read(step.program).intersection(own) else Candidate(step.bits + _IDLE, step.program)


def _right(goal: Goal, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The shortest of those that are right."""
    return shortest((one for one in candidates if _is_right(one.program, goal)), _MOST_PROGRAMS)


def _with_arguments(candidate: Candidate, n: int) -> Candidate:
    """A program pays for each argument that it does not read: what is given is there for a reason."""
    read = places_read(candidate.program)
    return Candidate(candidate.bits + _IDLE * sum(place not in read for place in range(n)), candidate.program)


def _joined(scheme: Scheme, cases: list[Candidate | None]) -> Candidate:
    """A scheme with its cases, whose bits include what cases cost beside their own."""
    made = _with(scheme, [None if one is None else one.program for one in cases])
    return Candidate(bits(scheme) + sum(one.bits for one in cases if one is not None), made)


def _with(scheme: Scheme, cases: list[Recursive | None]) -> Scheme:
    return Scheme(scheme.shapes, scheme.subjects, tuple(cases))


def _is_right(program: Recursive, goal: Goal) -> bool:
    for row, output in zip(goal.rows, goal.outputs, strict=True):
        if any(value is UNKNOWN for value in row):
            continue
        try:
            if run(program, row, Meter(_CHECK)) != output:
                return False
        except NO_VALUE:
            return False
    return True
