"""Sentences about systems: ``bounded``, ``dissipative``, ``x**2 is conserved``, ``symmetric in x, y``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import InvalidSetting
from symlaw.language.parser import parse
from symlaw.search.dynamics.mirrors import Mirror
from symlaw.tasks.dynamics.intake import rate_name
from symlaw.trust.dynamics.constraints import Bounded, Conserves, Dissipative

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.systems import Constraint

_BOUNDED, _DISSIPATIVE, _CONSERVED, _SYMMETRIC = "bounded", "dissipative", " is conserved", "symmetric in "


class Stated(NamedTuple):
    """What sentences ask of a system.

    Attributes
    ----------
    constraints
        What filters systems.
    pairs
        States that change places.
    """

    constraints: tuple[Constraint, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def stated(sentences: Sequence[str], names: Names, positions: Iterable[int], *, is_map: bool) -> Stated:
    """Read sentences about systems.

    Parameters
    ----------
    sentences
        As the user wrote them.
    names
        Of the columns.
    positions
        Places of states that are rates of others.
    is_map
        Whether states follow one from the other.

    Raises
    ------
    InvalidSetting
        When one cannot be read or does not go with the data.
    """
    found: list[Constraint] = []
    pairs: list[tuple[str, str]] = []
    for sentence in sentences:
        text = " ".join(str(sentence).split())
        if text in (_BOUNDED, _DISSIPATIVE):
            if names.inputs:
                raise InvalidSetting(f"constraint {text!r} does not go with inputs: leave it out")
            found.append(Bounded() if text == _BOUNDED else Dissipative())
        elif text.endswith(_CONSERVED):
            found.append(_conserved(text, names, is_map=is_map))
        elif text.startswith(_SYMMETRIC):
            pairs += _pairs(text, names, positions)
        else:
            raise InvalidSetting(
                f"constraint {text!r} cannot be read: write bounded, dissipative, 'x**2 + v**2 is"
                " conserved' or 'symmetric in x, y'"
            )
    return Stated(tuple(found), tuple(pairs))


def _conserved(text: str, names: Names, *, is_map: bool) -> Constraint:
    quantity = parse(text.removesuffix(_CONSERVED))
    strange = [name for name in quantity.variables if name not in names.states]
    if strange or not quantity.variables:
        said = f"uses {strange[0]!r}" if strange else "uses no state"
        raise InvalidSetting(f"constraint {text!r} {said}: the states are {', '.join(names.states)}")
    if is_map or names.inputs:
        raise InvalidSetting(f"constraint {text!r} goes neither with inputs nor with discrete: leave it out")
    return Conserves(quantity)


def _pairs(text: str, names: Names, positions: Iterable[int]) -> list[tuple[str, str]]:
    rates = {names.states[place] for place in positions}
    found = []
    for part in text.removeprefix(_SYMMETRIC).split(" and "):
        both = tuple(name.strip() for name in part.split(","))
        if len(both) != 2 or both[0] == both[1]:
            raise InvalidSetting(f"constraint {text!r} names no pair: write 'symmetric in x, y and v, w'")
        found.append((both[0], both[1]))
        if rates:
            found.append((rate_name(both[0]), rate_name(both[1])))
    named = [name for pair in found for name in pair]
    if sorted(named) != sorted(names.states):
        raise InvalidSetting(
            f"constraint {text!r} has to name each state once: the states are {', '.join(names.states)}"
        )
    return found


def mirror_of(
    pairs: Sequence[tuple[str, str]], names: Names, known: Mapping[int, Expression]
) -> tuple[Mirror | None, dict[int, Expression]]:
    """Which equations are images of others, and the known equations with images of known ones.

    Parameters
    ----------
    pairs
        States that change places.
    names
        Of the columns.
    known
        Known equations, by place of the state.
    """
    every = dict(known)
    if not pairs:
        return None, every
    sources = list(range(len(names.states)))
    plain = Mirror(tuple(sources), tuple(pairs))
    for pair in pairs:
        first, second = sorted(names.states.index(name) for name in pair)
        given = [place for place in (first, second) if place in known]
        if given:
            image = plain.image(known[given[0]])
            every.setdefault(first, image)
            every.setdefault(second, image)
        else:
            sources[second] = first
    return Mirror(tuple(sources), tuple(pairs)), every
