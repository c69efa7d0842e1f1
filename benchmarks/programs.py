"""How many transformations of texts are found from examples, from files of tasks; resumable.

    python -m benchmarks.programs strings TASKS.json --results benchmarks/results/strings.jsonl
    python -m benchmarks.programs strings TASKS.json --referee --sample 16
    python -m benchmarks.programs rows TASKS.json --results benchmarks/results/rows.jsonl
    python -m benchmarks.programs typos TASKS.json --results benchmarks/results/typos.jsonl
    python -m benchmarks.programs million
    python -m benchmarks.programs hostile

``strings`` reads ``{"tasks": [{"name", "trainExamples": [{"inputs", "output"}]}]}``, as the published string
tasks are kept, and with ``--referee`` gives the same tasks to cvc5 (pip install cvc5) for the same time;
``--sample`` takes some of the tasks by chance, always the same ones; ``rows`` and ``typos`` read ``{"tasks":
{name: [[[inputs], output], ...]}}``. No task is in this repository.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.machine import describe, facts
from benchmarks.referee import WAYS, is_there, refereed
from symlaw.engine.programs.columns import apply
from symlaw.engine.programs.interpret import run
from symlaw.errors import CannotExport, DataError, ParseError
from symlaw.language.programs.printers import exported
from symlaw.language.programs.program import Program, from_json
from symlaw.search.programs.description import written_bits
from symlaw.tasks.programs.examples import Examples
from symlaw.tasks.programs.result import Transformation, served_alone
from symlaw.tasks.programs.transform import found_from, transform

Record = dict[str, Any]
Pair = tuple[tuple[str, ...], str | None]
SHOWN = 3


def learn(
    pairs: Iterable[Pair], others: Iterable[tuple[str, ...]], seconds: float, *, noisy: bool
) -> Transformation | None:
    """A transformation from pairs, and rows without an answer; None where none was found."""
    pairs = list(pairs)
    names = tuple(f"x{place}" for place in range(len(pairs[0][0])))
    given = Examples(
        names, tuple(row for row, _ in pairs), tuple(output for _, output in pairs), tuple(others)
    )
    try:
        return found_from(given, noisy=noisy, time_budget=seconds)
    except DataError:
        return None


def strings(task: Record, seconds: float, *, with_referee: bool = False) -> Record:
    """All examples by a short program without branches for one, and the rest from the first three."""
    pairs = [(tuple(one["inputs"]), str(one["output"])) for one in task["trainExamples"]]
    began = time.perf_counter()
    found = learn(pairs, (), seconds, noisy=False)
    took = time.perf_counter() - began
    listed = sum(written_bits(output or "") for _, output in pairs)
    record: Record = {"examples": len(pairs), "seconds": round(took, 2), "program": str(found)}
    right = found is not None and not found.missed
    alone = served_alone(found.program, [row for row, _ in pairs]) if found is not None else 0
    record["counts"] = right and alone == 0 and found is not None and found.bits < listed
    if len(pairs) > SHOWN:
        first = learn(pairs[:SHOWN], [row for row, _ in pairs[SHOWN:]], seconds, noisy=False)
        record["rest"] = first is not None and all(first(row) == output for row, output in pairs[SHOWN:])
    for way in WAYS if with_referee else ():
        told = {"all": refereed(way, pairs, [], seconds)}
        if len(pairs) > SHOWN:
            told["first"] = refereed(way, pairs[:SHOWN], pairs[SHOWN:], seconds)
        record[f"cvc5 {way}"] = {
            "program": told["all"]["program"], "seconds": told["all"]["seconds"],
            "rest": "first" in told and told["first"]["right"] == len(pairs) - SHOWN,
        }  # fmt: skip
    return record


def rows(task: list[Any], seconds: float) -> Record:
    """Distinct rows after the first three, from these."""
    pairs = distinct(task)
    shown, rest = pairs[:SHOWN], pairs[SHOWN:]
    if not rest:
        return {}
    began = time.perf_counter()
    found = learn(shown, [row for row, _ in rest], seconds, noisy=False)
    record: Record = {
        "seconds": round(time.perf_counter() - began, 2),
        "program": str(found),
        "rows": len(rest),
    }
    if found is None:
        return {**record, "right": False, "wrong": len(rest), "wrong_named": len(rest), "named": 0}
    inputs = [row for row, _ in rest]
    named = set(found.doubtful(inputs, most=len(inputs))["row"])
    first = {row: place for place, row in reversed(list(enumerate(inputs)))}
    wrong = [
        first[row]
        for (row, output), answer in zip(rest, apply(found.program, inputs), strict=True)
        if answer != output
    ]
    caught = sum(place in named for place in wrong)
    return {
        **record, "right": not wrong, "wrong": len(wrong), "wrong_named": caught,
        "named": len(named - set(wrong)),
    }  # fmt: skip


def typos(task: list[Any], seconds: float) -> Record:
    """Rows after the first six, from these as they are, and with one output of two letters exchanged."""
    pairs = distinct(task)
    shown, rest = pairs[:6], pairs[6:]
    candidates = [place for place, (_, output) in enumerate(shown) if output and len(set(output)) > 1]
    if not rest or len(shown) < 6 or not candidates:
        return {}
    place = random.Random(json.dumps(shown)).choice(candidates)
    spoiled = [*shown[:place], (shown[place][0], exchanged(str(shown[place][1]))), *shown[place + 1 :]]
    others = [row for row, _ in rest]

    def is_right(given: list[Pair]) -> bool:
        found = learn(given, others, seconds, noisy=True)
        return found is not None and apply(found.program, others) == [output for _, output in rest]

    return {"clean": is_right(shown), "spoiled": is_right(spoiled)}


def exchanged(text: str) -> str:
    """A text with the first two neighbours exchanged that differ."""
    at = next(place for place in range(len(text) - 1) if text[place] != text[place + 1])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def distinct(task: list[Any]) -> list[Pair]:
    """Distinct rows in their order; a missing cell is empty."""
    pairs = (
        (tuple("" if cell is None else str(cell) for cell in cells), None if output is None else str(output))
        for cells, output in task
    )
    return list(dict.fromkeys(pairs))


def million(n_rows: int, seconds: float) -> None:
    """Seconds on the clock and of the processor for a Series of distinct rows; by DuckDB as well."""
    column = pd.Series([f"Ducati{place} 12/{place % 28 + 1}/2001" for place in range(n_rows)], name="bike")
    for examples in (
        {"Ducati100 12/3/2001": "Ducati", "Honda125 12/4/2001": "Honda"},
        {"Ducati100 12/3/2001": "DUCATI-100", "Honda125 12/4/2001": "HONDA-125"},
        {"Ducati100 12/3/2001": "2001-12-03", "Honda125 1/14/2001": "2001-01-14"},
    ):
        found = transform(examples, noisy=False, time_budget=seconds)
        answers, said = _timed(lambda found=found: found(column))
        print(f"{said}  {answers.iloc[7]!r}  {found}")
        try:
            query = f"select {exported(found.program, ('bike',), 'duckdb')} as answer from bikes"
        except CannotExport as error:
            print(f"  DuckDB: {error}")
            continue
        by_sql, said = _timed(lambda query=query: _in_duckdb(query, column))
        print(f"{said}  by DuckDB, one thread; the same in {(by_sql == answers).mean():.2%} of the rows")


def _timed(work: Callable[[], Any]) -> tuple[Any, str]:
    """What some work gives, and its time."""
    began, used = time.perf_counter(), time.process_time()
    answer = work()
    return answer, f"{time.perf_counter() - began:6.2f} s, {time.process_time() - used:6.2f} s of processor"


def _in_duckdb(query: str, column: pd.Series) -> pd.Series:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    connection.register("bikes", column.to_frame())
    return connection.sql(query).df()["answer"]


def hostile(n: int = 100) -> None:
    """Programs as a hostile file might hold them: what becomes of them, and the slowest."""
    generator = random.Random(0)
    names = [
        "pad",
        "replace",
        "concat",
        "part",
        "decimals",
        "times",
        "number",
        "eval",
        "open",
        "__import__",
        "if",
        "join",
        "shift",
    ]

    def grown(depth: int) -> Any:
        if depth == 0 or generator.random() < 0.2:
            return generator.choice(
                [{"input": 0}, {"value": "a" * generator.choice([1, 1000])}, {"value": 10**9}, {"input":
                10**9},
                 {"decimal": "9E+24"}, {"value": None}, {"value": ""}]
            )  # fmt: skip
        name = generator.choice(names)
        return [name, *(grown(depth - 1) for _ in range(generator.choice([1, 2, 3])))]

    slowest, refused, without = 0.0, 0, 0
    for place in range(n):
        record = grown(generator.choice([3, 5, 7]))
        for _ in range(generator.choice([0, 30, 200]) if place % 4 == 0 else 0):
            record = ["replace", record, {"value": "a"}, {"value": "aaaa"}]
        began = time.perf_counter()
        try:
            program: Program = from_json(record)
            without += run(program, ("aaaa" * 1000,)) is None
        except ParseError:
            refused += 1
        slowest = max(slowest, time.perf_counter() - began)
    print(f"{n} programs: {refused} refused, {without} without a value, the slowest took {slowest:.2f} s")


def tasks_of(path: Path, sample: int | None = None) -> list[tuple[str, Any]]:
    """Names and tasks of a file, or of so many of them by chance."""
    held = json.loads(path.read_text())["tasks"]
    tasks = list(held.items()) if isinstance(held, dict) else [(one["name"], one) for one in held]
    return tasks if sample is None else random.Random(0).sample(tasks, min(sample, len(tasks)))


def measure(
    judge: Callable[[Any, float], Record], tasks: list[tuple[str, Any]], results: Path, seconds: float
) -> list[Record]:
    """Records of all tasks; those in the result file are not run again."""
    known = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    done = {record["name"]: record for record in known}
    results.parent.mkdir(parents=True, exist_ok=True)
    for name, task in tasks:
        if name not in done:
            done[name] = {"name": name, **judge(task, seconds)}
            with results.open("a") as file:
                file.write(json.dumps(done[name]) + "\n")
    return [done[name] for name, _ in tasks if len(done[name]) > 1]


def summary(what: str, records: list[Record]) -> str:
    """The figures of some records."""
    if what == "strings":
        tried = [record for record in records if "rest" in record]
        lines = [
            f"{sum(record['counts'] for record in records)} of {len(records)} from all examples;"
            f" {sum(record['rest'] for record in tried)} of {len(tried)} from the first {SHOWN}"
        ]
        for way in (f"cvc5 {one}" for one in WAYS):
            told = [record[way] for record in records if way in record]
            if told:
                solved = sum(one["program"] is not None for one in told)
                rest = sum(one["rest"] for one in told)
                lines.append(f"{way}: {solved} of {len(told)} from all examples, however long; {rest} from"
                             f" the first {SHOWN}")  # fmt: skip
        return "\n".join(lines)
    if what == "typos":
        clean, spoiled = (sum(record[name] for record in records) for name in ("clean", "spoiled"))
        return f"{clean} of {len(records)} without a typo, {spoiled} with one"
    lines = []
    for kind in ("all", "dates and numbers", "the rest"):
        some = [
            r for r in records if kind == "all" or (is_quantity(r["name"]) == (kind == "dates and numbers"))
        ]
        wrong, caught = (sum(record[name] for record in some) for name in ("wrong", "wrong_named"))
        right = sum(record["rows"] for record in some) - wrong
        lines.append(
            f"{kind}: {sum(record['right'] for record in some)} of {len(some)} tasks; {caught} of"
            f" {wrong} wrong rows"
            f" named, {sum(record['named'] for record in some)} of {right} right ones"
        )
    return "\n".join(lines)


def is_quantity(name: str) -> bool:
    """Whether the collection files a task under dates or numbers."""
    return name.startswith(("DateTime", "Number"))


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["strings", "rows", "typos", "million", "hostile"])
    parser.add_argument("tasks", type=Path, nargs="?")
    parser.add_argument("--results", type=Path, default=None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=None)
    parser.add_argument("--referee", action="store_true", help="with strings: the same tasks by cvc5")
    asked = parser.parse_args()
    print(describe(facts()))
    if asked.what == "million":
        return million(asked.rows, asked.seconds)
    if asked.what == "hostile":
        return hostile()
    if asked.tasks is None:
        parser.error("name the file of tasks")
    if asked.referee and not is_there():
        parser.error("cvc5 is not installed: pip install cvc5")
    named = f"programs-{asked.what}-{asked.tasks.stem}{'-referee' * asked.referee}.jsonl"
    results = asked.results or Path("benchmarks", "results", named)
    judges = {"strings": partial(strings, with_referee=asked.referee), "rows": rows, "typos": typos}
    tasks = tasks_of(asked.tasks, asked.sample)
    print(summary(asked.what, measure(judges[asked.what], tasks, results, asked.seconds)))


if __name__ == "__main__":
    main()
