"""Misses are the search's where the law would have been recommended, else the rows'."""

from __future__ import annotations

from dataclasses import asdict

from benchmarks.misses import miss_of, table
from benchmarks.trial import Trial


def record(picked: str, rows: int, noise: float) -> dict[str, object]:
    trial = Trial("symlaw", "generator-2026", "random-2026-7", noise, 0, 10.0, 2, rows=rows)
    return {**asdict(trial), "picked_formula": picked}


def test_a_law_that_rows_tell_is_missed_by_the_search() -> None:
    miss = miss_of(record("a + 2.0", 200, 0.01))
    assert miss.is_of_search
    assert "1 missed, 1 by the search" in table([miss])


def test_a_law_that_noise_hides_is_missed_by_the_rows() -> None:
    miss = miss_of(record("3.0 * a", 6, 5.0))
    assert not miss.is_of_search
    assert table([miss]).splitlines()[1].startswith("rows")
