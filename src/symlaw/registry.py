"""What other installed packages add to symlaw, found by name through their entry points.

A package lists what it adds in its ``pyproject.toml``; see `GROUPS`. Built-in names are looked up first.
Entry points are read when a name is none of those, or when all names are listed, so that nobody else waits.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

OPERATORS = "symlaw.operators"
LOSSES = "symlaw.losses"
SEARCHERS = "symlaw.searchers"
OBJECTIVES = "symlaw.objectives"
FORMATS = "symlaw.formats"
COMMANDS = "symlaw.commands"
GROUPS = (OPERATORS, LOSSES, SEARCHERS, OBJECTIVES, FORMATS, COMMANDS)


@cache
def found(group: str, refusal: Callable[[str, Any], str]) -> Mapping[str, Any]:
    """The objects that installed packages add to a group, by name; loaded once.

    An entry point that fails, or that is refused, is left out with a `RuntimeWarning`.

    Parameters
    ----------
    group
        One of `GROUPS`.
    refusal
        Function of a name and an object: what is wrong with them, as the end of a sentence; empty when
        nothing is. It also refuses the names of built-in things.

    Examples
    --------
    >>> sorted(found("symlaw.no_such_group", lambda name, thing: ""))
    []
    """
    kept: dict[str, Any] = {}
    for entry in sorted(entry_points(group=group), key=lambda one: (one.name, _package_of(one))):
        try:
            thing = entry.load()
        except Exception as error:
            _leave_out(entry, f"fails with {type(error).__name__}: {error}")
            continue
        wrong = "has the name of another package's" if entry.name in kept else refusal(entry.name, thing)
        if wrong:
            _leave_out(entry, wrong)
        else:
            kept[entry.name] = thing
    return MappingProxyType(kept)


def misnamed(name: str, own: object, built_in: Collection[str]) -> str:
    """What is wrong with the name of an entry point whose object calls itself ``own``; empty when nothing is.

    Examples
    --------
    >>> misnamed("sin", "sin", ["sin", "cos"])
    'has the name of a built-in one'
    """
    if name in built_in:
        return "has the name of a built-in one"
    return "" if own == name else f"calls itself {own!r}"


def _package_of(entry: EntryPoint) -> str:
    return "unknown" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"


def _leave_out(entry: EntryPoint, wrong: str) -> None:
    warnings.warn(
        f"the package {_package_of(entry)} adds {entry.name!r} to {entry.group} ({entry.value}), which"
        f" {wrong}: it is left out",
        RuntimeWarning,
        stacklevel=3,
    )
