"""A library on disk: a folder of readable JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from symlaw._version import __version__
from symlaw.errors import FileUnreadable, ParseError, RunError
from symlaw.language.expression import Expression
from symlaw.runs.files import load_record, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEY, VERSION = "symlaw_library", 1
FORMS, MACROS, PRIOR = "forms.json", "macros.json", "prior.json"
# Data that a form remembers, the latest ones.
_REMEMBERED = 20


@dataclass(frozen=True)
class Origin:
    """Data on which a form was found, earned its place again, or was tried in vain.

    Parameters
    ----------
    target, columns
        What they were called.
    data
        Digest of the numbers.
    n_rows
        Their rows.
    loss
        Share of the variance that was left; 1 where the form was tried in vain.
    verdict
        Of the fit.
    """

    target: str
    columns: tuple[str, ...]
    data: str
    n_rows: int
    loss: float
    verdict: str


@dataclass(frozen=True)
class KnownForm:
    """A formula that a fit recommended.

    Parameters
    ----------
    expression
        With the constants of the data where it was found.
    columns
        The columns that it uses, in the order of the signature.
    signature
        How the target went with each of these columns, see `symlaw.tasks.library.signature`.
    origins, failures
        Where it was found or earned its place again, and where it was tried in vain.
    """

    expression: Expression
    columns: tuple[str, ...]
    signature: tuple[tuple[float, ...], ...]
    origins: tuple[Origin, ...]
    failures: tuple[Origin, ...] = ()

    @property
    def earned(self) -> float:
        """Share of the data where it was tried or found on which it was good, one half where that is new."""
        return (len(self.origins) + 1.0) / (len(self.origins) + len(self.failures) + 2.0)

    def noted(self, origin: Origin, *, good: bool) -> KnownForm:
        """With one more set of data; what was said of it before goes."""
        kept = [[one for one in some if one.data != origin.data] for some in (self.origins, self.failures)]
        kept[not good].append(origin)
        good_ones, bad_ones = (tuple(some[-_REMEMBERED:]) for some in kept)
        return replace(self, origins=good_ones, failures=bad_ones)

    def record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "equation": self.expression.shown(6),
            "columns": list(self.columns),
            "signature": [list(row) for row in self.signature],
            "origins": [asdict(one) for one in self.origins],
            "failures": [asdict(one) for one in self.failures],
            "expression": json.loads(self.expression.to_json()),
        }


def form_from(record: dict[str, Any]) -> KnownForm:
    """Read what `KnownForm.record` gave."""
    origins, failures = (
        tuple(Origin(**{**one, "columns": tuple(one["columns"])}) for one in record[name])
        for name in ("origins", "failures")
    )
    return KnownForm(
        Expression.from_json(json.dumps(record["expression"])),
        tuple(record["columns"]),
        tuple(tuple(map(float, row)) for row in record["signature"]),
        origins,
        failures,
    )


def file_in(folder: Path, name: str) -> Path:
    """A file of a library, whose folder is there from then on.

    Raises
    ------
    FileUnreadable
        When the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnreadable(f"the library {str(folder)!r} cannot be made: {error}") from None
    return folder / name


def read_forms(folder: Path) -> list[KnownForm]:
    """The forms of a library; none where it is new.

    Raises
    ------
    RunError
        When the file is damaged, or of an unknown version.
    """
    path = folder / FORMS
    if not path.exists():
        return []
    record = load_record(path, KEY, VERSION)
    try:
        return [form_from(one) for one in record["forms"]]
    except (KeyError, TypeError, ValueError, ParseError) as error:
        raise RunError(
            f"{str(path)!r} is damaged ({error}): name another library, or remove the file"
        ) from None


def change_forms(folder: Path, change: Callable[[list[KnownForm]], Sequence[KnownForm]]) -> None:
    """Change the forms of a library; one process at a time.

    Raises
    ------
    FileUnreadable
        When the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(str(folder / ".lock")):
            forms = [one.record() for one in change(read_forms(folder))]
            text = json.dumps({KEY: VERSION, "symlaw": __version__, "forms": forms}, indent=1)
            write_atomic(folder / FORMS, text + "\n")
    except OSError as error:
        raise FileUnreadable(f"the library {str(folder)!r} cannot be written: {error}") from None
