"""What searches of single tables found, kept while many are fitted, so that a run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import FileUnreadable, RunError
from symlaw.language.expression import Expression
from symlaw.tasks.many.searching import Searched

if TYPE_CHECKING:
    from symlaw.tasks.many.forms import Rows
    from symlaw.tasks.regression.settings import Settings

KEY, VERSION = "symlaw_many", 1
# Settings that say who does the work, not what comes out.
_FREE = ("threads", "executor", "cluster")


def digest_of(rows: Rows) -> str:
    """What tells a table's numbers."""
    hashed = hashlib.sha256("\0".join(rows.names).encode())
    hashed.update(rows.X.tobytes())
    hashed.update(rows.y.tobytes())
    return hashed.hexdigest()[:32]


@dataclass
class Journal:
    """A file to which each search adds a line.

    Attributes
    ----------
    path
        The file; None where nothing is kept.
    known
        What searches found, by `digest_of` their tables.
    """

    path: Path | None
    known: dict[str, Searched]

    @classmethod
    def opened(cls, folder: Path | None, settings: Settings, names: tuple[str, ...]) -> Journal:
        """The journal in a folder, begun where there is none.

        Raises
        ------
        RunError
            When it is of other settings, or is damaged.
        FileUnreadable
            When the folder cannot be written to.
        """
        if folder is None:
            return cls(None, {})
        record = {name: value for name, value in settings.record(names).items() if name not in _FREE}
        head = {KEY: VERSION, "settings": json.loads(json.dumps(record)), "columns": list(names)}
        path = folder / "searched.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(json.dumps(head) + "\n", encoding="utf-8")
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise FileUnreadable(f"{str(folder)!r} cannot be used: {error}") from None
        return cls(path, _read(lines, head, path))

    def add(self, digest: str, found: Searched) -> None:
        """Keep what a search found."""
        self.known[digest] = found
        if self.path is not None:
            formulas = [json.loads(one.to_json()) for one in found.formulas]
            line = {"table": digest, "learnt": found.learnt, "formulas": formulas, "failure": found.failure}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _read(lines: list[str], head: dict[str, Any], path: Path) -> dict[str, Searched]:
    found: dict[str, Searched] = {}
    for number, line in enumerate(lines):
        try:
            record = json.loads(line)
            if number:
                formulas = tuple(Expression.from_json(json.dumps(one)) for one in record["formulas"])
                found[record["table"]] = Searched(formulas, record["failure"], record["learnt"])
            elif record != head:
                raise RunError(
                    f"{str(path)!r} is of a run with other settings or columns: name another folder"
                )
        except (ValueError, KeyError, TypeError) as error:
            if isinstance(error, RunError):
                raise
            if number == len(lines) - 1 and number:
                # the line that was being written when the process ended
                continue
            raise RunError(f"{str(path)!r} is damaged in line {number + 1}: name another folder") from None
    return found
