"""What those share who write recursive functions as programs: lines, names, and what a case adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from symlaw.language.recursion.program import Scheme
from symlaw.language.recursion.shapes import SHAPES, Shape, sizes_of_case

# Spellings of what a small value of a shape is made of, and a large one.
Spellings = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class Lines:
    """Lines so far, and the names that they use.

    Parameters
    ----------
    indent
        What a line begins with for each level.
    """

    indent: str
    texts: list[str] = field(default_factory=list)
    _used: Counter[str] = field(default_factory=Counter)

    def add(self, level: int, text: str) -> None:
        """Write a line."""
        self.texts.append(self.indent * level + text)

    def named(self, name: str) -> str:
        """A name that nothing else has."""
        self._used[name] += 1
        return name if self._used[name] == 1 else f"{name}_{self._used[name]}"

    def has(self, name: str) -> bool:
        """Whether a name is used."""
        return self._used[name] > 0


def parts_of_case(
    scheme: Scheme, place: int, own: str, subjects: list[str], spelled: Callable[[Shape], Spellings]
) -> list[tuple[str, str]]:
    """Names and spellings of what a case adds: parts, and the function's ``own`` values of the rests."""
    shapes = [SHAPES[name] for name in scheme.shapes]
    large = sizes_of_case(scheme.shapes, place)
    parts: list[tuple[str, str]] = []
    for shape, subject, is_large in zip(shapes, subjects, large, strict=True):
        templates = spelled(shape)[is_large]
        names = shape.names if is_large else ("x",) * len(templates)
        parts += [(name, one.format(subject)) for name, one in zip(names, templates, strict=True)]
    if all(large):
        for part in shapes[0].recurs:
            rests = [spelled(shape)[1][part].format(one) for shape, one in zip(shapes, subjects, strict=True)]
            parts.append((f"of_{shapes[0].names[part]}", f"{own}({', '.join(rests)})"))
    return parts
