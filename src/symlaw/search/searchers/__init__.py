"""Searchers, one method per module; a new module's class is found by itself, and so are those of packages."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from symlaw import registry
from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from symlaw.search.searchers.base import Searcher

# Who takes part when nothing else is asked for, and in which order proposals are merged: what answers at
# once, what enumerates, what takes the target apart, and what goes on for ever. Others stand before the last.
SCHEDULE = ("sparse", "bank", "terms", "decomposition", "evolution")
# The same where there is anything but numbers, and where all are truths.
TYPED_SCHEDULE = ("bank", "choices", "evolution")
TRUTHS_SCHEDULE = ("bits",)
_ROLES = ("objection", "start", "ask", "tell")


def searcher_classes() -> dict[str, type[Any]]:
    """Every searcher class of this package by the name of its searcher."""
    classes = {}
    for module in iter_modules(__path__):
        loaded = import_module(f"{__name__}.{module.name}")
        for _, member in getmembers(loaded, isclass):
            own = member.__module__ == loaded.__name__ and not getattr(member, "_is_protocol", False)
            if own and all(callable(getattr(member, role, None)) for role in _ROLES):
                classes[str(getattr(member, "name"))] = member  # noqa: B009
    return classes


def added_searchers() -> Mapping[str, type[Any]]:
    """Searcher classes that installed packages add, by name."""
    return registry.found(registry.SEARCHERS, _unusable)


def _unusable(name: str, given: Any) -> str:
    if not isclass(given) or not all(callable(getattr(given, role, None)) for role in _ROLES):
        return f"is no class with the methods {', '.join(_ROLES)}"
    return registry.misnamed(name, getattr(given, "name", None), searcher_classes())


def is_known(name: str) -> bool:
    """Whether there is a searcher class of a name, built in or of an installed package."""
    return name in searcher_classes() or name in added_searchers()


def searcher_class(name: str) -> type[Any]:
    """The searcher class of a name, built in or of an installed package.

    Raises
    ------
    InvalidSetting
        When there is none.
    """
    built_in = searcher_classes()
    if name in built_in:
        return built_in[name]
    added = added_searchers()
    if name not in added:
        raise InvalidSetting(f"searchers names {name!r}: there are {', '.join([*built_in, *added])}")
    return added[name]


def searchers_named(asked: Sequence[str | Searcher] | None = None) -> list[Searcher]:
    """Searchers in the order of the schedule; all of the schedule by default.

    Others stand before its last. One that has others solve parts is given those of them that can, all that
    can where there is none.

    Parameters
    ----------
    asked
        Names, for searchers with their default settings, and searchers.

    Raises
    ------
    InvalidSetting
        When there is none of a name, or what is given is no searcher.
    """
    chosen: dict[str, str | Searcher] = {}
    for one in SCHEDULE if asked is None else asked:
        name = name_of(one)
        if chosen.get(name, one) != one:
            raise InvalidSetting(f"searchers names {name!r} twice: give each searcher a name of its own")
        chosen[name] = one
    return [_made(chosen[name], chosen) for name in _in_order(chosen)]


def name_of(one: str | Searcher) -> str:
    """The name of what is given for a searcher: its name, or a searcher.

    Raises
    ------
    InvalidSetting
        When it is neither, or a searcher with the name of a built-in one of another class.
    """
    if isinstance(one, str):
        return one
    name = getattr(one, "name", None)
    if isclass(one) or not isinstance(name, str) or not all(callable(getattr(one, r, None)) for r in _ROLES):
        raise InvalidSetting(
            f"searchers holds {one!r}: give the name of a searcher, or an object with a name and the methods"
            f" {', '.join(_ROLES)}"
        )
    built_in = searcher_classes().get(name)
    if built_in is not None and not isinstance(one, built_in):
        raise InvalidSetting(
            f"searchers holds a {type(one).__name__} that is called {name!r}, as a built-in searcher: give it"
            " another name"
        )
    return name


def classes_of(asked: Sequence[str | Searcher] | None) -> list[type[Any]]:
    """The classes of searchers that are given as to `searchers_named`."""
    each = SCHEDULE if asked is None else asked
    return [searcher_class(one) if isinstance(one, str) else type(one) for one in each]


def part_solvers(among: Collection[str] | None = None) -> tuple[str, ...]:
    """Names of the searchers that can search for a part's formula; the built-in ones by default."""
    names = searcher_classes() if among is None else among
    able = {name for name in names if is_known(name) and says(searcher_class(name), "solves_parts")}
    return tuple(_in_order(able))


def template_fillers() -> list[str]:
    """Names of the built-in searchers that fill templates."""
    return [name for name, kind in searcher_classes().items() if says(kind, "fills_templates")]


def stores_of(names: Iterable[str]) -> dict[str, tuple[type, ...]]:
    """By name of a searcher, the classes that its state is made of."""
    asked, stores = tuple(names), dict[str, tuple[type, ...]]()
    for name in asked:
        kind = searcher_class(name)
        stores[name] = tuple(getattr(kind, "stores", ()))
        if stores[name] and says(kind, "needs_solvers"):
            solvers = (*part_solvers(), *part_solvers(asked))
            stores[name] += tuple(one for solver in solvers for one in searcher_class(solver).stores)
    return stores


def says(searcher: Any, what: str) -> bool:
    """Whether a searcher or its class says something of itself; see `symlaw.search.searchers.base`."""
    return bool(getattr(searcher, what, False))


def _in_order(names: Collection[str]) -> list[str]:
    order = [*SCHEDULE[:-1], *sorted(set(names) - set(SCHEDULE)), SCHEDULE[-1]]
    return [name for name in order if name in names]


def _made(one: str | Searcher, asked: Collection[str]) -> Searcher:
    """A searcher; of a name, with its default settings."""
    if not isinstance(one, str):
        return one
    kind = searcher_class(one)
    solvers = part_solvers(asked) if says(kind, "needs_solvers") else ()
    made: Searcher = kind(solvers=solvers) if solvers else kind()
    return made
