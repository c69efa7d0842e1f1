"""Export targets: each is one row, in a module of its own under ``formats``."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symlaw.language.printers.dialect import Dialect


@dataclass(frozen=True)
class Target:
    """One form that formulas can be exported to.

    Parameters
    ----------
    name
        The word for ``--format`` and `Expression.export`.
    summary
        What comes out, in a few words.
    write
        Function of (expression, **options) that gives the text, or bytes for a binary file.
    dialect
        The language written in; None where every operator can be written.
    options
        Names of the options that ``write`` takes.
    """

    name: str
    summary: str
    write: Callable[..., str | bytes]
    dialect: Dialect | None = None
    options: tuple[str, ...] = ()

    def lacks(self) -> tuple[str, ...]:
        """Operators of the table that it cannot write."""
        return () if self.dialect is None else self.dialect.lacks()


@cache
def targets() -> Mapping[str, Target]:
    """All targets by name: those of every module below ``formats`` that defines ``TARGETS``.

    Examples
    --------
    >>> targets()["sqlite"].lacks()
    ('erf',)
    """
    package = import_module("symlaw.language.printers.formats")
    found: list[Target] = []
    modules = walk_packages(package.__path__, f"{package.__name__}.")
    for name in sorted((module.name for module in modules), key=lambda one: one.rpartition(".")[2]):
        found.extend(getattr(import_module(name), "TARGETS", ()))
    return {one.name: one for one in found}


def target(name: str) -> Target:
    """The target of a name.

    Raises
    ------
    InvalidSetting
        When there is none; the message suggests the nearest one.
    """
    known = targets()
    found = known.get(name) if isinstance(name, str) else None
    if found is None:
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InvalidSetting(f"unknown format {name!r}: {hint}known formats are {', '.join(known)}")
    return found


def exported(expression: Any, name: str, options: Mapping[str, Any]) -> str | bytes:
    """A formula in the form of a target.

    Raises
    ------
    InvalidSetting
        When there is no such target, or it has no such option.
    CannotExport
        When it lacks an operator of the formula.
    """
    chosen = target(name)
    unknown = [option for option in options if option not in chosen.options]
    if unknown:
        has = f"its options are {', '.join(chosen.options)}" if chosen.options else "it has none"
        raise InvalidSetting(f"format {name!r} has no option {unknown[0]!r}: {has}")
    return chosen.write(expression, **options)
