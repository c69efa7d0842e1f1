"""``--plugin FILE.py``: operators, losses and objectives that a user wrote in Python."""

from __future__ import annotations

import runpy
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.errors import FileUnreadable, InvalidSetting
from symlaw.language.operators import Operator

if TYPE_CHECKING:
    from pathlib import Path

    from symlaw.engine.losses.table import Loss


@dataclass(frozen=True)
class Plugin:
    """What a Python file makes.

    Parameters
    ----------
    path
        The file; None where none is given.
    operators
        Made with ``symlaw.operator``.
    losses
        Made with ``symlaw.loss``, by name.
    functions
        Functions that it defines, by name.
    """

    path: Path | None = None
    operators: tuple[Operator, ...] = ()
    losses: Mapping[str, Loss] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def loss(self, name: str) -> str | Loss | Callable[..., Any]:
        """The loss of a name: one of the file's, or the name itself for a built-in one."""
        return self.losses.get(name) or self.functions.get(name) or name

    def check_use(self, *names: str | None) -> None:
        """Refuse a file that makes no operator, and nothing of these names."""
        if self.path is None or self.operators or any(n in self.losses or n in self.functions for n in names):
            return
        raise InvalidSetting(
            f"{str(self.path)!r} makes no operator: put @symlaw.operator above a function, or name a function"
            " of it with --loss or --objective"
        )

    def objective(self, name: str | None) -> Callable[..., Any] | None:
        """The function of a name.

        Raises
        ------
        InvalidSetting
            When the file defines none.
        """
        if name is None:
            return None
        if name not in self.functions:
            where = "name its file with --plugin" if self.path is None else f"{str(self.path)!r} defines none"
            raise InvalidSetting(f"--objective {name!r} is no function: {where}")
        return self.functions[name]


def plugin_of(path: Path | None) -> Plugin:
    """What a Python file makes; nothing without a file.

    The file is run, as the user asks for it by name; nothing else names code.

    Raises
    ------
    FileUnreadable
        When there is no such file, or it fails.
    """
    if path is None:
        return Plugin()
    if not path.is_file():
        raise FileUnreadable(f"there is no file {str(path)!r} to take operators from")
    try:
        space = runpy.run_path(str(path))
    except InvalidSetting:
        raise
    except Exception as error:
        raise FileUnreadable(f"{str(path)!r} fails with {type(error).__name__}: {error}") from error
    return _sorted_out(path, space)


def plugin_for(path: Path | None, *names: str | None) -> Plugin:
    """`plugin_of` for options that may name what the file makes; refuses a file that makes nothing of use."""
    made = plugin_of(path)
    made.check_use(*names)
    return made


def _sorted_out(path: Path, space: Mapping[str, Any]) -> Plugin:
    from symlaw.engine.losses.table import Loss

    rows = (value for value in space.values() if isinstance(value, Operator))
    operators = {id(row): row for row in rows if row.is_users}
    losses = {value.name: value for value in space.values() if isinstance(value, Loss)}
    functions = {
        name: value
        for name, value in space.items()
        if isinstance(value, types.FunctionType) and value.__code__.co_filename == str(path)
    }
    return Plugin(path, tuple(operators.values()), losses, functions)


def operators_in(path: Path | None) -> tuple[Operator, ...]:
    """The operators that a Python file makes with ``symlaw.operator``; none without a file."""
    return plugin_for(path).operators
