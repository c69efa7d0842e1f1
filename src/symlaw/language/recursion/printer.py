"""Recursive functions as plain Python that runs by itself."""

from __future__ import annotations

from collections import Counter

from symlaw.language.recursion.program import (
    Apply,
    Choice,
    Constant,
    Recursive,
    Scheme,
    Variable,
    nodes,
    parts_of,
)
from symlaw.language.recursion.shapes import SHAPES, Shape, sizes_of_case
from symlaw.language.recursion.table import OPERATORS
from symlaw.language.recursion.types import Type
from symlaw.language.recursion.writing import Lines, Spellings, parts_of_case

_UNSHOWN = 'raise ValueError("no example says what is to be done here")'


def python_of(program: Recursive, types: tuple[Type, ...]) -> str:
    """A module with one function, called ``function``.

    Parameters
    ----------
    program
        What it computes.
    types
        Of its arguments.
    """
    lines = Lines("    ")
    names = [lines.named(_name_of(type_)) for type_ in types]
    lines.add(0, f"def function({', '.join(names)}):")
    _Writer(lines).answer(program, names, 1)
    return "\n".join([*lines.texts, ""])


def _name_of(type_: Type) -> str:
    return {"list": "xs", "labelled": "tree", "leafy": "tree", "signed": "tree"}.get(type_[0], "k")


class _Writer:
    """Writes functions and what they return."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def answer(self, program: Recursive, names: list[str], level: int) -> None:
        """Lines that return a program's value."""
        while isinstance(program, Choice):
            self._lines.add(level, f"if {self.expression(program.condition, names, level)}:")
            self.answer(program.then, names, level + 1)
            program = program.otherwise
        self._lines.add(level, f"return {self.expression(program, names, level)}")

    def expression(self, program: Recursive, names: list[str], level: int) -> str:
        """A program as an expression; functions that it needs are lines before it."""
        if isinstance(program, Variable):
            return names[program.place]
        if isinstance(program, Constant):
            return repr(program.value)
        if isinstance(program, Scheme):
            given = [self.expression(one, names, level) for one in program.subjects]
            return f"{self._function(program, names, level)}({', '.join(given)})"
        if isinstance(program, Choice):
            then, condition, otherwise = (
                self.expression(one, names, level)
                for one in (program.then, program.condition, program.otherwise)
            )
            return f"({then} if {condition} else {otherwise})"
        if program.name == "cons":
            return self._list(program, names, level)
        template = OPERATORS[program.name].python
        is_infix = template.startswith(("{", "not")) and template != "{0}"
        given = [self.expression(one, names, level) for one in program.arguments]
        return template.format(*(_bracketed(one, program.arguments[place]) if is_infix else one
                                 for place, one in enumerate(given)))  # fmt: skip

    def _list(self, program: Recursive, names: list[str], level: int) -> str:
        """First elements before a rest, as one list."""
        parts: list[str] = []
        while isinstance(program, Apply) and program.name == "cons":
            parts.append(self.expression(program.arguments[0], names, level))
            program = program.arguments[1]
        if not (isinstance(program, Apply) and program.name == "nil"):
            parts.append("*" + self.expression(program, names, level))
        return f"[{', '.join(parts)}]"

    def _function(self, scheme: Scheme, names: list[str], level: int) -> str:
        """Write a scheme as a function; its name."""
        own = self._lines.named("again" if self._lines.has("fold") else "fold")
        kinds = [SHAPES[name] for name in scheme.shapes]
        subjects = [self._lines.named("xs" if shape.kind == "list" else "tree") for shape in kinds]
        self._lines.add(level, f"def {own}({', '.join(subjects)}):")
        tests = [shape.test.format(name) for shape, name in zip(kinds, subjects, strict=True)]
        last = len(scheme.cases) - 1
        for place, case in enumerate(scheme.cases):
            inside = level + 1
            if place < last:
                small = [
                    test
                    for test, is_large in zip(tests, sizes_of_case(scheme.shapes, place), strict=True)
                    if not is_large
                ]
                self._lines.add(inside, f"if {' and '.join(small)}:")
                inside += 1
            if case is None:
                self._lines.add(inside, _UNSHOWN)
                continue
            parts = self._parts(scheme, place, subjects, own, case, len(names), inside)
            self.answer(case, [*names, *subjects, *parts], inside)
        return own

    def _parts(
        self, scheme: Scheme, place: int, subjects: list[str], own: str, case: Recursive, *where: int
    ) -> list[str]:
        """Names of a case's parts; those that it reads are assigned."""
        n, level = where
        uses = Counter(one.place for one in nodes(case) if isinstance(one, Variable))
        spelled = parts_of_case(scheme, place, own, subjects, _spelled)
        parts = []
        for at, (name, said) in enumerate(spelled, n + len(subjects)):
            is_once = uses[at] == 1 and at not in _read_within(case)
            if not uses[at] or is_once or said in subjects:
                parts.append(said)
                continue
            parts.append(self._lines.named(name))
            self._lines.add(level, f"{parts[-1]} = {said}")
        return parts


def _spelled(shape: Shape) -> Spellings:
    return shape.small_python, shape.large_python


def _read_within(case: Recursive) -> set[int]:
    """Variables that are read inside of cases of schemes, where they would be computed again and again."""
    found: set[int] = set()
    for one in nodes(case):
        if isinstance(one, Scheme):
            inner = [part for part in parts_of(one) if part not in one.subjects]
            found |= {deep.place for part in inner for deep in nodes(part) if isinstance(deep, Variable)}
    return found


def _bracketed(text: str, program: Recursive) -> str:
    """In brackets, where an operator around it would take it apart."""
    is_loose = isinstance(program, Apply) and " " in OPERATORS[program.name].python
    return f"({text})" if is_loose and text[0] not in "([" and not text.startswith(("max(", "min(")) else text
