"""A recursive function that was found: call it, read it, ask where it is in doubt."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.engine.recursion.interpret import value_or_none
from symlaw.errors import DataError, ParseError, RunError
from symlaw.language.recursion.printer import python_of
from symlaw.language.recursion.program import Recursive, as_json, from_json
from symlaw.language.recursion.types import Type, fits, inward, is_type, outward
from symlaw.runs.files import load_record, save_record
from symlaw.tasks.programs.doubts import disagreement

if TYPE_CHECKING:
    import pandas as pd

_KEY, _VERSION = "symlaw_recursive", 1


@dataclass(frozen=True)
class RecursiveFunction:
    """A recursive function found from examples.

    Attributes
    ----------
    types : tuple
        Types of the arguments, and of the result.
    programs : tuple
        Bits and program, the shortest first; the others are right on the examples too.
    """

    types: tuple[Type, ...]
    programs: tuple[tuple[float, Recursive], ...]

    @property
    def program(self) -> Recursive:
        """The shortest program."""
        return self.programs[0][1]

    @property
    def bits(self) -> float:
        """How many bits its description takes."""
        return self.programs[0][0]

    @property
    def code(self) -> str:
        """Plain Python with one function, ``function``, which needs nothing else."""
        return python_of(self.program, self.types[:-1])

    @property
    def rivals(self) -> list[str]:
        """Code of the other programs that are right on the examples."""
        return [python_of(program, self.types[:-1]) for _, program in self.programs[1:]]

    def __call__(self, *arguments: Any) -> Any:
        """The function's value.

        Raises
        ------
        DataError
            When arguments are of other types than in the examples, or there is no value: no example says
            what to do with them, or a limit of steps or depth is reached.
        """
        has_value, value = value_or_none(self.program, self._row(arguments))
        if not has_value:
            raise DataError(
                f"there is no value for {_said(arguments)}: no example says what to do with it, or it is"
                " larger than the limits of steps and depth"
            )
        return outward(value, self.types[-1])

    def _row(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        wanted = self.types[:-1]
        if len(arguments) != len(wanted):
            raise DataError(f"{len(arguments)} arguments were given: the function takes {len(wanted)}")
        for place, (value, type_) in enumerate(zip(arguments, wanted, strict=True), 1):
            if not fits(value, type_):
                raise DataError(
                    f"argument {place} is {_said(value)}: the examples have a value of type {type_[0]}"
                )
        return tuple(map(inward, arguments, wanted))

    def doubtful(self, inputs: Iterable[tuple[Any, ...]], most: int = 20) -> pd.DataFrame:
        """Inputs on which programs that are about as short disagree, or that have no value.

        Parameters
        ----------
        inputs
            Tuples of arguments.
        most
            How many to name.

        Returns
        -------
        pandas.DataFrame
            ``row`` (place among the inputs), ``input``, ``value``, ``rival`` and ``doubt``: the share of
            programs, weighted by their bits, that say otherwise. As one more example, the first row settles
            the most.
        """
        import pandas as pd

        found = [
            (place, arguments, *doubt)
            for place, arguments in enumerate(inputs)
            if (doubt := self._doubt(self._row(tuple(arguments))))[-1] > 0
        ]
        found.sort(key=lambda one: (-one[-1], one[0]))
        return pd.DataFrame(found[:most], columns=["row", "input", "value", "rival", "doubt"])

    def _doubt(self, row: tuple[Any, ...]) -> tuple[Any, Any, float]:
        said = [value_or_none(program, row) for _, program in self.programs]
        rival, share = disagreement(said, [bits for bits, _ in self.programs])
        doubt = share if said[0][0] else 1.0
        result = self.types[-1]
        return (
            outward(said[0][1], result),
            outward(None if rival is None else rival[1], result),
            round(doubt, 3),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `RecursiveFunction.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        programs = [[bits, as_json(program)] for bits, program in self.programs]
        save_record(Path(path), {_KEY: _VERSION, "types": self.types, "programs": programs}, "function")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RecursiveFunction:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of recursive functions.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        record = load_record(Path(path), _KEY, _VERSION)
        try:
            types = tuple(_tuples(type_) for type_ in record["types"])
            programs = tuple(
                (float(bits), from_json(program, len(types) - 1)) for bits, program in record["programs"]
            )
        except (KeyError, TypeError, ValueError, RecursionError, ParseError) as error:
            raise RunError(f"{str(path)!r} is damaged: {error}") from None
        if not programs or len(types) < 2 or not all(map(is_type, types)):
            raise RunError(f"{str(path)!r} is damaged: it has no program, or types that are not known")
        return cls(types, programs)

    def report(self) -> str:
        """The code, its bits, and what else is right on the examples, for a terminal."""
        lines = [self.code, f"{self.bits:.1f} bits"]
        if self.rivals:
            lines += [
                f"{len(self.rivals)} other programs are right on the examples, such as",
                "",
                self.rivals[0],
            ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.code


def _tuples(type_: Any) -> Any:
    return tuple(map(_tuples, type_)) if isinstance(type_, list) else type_


def _said(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "a value of many levels"
    return text if len(text) <= 60 else text[:57] + "..."
