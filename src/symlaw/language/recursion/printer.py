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

_INDENT = "    "
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
    writer = _Writer()
    names = [writer.named(_name_of(type_)) for type_ in types]
    writer.lines.append(f"def function({', '.join(names)}):")
    writer.answer(program, names, 1)
    return "\n".join([*writer.lines, ""])


def _name_of(type_: Type) -> str:
    return {"list": "xs", "labelled": "tree", "leafy": "tree", "signed": "tree"}.get(type_[0], "k")


class _Writer:
    """Lines so far, and the names that they use."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._used: Counter[str] = Counter()

    def named(self, name: str) -> str:
        """A name that nothing else has."""
        self._used[name] += 1
        return name if self._used[name] == 1 else f"{name}_{self._used[name]}"

    def answer(self, program: Recursive, names: list[str], level: int) -> None:
        """Lines that return a program's value."""
        while isinstance(program, Choice):
            self._line(level, f"if {self.expression(program.condition, names, level)}:")
            self.answer(program.then, names, level + 1)
            program = program.otherwise
        self._line(level, f"return {self.expression(program, names, level)}")

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
        own = self.named("again" if self._used["fold"] else "fold")
        kinds = [SHAPES[name] for name in scheme.shapes]
        subjects = [self.named("xs" if shape.kind == "list" else "tree") for shape in kinds]
        self._line(level, f"def {own}({', '.join(subjects)}):")
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
                self._line(inside, f"if {' and '.join(small)}:")
                inside += 1
            if case is None:
                self._line(inside, _UNSHOWN)
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
        spelled: list[tuple[str, str]] = []
        large = sizes_of_case(scheme.shapes, place)
        for name, subject, is_large in zip(scheme.shapes, subjects, large, strict=True):
            spelled += _spelled(SHAPES[name], subject, is_large)
        if all(large):
            spelled += _calls(scheme, subjects, own)
        parts = []
        for at, (name, said) in enumerate(spelled, n + len(subjects)):
            is_once = uses[at] == 1 and at not in _read_within(case)
            if not uses[at] or is_once or said in subjects:
                parts.append(said)
                continue
            parts.append(self.named(name))
            self._line(level, f"{parts[-1]} = {said}")
        return parts

    def _line(self, level: int, text: str) -> None:
        self.lines.append(_INDENT * level + text)


def _spelled(shape: Shape, subject: str, is_large: bool) -> list[tuple[str, str]]:
    templates = shape.large_python if is_large else shape.small_python
    names = shape.names if is_large else ("x",) * len(templates)
    return [(name, template.format(subject)) for name, template in zip(names, templates, strict=True)]


def _calls(scheme: Scheme, subjects: list[str], own: str) -> list[tuple[str, str]]:
    """The function's calls of itself, with a name for the value of each."""
    shapes = [SHAPES[name] for name in scheme.shapes]
    return [
        (
            f"of_{shapes[0].names[part]}",
            f"{own}({', '.join(_rest(*one, part) for one in zip(shapes, subjects, strict=True))})",
        )
        for part in shapes[0].recurs
    ]


def _rest(shape: Shape, subject: str, part: int) -> str:
    return shape.large_python[part].format(subject)


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
