"""A recursive function that was found: call it, read it, ask where it is in doubt."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from symlaw.engine.recursion.interpret import value_or_none
from symlaw.errors import DataError, ParseError
from symlaw.language.later import Later
from symlaw.language.recursion.printer import python_of
from symlaw.language.recursion.program import Recursive, as_json, from_json
from symlaw.language.recursion.types import Type, fits, inward, is_type, outward
from symlaw.runs.files import load_as, save_record
from symlaw.tasks.programs.doubts import disagreement
from symlaw.tasks.recursion.values import value_from, value_record

if TYPE_CHECKING:
    import pandas as pd

_export = Later("symlaw.tasks.recursion.exports.export")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_again = Later("symlaw.tasks.recursion.recursive.recursive")
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
    examples : tuple
        What it was found from: arguments, then the result.
    exceptions : tuple
        Examples that it does not honour, since without them it is much shorter: probably wrong.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "recursive"

    types: tuple[Type, ...]
    programs: tuple[tuple[float, Recursive], ...]
    examples: tuple[tuple[Any, ...], ...]
    exceptions: tuple[tuple[Any, ...], ...] = ()

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
        return self.export("python")

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

    def settle(
        self, arguments: tuple[Any, ...], answer: Any, *, time_budget: float | None = 30.0
    ) -> RecursiveFunction:
        """Search again with one more example, such as the answer to a doubtful input."""
        given = (*self.examples, *self.exceptions)
        kept = [example for example in given if example[:-1] != tuple(arguments)]
        found: RecursiveFunction = _again([*kept, (*arguments, answer)], time_budget=time_budget)
        return found

    def export(self, form: str) -> str:
        """The function for a consumer: ``"python"`` or ``"javascript"``.

        Raises
        ------
        CannotExport
            When the form is unknown.
        """
        return str(_export(self, form))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `RecursiveFunction.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        programs = [[bits, as_json(program)] for bits, program in self.programs]
        examples = [list(map(value_record, example)) for example in self.examples]
        record = {_KEY: _VERSION, "types": self.types, "programs": programs, "examples": examples}
        record["exceptions"] = [list(map(value_record, example)) for example in self.exceptions]
        save_record(Path(path), record, "function")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RecursiveFunction:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of recursive functions.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), _KEY, _VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> RecursiveFunction:
        types = tuple(_tuples(type_) for type_ in record["types"])
        programs = tuple(
            (float(bits), from_json(program, len(types) - 1)) for bits, program in record["programs"]
        )
        examples = tuple(tuple(map(value_from, example)) for example in record["examples"])
        if not programs or len(types) < 2 or not all(map(is_type, types)):
            raise ParseError("it has no program, or types that are not known")
        # files of earlier versions know no exceptions
        exceptions = tuple(tuple(map(value_from, one)) for one in record.get("exceptions", []))
        return cls(types, programs, examples, exceptions)

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        examples = [list(map(value_record, example)) for example in self.examples]
        exceptions = [list(map(value_record, example)) for example in self.exceptions]
        return {
            "code": self.code, "bits": self.bits, "rivals": self.rivals, "examples": examples,
            "exceptions": exceptions,
        }  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        """Figures of the function, for lists of runs."""
        return {"complexity": round(self.bits, 1), "loss": 0.0, "formula": _on_one_line(self.code)}

    def summary(self) -> str:
        """The code, its bits, and what else is right on the examples, for a terminal."""
        all_ = "all" if not self.exceptions else "the other"
        lines = [self.code, f"right on {all_} {len(self.examples)} examples, {self.bits:.1f} bits"]
        lines[1:1] = [f"probably wrong, and left out: {_said(one)}" for one in self.exceptions]
        if self.rivals:
            lines += [
                f"{len(self.rivals)} other programs are right on the examples, such as",
                "",
                self.rivals[0].rstrip(),
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return str(_view(self))

    def __str__(self) -> str:
        return self.code


def _on_one_line(code: str) -> str:
    return "; ".join(line.strip() for line in code.strip().splitlines())


def _tuples(type_: Any) -> Any:
    return tuple(map(_tuples, type_)) if isinstance(type_, list) else type_


def _said(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "a value of many levels"
    return text if len(text) <= 60 else text[:57] + "..."
