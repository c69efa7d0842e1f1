"""Objectives of others: objects that make a problem of a language, given or found by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from symlaw.errors import InvalidSetting
from symlaw.registry import OBJECTIVES, found
from symlaw.search.problem import Problem

if TYPE_CHECKING:
    from symlaw.language.grammar import Language


class Question(Protocol):
    """What `symlaw.discover` may be given: it makes a problem of a language.

    It may have ``variables``, the names that formulas may use.
    """

    def problem(self, language: Language) -> Problem:
        """The problem over the language's operators and variables."""
        ...


def is_question(given: Any) -> TypeGuard[Question]:
    """Whether something has a method ``problem``; a class has not, its objects have."""
    return callable(getattr(given, "problem", None)) and not isinstance(given, type)


def added_questions() -> Mapping[str, Question]:
    """Objectives that installed packages add, by name."""
    return found(OBJECTIVES, _unusable)


def _unusable(_name: str, given: Any) -> str:
    return "" if is_question(given) else "is no object with a method problem(language)"


def question_named(name: str) -> Question:
    """The objective of a name.

    Raises
    ------
    InvalidSetting
        When no installed package adds one of that name.
    """
    added = added_questions()
    if name not in added:
        known = f"there are {', '.join(added)}" if added else "no installed package adds one"
        raise InvalidSetting(f"objective is the name {name!r}: {known}")
    return added[name]


def variables_of(given: Any) -> tuple[str, ...] | None:
    """The names that an objective says formulas may use; None where it says none."""
    own = getattr(given, "variables", None) if is_question(given) else None
    return None if own is None else tuple(map(str, own))


def problem_of(question: Question, language: Language) -> Problem:
    """The problem that an objective makes of a language.

    Raises
    ------
    InvalidSetting
        When it makes none.
    """
    made = question.problem(language)
    if not isinstance(made, Problem):
        raise InvalidSetting(
            f"the objective's problem(language) gives {made!r}: give a symlaw.search.problem.Problem"
        )
    return made
