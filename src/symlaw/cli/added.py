"""Subcommands that installed packages add: a function of typer's kind, or a `typer.Typer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from symlaw.registry import COMMANDS, found


class Commands(TyperGroup):
    """The built-in subcommands, and behind them those of packages, which are read when they are needed."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A subcommand by its name."""
        built_in = super().get_command(ctx, cmd_name)
        return self.added().get(cmd_name) if built_in is None else built_in

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all subcommands."""
        return [*super().list_commands(ctx), *self.added()]

    def added(self) -> Mapping[str, Any]:
        """Subcommands of packages by name; one with a built-in name is left out."""
        return {name: _command(name, made) for name, made in found(COMMANDS, self.unusable).items()}

    def unusable(self, name: str, given: Any) -> str:
        if name in self.commands:
            return "has the name of a built-in command"
        return "" if callable(given) else "is no function and no typer.Typer"


def _command(name: str, given: Any) -> Any:
    if not isinstance(given, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name)(given)
        given = alone
    command = get_command(given)
    command.name = name
    return command
