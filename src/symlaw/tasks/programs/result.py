"""What was found of examples: a program, its rivals, and the examples that it does not honour."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from symlaw.engine.programs.columns import apply
from symlaw.errors import DataError, ParseError
from symlaw.language.later import Later
from symlaw.language.programs.printers import exported
from symlaw.language.programs.program import (
    Branch,
    Input,
    Literal,
    Program,
    as_json,
    from_json,
    nodes,
    text_of,
)
from symlaw.runs.files import load_as, save_record
from symlaw.tasks.programs.doubts import disagreement, shares
from symlaw.tasks.programs.examples import Examples, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from symlaw.search.watch import Watch

_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_again = Later("symlaw.tasks.programs.transform.found_from")
_KEY, _VERSION = "symlaw_transformation", 1
# Rows are doubtful from this share of disagreement on.
_DOUBT = 0.12


@dataclass(frozen=True)
class Transformation:
    """A program that was found from examples.

    Attributes
    ----------
    examples : Examples
        What it was found from.
    programs : tuple
        Bits and program, the shortest first; the others give the same outputs of the examples, or of those
        that were honoured, and differ elsewhere.
    missed : tuple of int
        Places of the examples that the program does not honour.
    noisy, time_budget
        As they were asked.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "transform"

    examples: Examples
    programs: tuple[tuple[float, Program], ...]
    missed: tuple[int, ...]
    noisy: bool = True
    time_budget: float | None = 10.0

    @property
    def program(self) -> Program:
        """The shortest program."""
        return self.programs[0][1]

    @property
    def bits(self) -> float:
        """How many bits its description takes."""
        return self.programs[0][0]

    @property
    def code(self) -> str:
        """Plain Python that needs the standard library alone."""
        return self.export("python")

    @property
    def left_out(self) -> list[tuple[Any, str | None, str | None]]:
        """Examples that are not honoured: input, the output given, and the program's."""
        rows = [self.examples.rows[place] for place in self.missed]
        answers = apply(self.program, rows)
        return [
            (_cell(row), self.examples.outputs[place], answer)
            for row, place, answer in zip(rows, self.missed, answers, strict=True)
        ]

    @property
    def rivals(self) -> list[str]:
        """Programs that agree on the examples and differ elsewhere, on one line each."""
        return [text_of(program, self.examples.names) for _, program in self.programs[1:]]

    def __call__(self, values: Any, *more: Any) -> Any:
        """What becomes of texts.

        Parameters
        ----------
        values
            A text, a list of texts, a Series; with several columns a tuple, a list of tuples, a frame, or
            one argument for each column.

        Returns
        -------
        str, None, list or pandas.Series
            As what was given; None where the program has no value.
        """
        if more:
            if all(isinstance(one, str) for one in (values, *more)):
                return apply(self.program, self._rows([(values, *more)]))[0]
            rows = self._rows(list(zip(values, *more, strict=True)))
            return _like(values, apply(self.program, rows))
        if isinstance(values, (str, tuple)) or not isinstance(values, Iterable):
            return apply(self.program, self._rows([values]))[0]
        return _like(values, apply(self.program, self._rows(values)))

    def _rows(self, values: Any) -> list[tuple[str, ...]]:
        names = self.examples.names
        if hasattr(values, "columns") and len(values.columns) != len(names):
            lacking = [name for name in names if name not in values.columns]
            if lacking:
                raise DataError(f"the table has no column {lacking[0]!r}, which the program reads: give it")
            values = values[list(names)]
        return rows_of(values, len(names))

    def doubtful(self, values: Any, most: int = 20) -> pd.DataFrame:
        """Rows on which programs that are about as good disagree, or that have no value.

        Parameters
        ----------
        values
            As the transformation is called with: a list, a Series or a frame.
        most
            How many rows to name; those of the same inputs are one.

        Returns
        -------
        pandas.DataFrame
            ``row`` (place of the first of its kind), ``input``, ``value``, ``rival`` and ``doubt``: the
            share of programs, weighted by their bits, that say otherwise. The answer to the first row
            settles the most.
        """
        import pandas as pd

        rows = self._rows(values)
        first: dict[tuple[str, ...], int] = {}
        for place, row in enumerate(rows):
            first.setdefault(row, place)
        honoured = {row for place, row in enumerate(self.examples.rows) if place not in self.missed}
        kinds = [row for row in first if row not in honoured]
        found = [one for one in self._doubts(kinds) if one[3] >= _DOUBT or one[1] is None]
        found.sort(key=lambda one: (-one[3], first[one[0]]))
        return pd.DataFrame(
            [
                (first[row], _cell(row), value, rival, round(doubt, 3))
                for row, value, rival, doubt in found[:most]
            ],
            columns=["row", "input", "value", "rival", "doubt"],
        )

    def _doubts(
        self, rows: list[tuple[str, ...]]
    ) -> list[tuple[tuple[str, ...], str | None, str | None, float]]:
        bits = [one for one, _ in self.programs]
        answers = [apply(program, rows) for _, program in self.programs]
        doubts = []
        for row, said in zip(rows, zip(*answers, strict=True), strict=True):
            rival, doubt = disagreement(said, bits)
            doubts.append((row, said[0], rival, 1.0 if said[0] is None else doubt))
        return doubts

    def answers(self, value: Any) -> dict[str | None, float]:
        """What the programs give for one row, and the share of them that do, weighted by their bits.

        Parameters
        ----------
        value
            A text, or with several columns a tuple.

        Returns
        -------
        dict
            The answer of `program` first, then those of its rivals as they come.
        """
        row = self._rows([value])
        said = [apply(program, row)[0] for _, program in self.programs]
        return shares(said, [bits for bits, _ in self.programs])

    def settle(self, value: Any, answer: str | None, *, watch: Watch | None = None) -> Transformation:
        """Search again with one more example, such as the answer to a doubtful row.

        Parameters
        ----------
        value
            The row: a text, or with several columns a tuple.
        answer
            What becomes of it; None where there should be no value.
        watch
            What ends the search in place of ``time_budget``.
        """
        row = self._rows([value])[0]
        kept = [
            (one, output)
            for one, output in zip(self.examples.rows, self.examples.outputs, strict=True)
            if one != row
        ]
        examples = Examples(
            self.examples.names, (*(one for one, _ in kept), row), (*(output for _, output in kept), answer),
            tuple(one for one in self.examples.others if one != row),
        )  # fmt: skip
        found: Transformation = _again(examples, noisy=self.noisy, time_budget=self.time_budget, watch=watch)
        return found

    def failures(self, values: Any) -> list[int]:
        """Places of the rows for which the program has no value."""
        return [
            place for place, answer in enumerate(apply(self.program, self._rows(values))) if answer is None
        ]

    def export(self, form: str) -> str:
        """The program for a consumer.

        Parameters
        ----------
        form
            One of ``symlaw.language.programs.printers.FORMS``.

        Raises
        ------
        CannotExport
            When the consumer lacks something that the program needs.
        """
        return exported(self.program, self.examples.names, form)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `Transformation.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        record = {
            _KEY: _VERSION,
            "names": list(self.examples.names),
            "examples": [
                list(pair) for pair in zip(map(list, self.examples.rows), self.examples.outputs, strict=True)
            ],
            "programs": [[bits, as_json(program)] for bits, program in self.programs],
            "missed": list(self.missed),
            "noisy": self.noisy,
            "time_budget": self.time_budget,
        }
        save_record(Path(path), record, "transformation")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Transformation:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of programs.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), _KEY, _VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> Transformation:
        names = tuple(str(name) for name in record["names"])
        rows = tuple(tuple(str(text) for text in row) for row, _ in record["examples"])
        outputs = tuple(None if output is None else str(output) for _, output in record["examples"])
        programs = tuple((float(bits), from_json(program)) for bits, program in record["programs"])
        missed = tuple(int(place) for place in record["missed"])
        budget = record["time_budget"]
        places = [part.place for _, program in programs for part in nodes(program) if isinstance(part, Input)]
        if (
            not programs
            or max(places, default=0) >= len(names)
            or max(missed, default=0) >= max(len(rows), 1)
        ):
            raise ParseError("its program reads columns or examples that it does not have")
        return cls(
            Examples(names, rows, outputs), programs, missed, bool(record["noisy"]),
            None if budget is None else float(budget),
        )  # fmt: skip

    def report(self, path: str | os.PathLike[str], data: Any = None) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``.

        ``data`` are the columns, as the transformation is called with: doubtful rows are then named.
        """
        _report(self, path, data)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {
            "program": str(self), "bits": self.bits, "rivals": self.rivals, "code": self.code,
            "left_out": [[list(self.examples.rows[place]), given, answer]
                         for place, (_, given, answer) in zip(self.missed, self.left_out, strict=True)],
        }  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        """Figures of the program, for lists of runs."""
        lost = len(self.missed) / max(1, len(self.examples.rows))
        return {"complexity": round(self.bits, 1), "loss": lost, "formula": str(self)}

    def summary(self) -> str:
        """The program, how much it explains, and what it does not honour, for a terminal."""
        n = len(self.examples.rows)
        lines = [str(self), "", f"{n - len(self.missed)} of {n} examples, {self.bits:.0f} bits"]
        alone = self._alone()
        if alone:
            lines.append(
                f"{alone} of its branches serve{'s' * (alone == 1)} only one example: check them, or"
                " give more"
            )
        for value, given, answer in self.left_out:
            lines.append(f"left out: {value!r} was given as {given!r}, the program says {answer!r}")
        if self.rivals:
            lines.append(
                f"{len(self.rivals)} other programs agree on the examples, such as: {self.rivals[0]}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return str(_view(self))

    def _alone(self) -> int:
        """Branches that serve one example only."""
        return served_alone(
            self.program, [row for place, row in enumerate(self.examples.rows) if place not in self.missed]
        )

    def __str__(self) -> str:
        return text_of(self.program, self.examples.names)


def served_alone(program: Program, rows: Iterable[tuple[str, ...]]) -> int:
    """How many branches serve just one of some rows."""
    rows = list(rows)
    if not isinstance(program, Branch):
        return int(len(rows) == 1)
    truths = [_truth(program.condition, row) for row in rows]
    then = [row for row, truth in zip(rows, truths, strict=True) if truth]
    other = [row for row, truth in zip(rows, truths, strict=True) if not truth]
    return served_alone(program.then, then) + served_alone(program.otherwise, other)


def _truth(condition: Program, row: tuple[str, ...]) -> bool:
    asked = Branch(cast(Any, condition), Literal("yes"), Literal(""))
    return apply(asked, [row])[0] == "yes"


def _cell(row: tuple[str, ...]) -> Any:
    return row[0] if len(row) == 1 else row


def _like(values: Any, answers: list[str | None]) -> Any:
    """Answers in the container that the values came in."""
    index = getattr(values, "index", None)
    if index is None or callable(index):
        return answers
    import pandas as pd

    return pd.Series(answers, index=index, dtype=object, name=getattr(values, "name", None))
