"""Writing files so that a crash leaves the old content or the new, never half of it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from symlaw.errors import FileUnreadable, RunError

Made = TypeVar("Made")


def write_atomic(path: Path, text: str) -> None:
    """Write a file under a temporary name, bring it to disk, and give it its name."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_record(path: Path, record: dict[str, Any], what: str) -> None:
    """Write a JSON object that `load_record` reads.

    Parameters
    ----------
    path
        The file.
    record
        It says its format version under its key.
    what
        What it is, in errors: ``"model"``.

    Raises
    ------
    FileUnreadable
        When the file cannot be written.
    """
    try:
        write_atomic(path, json.dumps(record, indent=1, allow_nan=False))
    except OSError as error:
        raise FileUnreadable(f"the {what} cannot be written to {str(path)!r}: {error}") from None


def load_record(path: Path, key: str, version: int) -> dict[str, Any]:
    """Read a JSON object that says its format version under ``key``.

    Raises
    ------
    RunError
        When it is missing, damaged, or of a version that this symlaw does not know.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{str(path)!r} cannot be read as JSON: {error}") from None
    if not isinstance(record, dict) or key not in record:
        raise RunError(f"{str(path)!r} was not written by symlaw: it does not name its format, {key!r}")
    if record[key] != version:
        raise RunError(
            f"{str(path)!r} has format version {record[key]!r} and this symlaw reads {version}: "
            "use the symlaw that wrote it, or a newer one"
        )
    return record


def load_as(path: Path, key: str, version: int, made: Callable[[dict[str, Any]], Made]) -> Made:
    """What is made of a record, as `load_record` reads it.

    Parameters
    ----------
    path, key, version
        As there.
    made
        Makes it of the record. Errors of what is missing in it, or of another kind, say that it is damaged.

    Raises
    ------
    RunError
        When nothing can be made of it, and as `load_record` does.
    """
    record = load_record(path, key, version)
    try:
        return made(record)
    # a text that is no formula, and a setting out of range, are of these kinds too
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise RunError(f"{str(path)!r} is damaged: {error}") from None


def number(value: float) -> float | str:
    """A number as JSON has it; infinities and nan become text, which ``float`` reads back."""
    return float(value) if math.isfinite(value) else repr(float(value))
