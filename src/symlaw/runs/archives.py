"""Runs as one file: header, journal and result in a .zip; no code, no data, no checkpoint."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from symlaw.errors import FileUnreadable, RunError
from symlaw.runs.answers import ANSWER_FILE, read_answer, task_of
from symlaw.runs.records import HEADER_FILE, JOURNAL_FILE, RESULT_FILE
from symlaw.runs.store import read_run

MEMBERS = (HEADER_FILE, JOURNAL_FILE, RESULT_FILE, ANSWER_FILE)
# Of what an archive holds, unpacked.
MOST_BYTES = 2**28
_CHUNK = 2**20


def export_run(folder: Path, path: Path) -> None:
    """Write a run to a .zip file.

    Raises
    ------
    RunError
        When the run cannot be read.
    FileUnreadable
        When the file cannot be written.
    """
    name = _readable(folder)
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in MEMBERS:
                if (folder / member).exists():
                    archive.write(folder / member, f"{name}/{member}")
    except OSError as error:
        raise FileUnreadable(f"{str(path)!r} cannot be written: {error}") from None


def import_run(path: Path, root: Path) -> Path:
    """Put a run of a .zip file into a folder of runs, and say where.

    It is checked before it is put there; a name that is taken gets a number.

    Raises
    ------
    FileUnreadable
        When the file is missing or no .zip.
    RunError
        When it holds anything but one run of a known version, or more than `MOST_BYTES`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            name = _checked(archive, path)
            root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=root, prefix=".import-") as scratch:
                folder = Path(scratch, name)
                folder.mkdir()
                _unpack(archive, name, folder)
                _readable(folder)
                return _moved(folder, root)
    except (OSError, zipfile.BadZipFile) as error:
        if isinstance(error, FileUnreadable):
            raise
        raise FileUnreadable(f"{str(path)!r} cannot be imported: {error}") from None


def _readable(folder: Path) -> str:
    """The id of a run of any question, which is read to see whether it can be."""
    return read_run(folder).id if task_of(folder) is None else read_answer(folder).id


def _checked(archive: zipfile.ZipFile, path: Path) -> str:
    """Name of the only run in an archive that holds nothing else."""
    entries = archive.infolist()
    names = {entry.filename.partition("/")[0] for entry in entries}
    allowed = {f"{name}/{member}" for name in names for member in MEMBERS}
    foreign = [entry.filename for entry in entries if entry.filename not in allowed]
    if foreign or len(names) != 1 or len({entry.filename for entry in entries}) != len(entries):
        shown = f": it holds {foreign[0]!r}" if foreign else ""
        raise RunError(f"{str(path)!r} is not one run as symlaw runs export writes it{shown}")
    (name,) = names
    if name in ("", ".", "..") or name.startswith(".") or any(mark in name for mark in "\\/:\0"):
        raise RunError(f"{str(path)!r} names its run {name!r}: only a plain name can be imported")
    return name


def _unpack(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    """Write the members, counting what really comes, as sizes in an archive may lie."""
    room = MOST_BYTES
    for member in MEMBERS:
        if f"{name}/{member}" not in archive.namelist():
            continue
        with archive.open(f"{name}/{member}") as source, (folder / member).open("wb") as target:
            while chunk := source.read(_CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise RunError(
                        f"the run in {archive.filename!r} has more than {MOST_BYTES // 2**20} MiB:"
                        " it is not imported"
                    )
                target.write(chunk)


def _moved(folder: Path, root: Path) -> Path:
    count, chosen = 1, root / folder.name
    while chosen.exists():
        count += 1
        chosen = root / f"{folder.name}-{count}"
    return Path(shutil.move(str(folder), str(chosen)))
