"""Fitted models of questions other than one about a table, as commands and reports need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

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


# The class of each question's models, which reads them from files; by the name that headers of runs have,
# which is the command's.
MODELS: Mapping[str, Later] = {
    "dynamics": Later("symlaw.tasks.dynamics.estimator.DynamicsRegressor"),
    "rules": Later("symlaw.tasks.rules.estimator.RuleClassifier"),
    "transform": Later("symlaw.tasks.programs.result.Transformation"),
    "machine": Later("symlaw.tasks.machines.result.FoundMachine"),
    "rewards": Later("symlaw.tasks.rewards.result.RewardMachine"),
    "automaton": Later("symlaw.tasks.automata.result.Automaton"),
    "recursive": Later("symlaw.tasks.recursion.result.RecursiveFunction"),
    "grammar": Later("symlaw.tasks.grammars.result.FoundGrammar"),
}


def loaded(task: str, path: Path) -> Model:
    """The model of a question that was saved to a file."""
    model: Model = MODELS[task].found().load(path)
    return model


def model_of(answer: Answer) -> Model:
    """The fitted model of a run.

    Raises
    ------
    RunError
        When the run has none, or is of a question that this version does not know.
    """
    task = answer.asked.task
    if task not in MODELS:
        raise RunError(
            f"run {answer.id!r} is of {task!r}, which this symlaw does not know: use the version that made"
            f" it, {answer.asked.symlaw}, or a newer one"
        )
    return loaded(task, answer.model_file)


def answered(folder: Path) -> tuple[Answer, Model]:
    """A run with its model; raises as `model_of` does."""
    answer = read_answer(folder)
    return answer, model_of(answer)
