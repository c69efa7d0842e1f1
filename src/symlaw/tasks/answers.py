"""Fitted models of questions other than one about a table, as commands and reports need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from symlaw.errors import RunError
from symlaw.language.later import Later
from symlaw.runs.answers import read_answer

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from symlaw.runs.answers import Answer


class Model(Protocol):
    """What a fitted model offers."""

    def summary(self) -> str:
        """Its front, what is recommended and why, as text."""

    def to_record(self) -> dict[str, Any]:
        """The same as plain values."""

    def outcome(self) -> dict[str, Any]:
        """``complexity``, ``loss``, ``formula`` and, if need be, ``target``, for lists of runs."""

    def export(self, form: str) -> str:
        """What is recommended in another form."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file."""


class Kind(NamedTuple):
    """A question.

    Attributes
    ----------
    name
        As headers of runs have it, and the command.
    load
        Reads the model of a file.
    """

    name: str
    load: Any


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("dynamics", Later("symlaw.tasks.dynamics.persistence.load")),
        Kind("transform", Later("symlaw.tasks.programs.transform.load")),
        Kind("rules", Later("symlaw.tasks.rules.rules.load")),
    )
}


def model_of(answer: Answer) -> Model:
    """The fitted model of a run.

    Raises
    ------
    RunError
        When the run has none, or is of a question that this version does not know.
    """
    kind = KINDS.get(answer.asked.task)
    if kind is None:
        raise RunError(
            f"run {answer.id!r} is of {answer.asked.task!r}, which this symlaw does not know: use the version"
            f" that made it, {answer.asked.symlaw}, or a newer one"
        )
    model: Model = kind.load(answer.model_file)
    return model


def answered(folder: Path) -> tuple[Answer, Model]:
    """A run with its model; raises as `model_of` does."""
    answer = read_answer(folder)
    return answer, model_of(answer)
