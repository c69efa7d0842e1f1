"""``symlaw completion``: what a shell has to load to complete the command's words."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from symlaw.errors import InvalidSetting

SHELLS = ("bash", "zsh", "fish")
# The variable by which a shell asks what a word may become.
VARIABLE = "_SYMLAW_COMPLETE"
ShellName = Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]


def completion(shell: ShellName) -> None:
    """Write what a shell loads to complete words.

    \b
    Examples:
      symlaw completion bash >> ~/.bashrc
      symlaw completion zsh >> ~/.zshrc
      symlaw completion fish > ~/.config/fish/completions/symlaw.fish
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    if shell not in SHELLS:
        raise InvalidSetting(f"shell {shell!r} is unknown: give one of {', '.join(SHELLS)}")
    typer.echo(get_completion_script(prog_name="symlaw", complete_var=VARIABLE, shell=shell))


def answer_shells() -> None:
    """Where a shell asks, make the parser answer in the form that the shell reads."""
    if VARIABLE in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
