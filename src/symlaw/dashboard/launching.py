"""Searches that the page starts: each a process of the symlaw command, which outlives page and server."""

from __future__ import annotations

import csv
import io
import json
import math
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.records import HEADER_FILE
from symlaw.runs.store import list_runs
from symlaw.tasks.regression.settings import AUTO

MOST_SECONDS = 7 * 86400.0
# Searches that were started and are remembered, and those that may go at a time.
_REMEMBERED, MOST_AT_A_TIME = 20, 4
_TAIL = 4096
# Options of the command that are single texts.
_OPTIONS = ("loss", "template", "holdout", "weights", "y_std", "groups")


@dataclass(frozen=True)
class Question:
    """What somebody asks of a table.

    Parameters
    ----------
    target
        Column to explain.
    features
        Columns to use; None for all.
    operators
        Names of operators; none for the default ones.
    units
        Units of columns, the target among them; empty for none.
    free_constants
        Whether fitted constants have what units they need.
    seconds
        How long to search.
    max_complexity
        Of formulas, or ``"auto"``.
    loss, template, holdout
        As the command's options; empty for its defaults.
    weights, y_std, groups
        Columns; empty for none.
    constraints
        What is known about the target's values, in sentences.
    seed
        Of the search; None for another each time.
    """

    target: str
    features: tuple[str, ...] | None
    operators: tuple[str, ...]
    units: Mapping[str, str]
    free_constants: bool
    seconds: float
    max_complexity: int | str
    loss: str = ""
    template: str = ""
    holdout: str = ""
    weights: str = ""
    y_std: str = ""
    groups: str = ""
    constraints: tuple[str, ...] = ()
    seed: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Question:
        """A question from plain values.

        Raises
        ------
        InvalidSetting
            When one of them makes no sense.
        """
        features = asked.get("features")
        return cls(
            target=_text(asked.get("target"), "the target"),
            features=None if features is None else _texts(features, "columns"),
            operators=_texts(asked.get("operators", []), "operators"),
            units=_units(asked.get("units", {})),
            free_constants=bool(asked.get("free_constants")),
            seconds=seconds_in(asked.get("seconds", 60)),
            max_complexity=_complexity(asked.get("max_complexity", AUTO)),
            constraints=_texts(asked.get("constraints", []), "constraints"),
            seed=_seed(asked.get("seed")),
            **{name: _text(asked[name], name) for name in _OPTIONS if asked.get(name)},
        )

    def arguments(self, table: Path, root: Path) -> list[str]:
        """The question as arguments of ``symlaw fit``; what is known goes into a file beside the table."""
        options = [
            f"--target={self.target}",
            f"--time={self.seconds:g}",
            f"--max-complexity={self.max_complexity}",
            f"--runs={root}",
            "--quiet",
        ]
        if self.operators:
            options.append(f"--operators={_joined(self.operators)}")
        if self.features is not None:
            options.append(f"--features={_joined(self.features)}")
        options += [
            f"--{name.replace('_', '-')}={getattr(self, name)}" for name in _OPTIONS if getattr(self, name)
        ]
        if self.seed is not None:
            options.append(f"--seed={self.seed}")
        if any(self.units.values()) or self.constraints:
            options.append(f"--knowledge={self._written(table.parent)}")
        return ["fit", str(table), *options]

    def _written(self, folder: Path) -> Path:
        path = folder / f"known-{secrets.token_hex(4)}.toml"
        lines = self._units_written() if any(self.units.values()) else []
        if self.constraints:
            lines += ["[shape]", f"constraints = [{', '.join(map(_toml, self.constraints))}]"]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def _units_written(self) -> list[str]:
        """Lines of TOML."""
        lines = ["[units]", f"target = {_toml(self.units.get(self.target, ''))}"]
        lines += ['constants = "free"'] if self.free_constants else []
        lines.append("[units.columns]")
        return lines + [
            f"{_toml(name)} = {_toml(unit)}"
            for name, unit in self.units.items()
            if name != self.target and unit and (self.features is None or name in self.features)
        ]


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise InvalidSetting(f"{what} is {value!r}: give a name")
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise InvalidSetting(f"{what} are {value!r}: give a list of names")
    return tuple(_text(one, what) for one in value)


def _units(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise InvalidSetting("units are no table of names and units")
    return {str(name): unit.strip() for name, unit in value.items()}


def seconds_in(value: Any) -> float:
    """A time to search; raises `InvalidSetting` where it is none."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not good or not 0 < value <= MOST_SECONDS:
        raise InvalidSetting(
            f"the time is {value!r}: give seconds above 0, {MOST_SECONDS:.0f} (a week) at most"
        )
    return float(value)


def _complexity(value: Any) -> int | str:
    if value == AUTO:
        return AUTO
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 200:
        raise InvalidSetting(f"the greatest complexity is {value!r}: give a whole number from 1 to 200")
    return value


def _seed(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise InvalidSetting(f"the seed is {value!r}: give a whole number of 0 or more")
    return value


def _joined(names: Sequence[str]) -> str:
    """Names as an option that holds several; quotes keep commas in names."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="").writerow(names)
    return text.getvalue()


def _toml(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass
class Launch:
    """A process of the command.

    Parameters
    ----------
    id
        Its name here.
    name
        What is searched, for people.
    process
        The process.
    errors
        What it writes about trouble.
    before
        Runs that were there before.
    run
        Id of its run, once it has one.
    """

    id: str
    name: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    before: frozenset[str] = frozenset()
    run: str = ""
    error: str = ""

    def record(self) -> dict[str, Any]:
        """Plain values for the page."""
        going = self.process.poll() is None
        return {"id": self.id, "name": self.name, "run": self.run, "going": going, "error": self.error}


@dataclass
class Launches:
    """Searches started from this page.

    Parameters
    ----------
    root
        The folder of runs.
    """

    root: Path
    _all: dict[str, Launch] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, arguments: Sequence[str], run: str = "") -> Launch:
        """Start a process of the command.

        Raises
        ------
        RunError
            When as many go already as may.
        """
        with self._lock:
            going = [one for one in self._all.values() if one.process.poll() is None]
            if len(going) >= MOST_AT_A_TIME:
                raise RunError(f"{len(going)} searches go already: stop one, or wait for it")
            before = frozenset(folder.name for folder in list_runs(self.root))
            errors = tempfile.TemporaryFile()  # noqa: SIM115
            process = subprocess.Popen(
                [sys.executable, "-m", "symlaw", *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                start_new_session=True,
            )  # fmt: skip
            launch = Launch(secrets.token_hex(6), name, process, errors, before, run)
            self._all[launch.id] = launch
            self._forget()
            return launch

    def _forget(self) -> None:
        """Leave out the oldest searches that have ended where there are many."""
        over = len(self._all) - _REMEMBERED
        for one in [one for one in self._all.values() if one.process.poll() is not None][: max(0, over)]:
            one.errors.close()
            self._all.pop(one.id)

    def is_going(self, run: str) -> bool:
        """Whether a search that was started here writes a run, or soon will."""
        with self._lock:
            return any(one.run == run and one.process.poll() is None for one in self._all.values())

    def records(self) -> list[dict[str, Any]]:
        """All searches, each with its run where it is there by now."""
        with self._lock:
            for launch in self._all.values():
                self._look(launch)
            return [launch.record() for launch in self._all.values()]

    def _look(self, launch: Launch) -> None:
        code = launch.process.poll()
        if not launch.run:
            launch.run = self._run_of(launch)
        if code is not None and not launch.errors.closed:
            told = _last_line(launch.errors)
            launch.errors.close()
            launch.error = (told or f"the search ended with exit status {code}") if code > 0 else ""

    def _run_of(self, launch: Launch) -> str:
        """The new run that the process writes."""
        for folder in list_runs(self.root):
            if folder.name not in launch.before:
                try:
                    header = json.loads((folder / HEADER_FILE).read_text(encoding="utf-8"))
                    if header["process"]["pid"] == launch.process.pid:
                        return folder.name
                except (OSError, ValueError, KeyError, TypeError):
                    continue
        return ""

    def cancel(self, name: str) -> None:
        """End a search that has no run yet, or has one; raises `RunError` where there is none."""
        with self._lock:
            launch = self._all.get(name)
            if launch is None:
                raise RunError("there is no such search")
            launch.process.terminate()


def _last_line(file: IO[bytes]) -> str:
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - _TAIL))
    lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("symlaw: ") if lines else ""
