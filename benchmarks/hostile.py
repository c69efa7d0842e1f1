"""Hostile tables: thousands of fits of what nobody would hand over on purpose.

``python -m benchmarks.hostile --fits 10000``: tables, weights and settings of which much is odd
(`symlaw.testing.tables`), each fitted with a tiny budget. Either the fit succeeds, and its front has no nan
and predicts numbers, or an error of symlaw says what is wrong. Anything else is a fault: another exception, a
warning or an output of some other library, a hang, a crash. Every 500 fits are a process of their own with
their own seed, and their record is appended to the results, from which a later run goes on. A fault is
recorded with its recipe, with ``--shrink`` the smallest one that Hypothesis finds;
``python -m benchmarks.hostile --again "Recipe(...)"`` fits it once more.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.machine import describe, facts
from benchmarks.summary import append, written
from symlaw import SymbolicRegressor
from symlaw.errors import SymlawError
from symlaw.language import parse
from symlaw.testing.tables import Recipe, hostile_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Record = dict[str, Any]

RESULTS = Path("benchmarks/results/hostile.jsonl")
CHUNK = 500
# Seconds after which a fit is too slow, in time of its own process, and hangs, by the clock.
SLOW, HANGS = 20.0, 120.0
FIGURES = ("complexity", "loss", "r2", "rmse", "mae", "max_error")
# Smallest share of the rows on which a recommended formula is a number.
_DEFINED = 0.5

_SMALL = (np.linspace(1.0, 3.0, 20)[:, None], np.cos(np.arange(20.0)))


class Fault(Exception):
    """What must not happen; the text says which kind."""


def outcome(recipe: Recipe, slow: float = SLOW) -> str:
    """``"fitted"``, or ``"refused: ..."`` with the sentence of an error of ours.

    A fit that takes more than ``slow`` seconds of its process is a fault.

    Raises
    ------
    Fault
        When anything else happens.
    """
    X, y = recipe.table()
    began = time.process_time()
    with _nothing_printed() as printed, _only_our_warnings() as strange:
        try:
            model = SymbolicRegressor(**recipe.settings).fit(X, y, **recipe.weighing())
            _check_found(model, X, recipe)
            said = "fitted"
        except SymlawError as error:
            said = f"refused: {error}"
        except Fault:
            raise
        except Exception as error:
            raise Fault(f"{type(error).__name__} in {_place(error)}: {error}") from error
    used = time.process_time() - began
    if strange:
        raise Fault(f"warning: {strange[0]}")
    if printed:
        raise Fault(f"output: {printed[0]}")
    if used > slow:
        raise Fault(f"slow: {used:.0f} s")
    return said


def _check_found(model: Any, X: Any, recipe: Recipe) -> None:
    """Look at everything that a person would."""
    front = model.front_
    if not np.isfinite(front[list(FIGURES)].to_numpy(dtype=float)).all():
        raise Fault("nan in the front")
    for row in front["expression"]:
        if parse(str(row)) != row:
            raise Fault("a formula of the front is not what its text says")
    words = (front.to_string(), model.reason_, model.verdict_, model.noise_, model.search_report_)
    if not all(len(str(one)) for one in words[:2]):
        raise Fault("no words")
    with np.errstate(all="ignore"):
        values = np.asarray(model.predict(X))
    if len(values) != recipe.n_rows:
        raise Fault("predictions are not one a row")
    used = np.asarray(recipe.weighing().get("sample_weight", np.ones(recipe.n_rows)), dtype=float) > 0
    if np.mean(np.isfinite(values[used])) < _DEFINED:
        raise Fault("predictions are not finite")


@contextlib.contextmanager
def _only_our_warnings() -> Iterator[list[str]]:
    """Collect warnings that come from elsewhere than symlaw's own calls of `warnings.warn`."""
    ours: set[str] = set()
    strange: list[str] = []
    plain = warnings.warn

    def warn(message: Any, *more: Any, **named: Any) -> None:
        if "symlaw" in sys._getframe(1).f_code.co_filename:
            ours.add(str(message))
        plain(message, *more, **named)

    def show(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        if str(message) not in ours:
            strange.append(f"{category.__name__} in {_own_place(traceback.extract_stack())}: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn, warnings.showwarning = warn, show  # type: ignore[assignment]
        try:
            yield strange
        finally:
            warnings.warn = plain


@contextlib.contextmanager
def _nothing_printed() -> Iterator[list[str]]:
    """Collect what goes to the standard streams, from compiled libraries too."""
    printed: list[str] = []
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as file:
        kept = [os.dup(stream) for stream in (1, 2)]
        try:
            for stream in (1, 2):
                os.dup2(file.fileno(), stream)
            yield printed
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            for stream, own in zip((1, 2), kept, strict=True):
                os.dup2(own, stream)
                os.close(own)
        file.seek(0)
        text = file.read().decode(errors="replace").strip()
    printed += text.splitlines()[:1]


def _place(error: BaseException) -> str:
    """The file and function of symlaw that let an exception out, and where it began."""
    frames = traceback.extract_tb(error.__traceback__)
    began = f"{Path(frames[-1].filename).name}:{frames[-1].name}"
    return " <- ".join(dict.fromkeys((_own_place(frames), began)))


def _own_place(frames: traceback.StackSummary) -> str:
    """The innermost of symlaw's functions."""
    own = [one for one in frames if "/symlaw/" in one.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].name}"


def kind_of(fault: str) -> str:
    """A fault without its numbers and quoted words, to tell kinds apart."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\d.e+-]*", "#", fault)[:160]


def swept(
    number: int, count: int, judge: Callable[[Recipe], str], raised: Iterable[str] | None = None
) -> tuple[Counter[str], dict[str, str], int]:
    """Judge the recipes of a seed: how they came out, the fault and first recipe of each kind, and how many.

    With kinds in ``raised`` Hypothesis shrinks the first that has one of these, and only that is told.
    """
    outcomes: Counter[str] = Counter()
    faults: dict[str, str] = {}
    phases = [Phase.generate] if raised is None else [Phase.generate, Phase.shrink]

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=phases, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @given(hostile_tables())
    def sweep(recipe: Recipe) -> None:
        try:
            outcomes[judge(recipe).split(":")[0]] += 1
        except Fault as fault:
            kind = kind_of(str(fault))
            if raised is None:
                outcomes["fault"] += 1
                faults.setdefault(kind, f"{fault}\n{recipe!r}")
            elif kind in raised:
                faults[kind] = f"{fault}\n{recipe!r}"
                raise

    with contextlib.suppress(Fault):
        sweep()
    return outcomes, faults, sum(outcomes.values())


def run_chunk(number: int, count: int, current: Path, *, shrinks: bool) -> Record:
    """The record of one seed's fits; the recipe in work stands in a file meanwhile."""

    def judged(recipe: Recipe) -> str:
        current.write_text(repr(recipe), encoding="utf-8")
        return outcome(recipe)

    for loss in ("squared", "huber"):
        for names in (None, ["tree_search"]):
            # so that compiling is no slow fit
            SymbolicRegressor(
                max_evaluations=300, time_budget=None, n_jobs=1, loss=loss, searchers=names
            ).fit(*_SMALL)
    began = time.monotonic()
    outcomes, faults, fits = swept(number, count, judged)
    for kind in list(faults) if shrinks else ():
        faults.update(swept(number, count, judged, [kind])[1])
    used = round(time.monotonic() - began, 1)
    return {"seed": number, "fits": fits, "seconds": used, **outcomes, "faults": list(faults.values())}


def _watched(number: int, count: int, *, shrinks: bool) -> Record:
    """A chunk in a process of its own, which is ended when one fit hangs."""
    with tempfile.TemporaryDirectory() as folder:
        current, result = Path(folder) / "current", Path(folder) / "result"
        command = [sys.executable, "-m", "benchmarks.hostile", "--chunk", str(number), "--fits", str(count)]
        command += ["--folder", folder, *(["--shrink"] if shrinks else [])]
        with subprocess.Popen(command) as process:
            while process.poll() is None:
                time.sleep(0.5)
                if current.exists() and time.time() - current.stat().st_mtime > HANGS:
                    process.kill()
        if result.exists():
            return dict(json.loads(result.read_text(encoding="utf-8")))
        recipe = current.read_text(encoding="utf-8") if current.exists() else "nothing begun"
        return {
            "seed": number,
            "fits": 0,
            "fault": 1,
            "faults": [f"crash or hang: {process.returncode}\n{recipe}"],
        }


def summary(records: Iterable[Record]) -> str:
    """The figures, in lines."""
    kept = list({one["seed"]: one for one in records}.values())
    total = Counter[str]()
    for record in kept:
        total.update({name: record.get(name, 0) for name in ("fits", "fitted", "refused", "fault")})
    faults = [fault for record in kept for fault in record["faults"]]
    kinds = Counter(kind_of(fault.splitlines()[0]) for fault in faults)
    lines = [
        f"{total['fits']} fits: {total['fitted']} fitted, {total['refused']} refused by a sentence,"
        f" {total['fault']} faults of {len(kinds)} kinds"
    ]
    return "\n".join([*lines, *(f"{count} x {kind}" for kind, count in kinds.most_common())])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    add = parser.add_argument
    add("--fits", type=int, default=10_000, help="how many fits")
    add("--first", type=int, default=0, help="seed of the first 500")
    add("--shrink", action="store_true", help="look for the smallest recipe of each fault")
    add("--results", type=Path, default=RESULTS, help="file of records")
    add("--summary", action="store_true", help="only tell what the file holds")
    add("--again", help="fit this recipe once more and show what happens")
    add("--chunk", type=int, help=argparse.SUPPRESS)
    add("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.again:
        print(outcome(eval(options.again, {"Recipe": Recipe, "nan": np.nan, "inf": np.inf})))
        return
    if options.chunk is not None:
        folder = options.folder
        record = run_chunk(options.chunk, options.fits, folder / "current", shrinks=options.shrink)
        (folder / "result").write_text(json.dumps(record), encoding="utf-8")
        return
    print(describe(facts()))
    records = written(options.results)
    if not options.summary:
        _run_all(options, records)
    print(summary(records))


def _run_all(options: argparse.Namespace, records: list[Record]) -> None:
    done = {one["seed"] for one in records}
    for number in range(options.first, options.first + -(-options.fits // CHUNK)):
        if number in done:
            continue
        record = {**_watched(number, CHUNK, shrinks=options.shrink), **facts()}
        records.append(record)
        append(options.results, record)
        print(summary([record]), flush=True)


if __name__ == "__main__":
    main()
