"""Searchers, one method per module; a new module's class is found by itself."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.searchers.base import Searcher

# Who takes part when nothing else is asked for, and in which order proposals are taken in: what answers at
# once, what enumerates, and what goes on for ever and is given the pool.
SCHEDULE = ("sparse", "bank", "decomposition", "evolution")


# The same where there is anything but numbers, and where all are truths.
TYPED_SCHEDULE = ("bank", "choices", "evolution")
TRUTHS_SCHEDULE = ("bits",)


def searcher_classes() -> dict[str, type[Any]]:
    """Every searcher class of this package by the name of its searcher."""
    found = {}
    for module in iter_modules(__path__):
        loaded = import_module(f"{__name__}.{module.name}")
        for _, member in getmembers(loaded, isclass):
            own = member.__module__ == loaded.__name__ and not getattr(member, "_is_protocol", False)
            if own and all(callable(getattr(member, role, None)) for role in ("start", "ask", "tell")):
                found[str(getattr(member, "name"))] = member  # noqa: B009
    return found


def searchers_named(names: Sequence[str] | None = None) -> list[Searcher]:
    """Searchers with their default settings, in the order of the schedule; all of it by default.

    Others stand before its last, which is given the pool. Decomposition has its parts solved by those of them
    that can, by all that can where there is none.

    Raises
    ------
    KeyError
        When there is none of a name.
    """
    classes, asked = searcher_classes(), SCHEDULE if names is None else names
    order = [*SCHEDULE[:-1], *sorted(set(classes) - set(SCHEDULE)), SCHEDULE[-1]]
    for name in asked:
        if name not in classes:
            raise KeyError(name)
    return [_made(classes[name], asked) for name in order if name in asked]


def _made(kind: type[Any], asked: Sequence[str]) -> Searcher:
    """A searcher with its default settings; one that has others solve parts takes those that take part."""
    solvers = getattr(kind, "solvers", ())
    taking_part = tuple(name for name in solvers if name in asked)
    made: Searcher = kind(solvers=taking_part) if taking_part else kind()
    return made
