"""A grammar that was found: call it, read it, save it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from symlaw.engine.programs.grammars import Grammar, Rule, TooLong
from symlaw.errors import DataError, ParseError
from symlaw.language.later import Later
from symlaw.language.programs.phrases import said
from symlaw.runs.files import load_as, save_record
from symlaw.search.grammars.pictures.reader import Reader
from symlaw.search.watch import ALL_TRIED
from symlaw.tasks.grammars.pictures import has_pictures, reader_from, reader_record, words_seen
from symlaw.tasks.grammars.reading import Kind, shown, words_of
from symlaw.tasks.grammars.saving import grammar_from, record_of

_export = Later("symlaw.tasks.grammars.exports.export")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_KEY, _VERSION = "symlaw_grammar", 1
_NAMES = ("x", "y")
_SHOWN = 10


@dataclass(frozen=True)
class FoundGrammar:
    """Rules found from pairs.

    Attributes
    ----------
    grammar : Grammar
        Values of words, and rules of phrases, the loosest first.
    kind
        What outputs are: ``"text"``, ``"list"`` or ``"number"``.
    seen
        Words that the pairs have.
    missed
        Pairs that the rules do not explain.
    n_pairs
        How many pairs there were.
    ended_by
        What ended the search.
    reader
        What tells the classes of pictures; None where words are texts.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "grammar"

    grammar: Grammar
    kind: Kind
    seen: frozenset[str]
    missed: tuple[tuple[str, Any], ...]
    n_pairs: int
    ended_by: str
    reader: Reader | None = None

    def __call__(self, sequence: Any) -> Any:
        """What a sequence gives; None where the rules cannot read it.

        Raises
        ------
        DataError
            When it is no sequence, or takes more steps to read than are allowed.
        """
        words = self.words(sequence)
        try:
            return shown(self.grammar.read(words), self.kind)
        except TooLong:
            raise DataError(
                f"the sequence of {len(words)} words takes more steps to read than are allowed: give parts"
            ) from None

    def words(self, sequence: Any) -> tuple[str, ...]:
        """Words of a sequence; of pictures the names of their classes, the likeliest that the rules can read.

        Raises
        ------
        DataError
            When it is no sequence, or pictures are of another size than those of the pairs.
        """
        if not has_pictures(sequence):
            return words_of(sequence, self.kind)
        if self.reader is None:
            raise DataError("the sequence has pictures, and the rules were found from words: give words")
        return words_seen(sequence, self.reader, self.grammar)

    def unseen(self, sequence: Any) -> list[str]:
        """Words of a sequence that none of the pairs has."""
        return list(dict.fromkeys(word for word in self.words(sequence) if word not in self.seen))

    @property
    def unlearnt(self) -> list[str]:
        """Words of the pairs for which no meaning was found."""
        return sorted(self.seen - self.grammar.vocabulary)

    @property
    def rules(self) -> list[str]:
        """Rules of phrases as a person reads them, the loosest first."""
        return [_line(rule) for rule in self.grammar.rules]

    def __str__(self) -> str:
        itself = [word for word, value in self.grammar.words.items() if value == (word,)]
        lines = [
            f"{word} = {shown(value, 'text') or 'nothing' if isinstance(value, tuple) else value}"
            for word, value in sorted(self.grammar.words.items())
            if word not in itself and str(value) != word
        ]
        if itself:
            more = " ..." if len(itself) > _SHOWN else ""
            lines.append(f"{len(itself)} words mean themselves: {' '.join(sorted(itself)[:_SHOWN])}{more}")
        for number, level in enumerate(self.grammar.levels, 1):
            side = "last" if level.is_last_first else "first"
            lines.append(f"level {number}, split where the {side} of these stands:")
            lines += [f"  {_line(rule)}" for rule in level.rules]
        return "\n".join(lines)

    @property
    def bits(self) -> float:
        """How many bits the description of the rules takes."""
        return self.grammar.bits(len(self.seen))

    def summary(self) -> str:
        """The rules, how many pairs they explain, and the first that they do not explain, for a terminal."""
        lines = [str(self), "", f"{self.n_pairs - len(self.missed)} of {self.n_pairs} pairs explained"]
        if self.ended_by != ALL_TRIED:
            lines[-1] += f" ({self.ended_by})"
        lines += [f"not explained: {words} = {value}" for words, value in self.missed[:_SHOWN]]
        if len(self.missed) > _SHOWN:
            lines.append(f"and {len(self.missed) - _SHOWN} more")
        if self.reader is not None:
            lines.append(f"{len(self.reader.names)} classes of pictures: {' '.join(self.reader.names)}")
        if self.unlearnt:
            lines.append(f"no meaning found for: {' '.join(self.unlearnt[:_SHOWN])}")
        return "\n".join(lines)

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {
            "text": str(self), "bits": self.bits, "kind": self.kind, "grammar": record_of(self.grammar),
            "n_pairs": self.n_pairs, "missed": [list(pair) for pair in self.missed],
        }  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        """Figures of the rules, for lists of runs."""
        said = "; ".join(self.rules) or f"{len(self.grammar.words)} words"
        return {"complexity": round(self.bits, 1), "loss": len(self.missed) / self.n_pairs, "formula": said}

    def export(self, form: str) -> str:
        """The rules for a consumer: ``"text"`` for people, ``"python"``, ``"json"``.

        Raises
        ------
        CannotExport
            When the form is unknown.
        """
        return str(_export(self, form))

    def _repr_html_(self) -> str:
        return str(_view(self))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `FoundGrammar.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        record = {
            _KEY: _VERSION,
            "grammar": record_of(self.grammar),
            "kind": self.kind,
            "seen": sorted(self.seen),
            "missed": [list(pair) for pair in self.missed],
            "n_pairs": self.n_pairs,
            "ended_by": self.ended_by,
        }
        if self.reader is not None:
            record["reader"] = reader_record(self.reader)
        save_record(Path(path), record, "grammar")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FoundGrammar:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of rules.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), _KEY, _VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> FoundGrammar:
        kind = record["kind"]
        if kind not in ("text", "list", "number"):
            raise ParseError(f"{kind!r:.40} is no kind of output")
        return cls(
            grammar_from(record["grammar"], kind == "number"),
            kind,
            frozenset(str(word) for word in record["seen"]),
            tuple((str(words), value) for words, value in record["missed"]),
            int(record["n_pairs"]),
            str(record["ended_by"]),
            reader_from(record["reader"]) if "reader" in record else None,
        )


def _line(rule: Rule) -> str:
    pattern = " ".join(_NAMES[part] if isinstance(part, int) else part for part in rule.pattern)
    return f"{pattern} = {said(rule.meaning, _NAMES)}"
