"""Export targets: each is one row, in a module of its own under ``formats`` or of an installed package."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting
from symlaw.registry import FORMATS, found, misnamed

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
    ending
        Of files that hold nothing but this form, such as ``".tex"``; "" where several forms share theirs.
    """

    name: str
    summary: str
    write: Callable[..., str | bytes]
    dialect: Dialect | None = None
    options: tuple[str, ...] = ()
    ending: str = ""

    def lacks(self) -> tuple[str, ...]:
        """Operators of the table that it cannot write."""
        return () if self.dialect is None else self.dialect.lacks()


def targets() -> Mapping[str, Target]:
    """All targets by name: the built-in ones, and those that installed packages add.

    Examples
    --------
    >>> targets()["sqlite"].lacks()
    ('erf',)
    """
    return {**_built_in(), **_added()}


@cache
def _built_in() -> Mapping[str, Target]:
    """The targets of every module below ``formats`` that defines ``TARGETS``."""
    package = import_module("symlaw.language.printers.formats")
    rows: list[Target] = []
    modules = walk_packages(package.__path__, f"{package.__name__}.")
    for name in sorted((module.name for module in modules), key=lambda one: one.rpartition(".")[2]):
        rows.extend(getattr(import_module(name), "TARGETS", ()))
    return {one.name: one for one in rows}


def _added() -> Mapping[str, Target]:
    return found(FORMATS, _unusable)


def _unusable(name: str, given: Any) -> str:
    if not isinstance(given, Target):
        return "is no symlaw.language.printers.Target"
    return misnamed(name, given.name, _built_in())


def target(name: str) -> Target:
    """The target of a name.

    Raises
    ------
    InvalidSetting
        When there is none; the message suggests the nearest one.
    """
    word = str(name)
    known = _built_in() if word in _built_in() else targets()
    chosen = known.get(word)
    if chosen is None:
        near = difflib.get_close_matches(word, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InvalidSetting(f"unknown format {name!r}: {hint}known formats are {', '.join(known)}")
    return chosen


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
