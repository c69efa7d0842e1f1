"""``symlaw man``: the manual page, made from the command's own parser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import typer

from symlaw._version import __version__

_ENVIRONMENT = (
    ("SYMLAW_CACHE_DIR", "Folder of compiled kernels."),
    ("SYMLAW_TRACEBACK", "With 1, a refusal shows where in the program it comes from."),
)


def man(context: typer.Context) -> None:
    """Write the manual page, for man.

    \b
    Examples:
      symlaw man | man -l -
      symlaw man > ~/.local/share/man/man1/symlaw.1
    """
    typer.echo(page(context.find_root()))


def page(root: Any) -> str:
    """The manual page of a command, as troff.

    Parameters
    ----------
    root
        The parser's context of the outermost command.
    """
    summary, *rest = _paragraphs(root.command.help)
    lines = [
        f'.TH SYMLAW 1 "" "symlaw {__version__}" "User Commands"',
        ".SH NAME",
        rf"symlaw \- {_text(summary)}",
        ".SH SYNOPSIS",
        ".B symlaw",
        _text(" ".join(root.command.collect_usage_pieces(root))),
        *(".SH DESCRIPTION" for _ in rest[:1]),
        *_help(rest),
        ".SH COMMANDS",
        *_commands(root),
        ".SH ENVIRONMENT",
        *_definitions(_ENVIRONMENT),
        ".SH EXIT STATUS",
        "0 where all went well, 2 where input was refused, 1 otherwise.",
        ".SH SEE ALSO",
        r"symlaw\-run computes a saved law with NumPy alone.",
    ]
    return "\n".join(lines)


def _commands(context: Any) -> Iterator[str]:
    """A section for each command below one, those of groups after their group."""
    for name, command in context.command.commands.items():
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        usage = " ".join([own.command_path, *command.collect_usage_pieces(own)])
        yield f'.SS "{_text(usage)}"'
        yield from _help(_paragraphs(command.help))
        records = [param.get_help_record(own) for param in command.get_params(own)]
        yield from _definitions(record for record in records if record)
        if hasattr(command, "commands"):
            yield from _commands(own)


def _paragraphs(text: str | None) -> list[str]:
    return [part.strip("\n") for part in (text or "").split("\n\n") if part.strip()]


def _help(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs of help; those after a backspace mark keep their lines."""
    for paragraph in paragraphs:
        kept = paragraph.startswith("\b")
        lines = [_text(line) for line in paragraph.removeprefix("\b").strip("\n").splitlines()]
        yield from (".PP", *((".nf", *lines, ".fi") if kept else lines))


def _definitions(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in pairs:
        yield from (".TP", rf"\fB{_text(term)}\fR", _text(meaning))


def _text(line: str) -> str:
    """A line as troff shows it literally.

    Examples
    --------
    >>> print(_text("--loss NAME"), _text(".5"), _text('a "b"'))
    \\-\\-loss NAME \\&.5 a \\(dqb\\(dq
    """
    safe = line.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("\n", " ")
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe
