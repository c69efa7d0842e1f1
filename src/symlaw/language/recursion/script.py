"""Recursive functions as plain JavaScript, in which lists, pairs and trees are arrays."""

from __future__ import annotations

import json

from symlaw.language.recursion.program import (
    Choice,
    Constant,
    Recursive,
    Scheme,
    Variable,
    places_read,
)
from symlaw.language.recursion.shapes import SHAPES, Shape, sizes_of_case
from symlaw.language.recursion.table import OPERATORS
from symlaw.language.recursion.writing import Lines, Spellings, parts_of_case

_UNSHOWN = 'throw new Error("no example says what is to be done here");'


def javascript_of(program: Recursive, n_arguments: int) -> str:
    """A script with one function, called ``solution``.

    Examples
    --------
    >>> from symlaw.language.recursion.program import Apply
    >>> print(javascript_of(Apply("plus", (Variable(0), Constant(1))), 1))
    function solution(a) {
      return (a + 1);
    }
    <BLANKLINE>
    """
    lines = Lines("  ")
    names = [lines.named(name) for name in "abc"[:n_arguments]]
    lines.add(0, f"function solution({', '.join(names)}) {{")
    _Writer(lines).answer(program, names, 1)
    return "\n".join([*lines.texts, "}", ""])


class _Writer:
    """Writes functions and what they return."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def answer(self, program: Recursive, names: list[str], level: int) -> None:
        """Lines that return a program's value."""
        while isinstance(program, Choice):
            self._lines.add(level, f"if ({self._expression(program.condition, names, level)}) {{")
            self.answer(program.then, names, level + 1)
            self._lines.add(level, "}")
            program = program.otherwise
        self._lines.add(level, f"return {self._expression(program, names, level)};")

    def _expression(self, program: Recursive, names: list[str], level: int) -> str:
        """A program as an expression; functions that it needs are lines before it."""
        if isinstance(program, Variable):
            return names[program.place]
        if isinstance(program, Constant):
            said = json.dumps(program.value, ensure_ascii=False)
            return f"({said})" if said.startswith("-") else said
        if isinstance(program, Scheme):
            given = [self._expression(one, names, level) for one in program.subjects]
            return f"{self._function(program, names, level)}({', '.join(given)})"
        if isinstance(program, Choice):
            parts = (program.condition, program.then, program.otherwise)
            return "({} ? {} : {})".format(*(self._expression(one, names, level) for one in parts))
        given = [self._expression(one, names, level) for one in program.arguments]
        return OPERATORS[program.name].javascript.format(*given)

    def _function(self, scheme: Scheme, names: list[str], level: int) -> str:
        """Write a scheme as a function; its name."""
        own = self._lines.named("fold")
        kinds = [SHAPES[name] for name in scheme.shapes]
        subjects = [self._lines.named("xs" if shape.kind == "list" else "tree") for shape in kinds]
        self._lines.add(level, f"const {own} = ({', '.join(subjects)}) => {{")
        last = len(scheme.cases) - 1
        for place, case in enumerate(scheme.cases):
            if place == last:
                self._case(scheme, place, (own, subjects), case, names, level + 1)
                continue
            large = sizes_of_case(scheme.shapes, place)
            small = [
                shape.script[0].format(name)
                for shape, name, is_large in zip(kinds, subjects, large, strict=True)
                if not is_large
            ]
            self._lines.add(level + 1, f"if ({' && '.join(small)}) {{")
            self._case(scheme, place, (own, subjects), case, names, level + 2)
            self._lines.add(level + 1, "}")
        self._lines.add(level, "};")
        return own

    def _case(
        self,
        scheme: Scheme,
        place: int,
        called: tuple[str, list[str]],
        case: Recursive | None,
        names: list[str],
        level: int,
    ) -> None:
        """What is returned in a case; parts that it reads are named before."""
        if case is None:
            self._lines.add(level, _UNSHOWN)
            return
        own, subjects = called
        read = places_read(case)
        known = [*names, *subjects]
        for name, said in parts_of_case(scheme, place, own, subjects, _spelled):
            # a place that nothing reads needs no name
            if len(known) in read:
                known.append(self._lines.named(name))
                self._lines.add(level, f"const {known[-1]} = {said};")
            else:
                known.append("")
        self.answer(case, known, level)


def _spelled(shape: Shape) -> Spellings:
    _, small, large = shape.script
    return small, large
