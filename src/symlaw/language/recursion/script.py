"""Recursive functions as plain JavaScript, in which lists, pairs and trees are arrays."""

from __future__ import annotations

import json
from collections import Counter

from symlaw.language.recursion.program import (
    Choice,
    Constant,
    Recursive,
    Scheme,
    Variable,
    nodes,
)
from symlaw.language.recursion.shapes import SHAPES, sizes_of_case
from symlaw.language.recursion.table import OPERATORS

_INDENT = "  "
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
    writer = _Writer()
    names = [writer.named(name) for name in "abc"[:n_arguments]]
    writer.lines.append(f"function solution({', '.join(names)}) {{")
    writer.answer(program, names, 1)
    return "\n".join([*writer.lines, "}", ""])


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
            self._line(level, f"if ({self._expression(program.condition, names, level)}) {{")
            self.answer(program.then, names, level + 1)
            self._line(level, "}")
            program = program.otherwise
        self._line(level, f"return {self._expression(program, names, level)};")

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
        own = self.named("fold")
        kinds = [SHAPES[name] for name in scheme.shapes]
        subjects = [self.named("xs" if shape.kind == "list" else "tree") for shape in kinds]
        self._line(level, f"const {own} = ({', '.join(subjects)}) => {{")
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
            self._line(level + 1, f"if ({' && '.join(small)}) {{")
            self._case(scheme, place, (own, subjects), case, names, level + 2)
            self._line(level + 1, "}")
        self._line(level, "};")
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
            self._line(level, _UNSHOWN)
            return
        own, subjects = called
        read = {one.place for one in nodes(case) if isinstance(one, Variable)}
        known = [*names, *subjects]
        for name, said in _parts(scheme, place, own, subjects):
            # a place that nothing reads needs no name
            if len(known) in read:
                known.append(self.named(name))
                self._line(level, f"const {known[-1]} = {said};")
            else:
                known.append("")
        self.answer(case, known, level)

    def _line(self, level: int, text: str) -> None:
        self.lines.append(_INDENT * level + text)


def _parts(scheme: Scheme, place: int, own: str, subjects: list[str]) -> list[tuple[str, str]]:
    """Names and spellings of what a case adds: parts, and the function's own values of the rests."""
    shapes = [SHAPES[name] for name in scheme.shapes]
    large = sizes_of_case(scheme.shapes, place)
    parts: list[tuple[str, str]] = []
    for shape, subject, is_large in zip(shapes, subjects, large, strict=True):
        _, small, big = shape.script
        templates = big if is_large else small
        said = shape.names if is_large else ("x",) * len(templates)
        parts += [(name, one.format(subject)) for name, one in zip(said, templates, strict=True)]
    if all(large):
        for part in shapes[0].recurs:
            given = [shape.script[2][part].format(one) for shape, one in zip(shapes, subjects, strict=True)]
            parts.append((f"of_{shapes[0].names[part]}", f"{own}({', '.join(given)})"))
    return parts
