"""The archive: its front, its limits, and what it does with offers."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlaw.engine.fingerprint import find
from symlaw.search.archive import Archive, Entry
from symlaw.search.evolution.population import population

from .conftest import made_entry

FLOOR = 1e-24
LAW = settings(max_examples=300, deadline=None, derandomize=True)
LOSSES = st.floats(1e-30, 2.0) | st.sampled_from((0.0, 0.5, 0.5 * (1 - 1e-10), FLOOR))
ENTRIES = st.lists(st.tuples(st.integers(1, 12), LOSSES), max_size=25).map(
    lambda pairs: [made_entry(float(complexity), loss) for complexity, loss in pairs]
)


def filled(entries: list[Entry]) -> Archive:
    """An archive that was offered these."""
    archive = Archive(12, FLOOR, 16)
    archive.extend(entries)
    return archive


@LAW
@given(ENTRIES)
def test_front_improves_strictly(entries: list[Entry]) -> None:
    front = filled(entries).front
    assert all(a.complexity < b.complexity and a.loss > b.loss for a, b in pairwise(front))


@LAW
@given(ENTRIES)
def test_no_offer_is_clearly_better_than_the_front(entries: list[Entry]) -> None:
    front = filled(entries).front
    for offered in entries:
        rivals = [e.loss for e in front if e.complexity <= offered.complexity]
        assert min(rivals) <= max(offered.loss, FLOOR) * (1 + 2e-9 * 25)


@LAW
@given(ENTRIES, st.randoms(use_true_random=False))
def test_order_of_offers_does_not_matter_but_for_ties(entries: list[Entry], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = filled(entries), filled(shuffled)
    for complexity in range(1, 13):
        ours, theirs = first.limit_at(complexity), second.limit_at(complexity)
        assert ours == theirs or max(ours, FLOOR) == pytest.approx(max(theirs, FLOOR), rel=1e-7)


@LAW
@given(ENTRIES)
def test_limit_is_the_smallest_loss_up_to_a_complexity(entries: list[Entry]) -> None:
    archive = filled(entries)
    for complexity in (0.5, 3.0, 7.5, 12.0):
        losses = [e.loss for e in archive.front if e.complexity <= complexity]
        expected = min(losses, default=np.inf)
        limit = archive.limit_at(complexity)
        assert limit <= expected
        assert limit == expected or max(expected, FLOOR) <= max(limit, FLOOR) * (1 + 1e-7)


@LAW
@given(ENTRIES)
def test_limit_never_rises_with_complexity(entries: list[Entry]) -> None:
    limits = [filled(entries).limit_at(complexity) for complexity in range(13)]
    assert all(a >= b for a, b in pairwise(limits))


@LAW
@given(ENTRIES)
def test_what_is_taken_in_is_what_extend_returns(entries: list[Entry]) -> None:
    archive = Archive(12, FLOOR, 16)
    taken = archive.extend(entries)
    assert all(any(kept is entry for entry in taken) for kept in archive.front)


def test_an_empty_archive_has_no_limit() -> None:
    archive = filled([])
    assert (archive.front, archive.best_loss, archive.limit_at(5)) == ((), np.inf, np.inf)


def test_a_simpler_equal_replaces_a_longer_one() -> None:
    archive = filled([made_entry(5, 0.2), made_entry(3, 0.2)])
    assert [e.complexity for e in archive.front] == [3]


def test_an_equal_of_the_same_complexity_is_refused() -> None:
    archive = filled([made_entry(3, 0.2)])
    assert not archive.offer(made_entry(3, 0.2 * (1 - 1e-12)))


def test_below_the_floor_all_are_equal() -> None:
    archive = filled([made_entry(3, FLOOR / 2)])
    assert not archive.offer(made_entry(4, FLOOR / 1e6))


def test_a_snapshot_does_not_change_with_the_archive() -> None:
    archive = Archive(4, FLOOR, 16)
    snapshot = archive.snapshot()
    genomes = population(1)
    genomes.size[0], genomes.complexity[0], genomes.loss[0] = 1, 2.0, 0.3
    archive.note_genome(genomes, 0)
    assert np.all(snapshot.limits == np.inf)
    assert archive.snapshot().limits.tolist() == [np.inf, np.inf, 0.3, 0.3, 0.3]


def test_a_genome_worse_than_the_elite_is_left() -> None:
    archive = Archive(4, FLOOR, 16)
    genomes = population(2)
    genomes.size[:], genomes.complexity[:], genomes.loss[:] = 1, 2.0, (0.3, 0.4)
    for slot in (0, 1):
        archive.note_genome(genomes, slot)
    assert archive.snapshot().elites.loss[2] == 0.3


def test_an_archive_survives_pickling() -> None:
    archive = filled([made_entry(3, 0.5), made_entry(5, 0.1)])
    again = pickle.loads(pickle.dumps(archive))
    assert [(e.complexity, e.loss) for e in again.front] == [(3, 0.5), (5, 0.1)]


def test_the_cache_grows_to_its_capacity_and_forgets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symlaw.search.archive._FIRST_KEYS", 2**8)
    archive = Archive(5, 1e-24, cache_keys=2**12)
    keys = np.random.default_rng(0).integers(1, 2**63, 1200).astype(np.uint64) | np.uint64(1)
    costs = np.arange(1200, dtype=np.float32)
    for begin in range(0, 1200, 50):
        archive.learn_keys(keys[begin : begin + 50], costs[begin : begin + 50], 50)
    assert len(archive.cache.keys) == 2**12
    slots = [find(archive.cache, key) for key in keys]
    assert np.mean(np.array(slots) >= 0) > 0.95
    held = [(slot, cost) for slot, cost in zip(slots, costs, strict=True) if slot >= 0]
    assert all(archive.cache.complexity[slot] == cost for slot, cost in held)


def test_the_cache_does_not_outgrow_its_capacity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symlaw.search.archive._FIRST_KEYS", 2**8)
    archive = Archive(5, 1e-24, cache_keys=2**9)
    keys = np.arange(1, 601, dtype=np.uint64)
    archive.learn_keys(keys, np.ones(600, np.float32), 600)
    assert len(archive.cache.keys) == 2**9


def test_near_misses_are_seen_once_and_the_latest_stay() -> None:
    archive = Archive(10, 1e-20)
    best = population(1)
    best.size[0], best.complexity[0], best.loss[0] = 1, 3.0, 0.2
    archive.note_genome(best, 0)
    assert archive.is_near(4.0, 0.25)
    assert not archive.is_near(4.0, 0.5)
    for number in range(20):
        genome = population(1)
        genome.size[0], genome.complexity[0], genome.loss[0] = 1, 4.0, 0.21 + number / 1000
        archive.note_near(genome)
    near = archive.snapshot().near
    assert sorted(near.loss[near.size > 0]) == pytest.approx([0.21 + n / 1000 for n in range(4, 20)])
    assert np.all(archive.snapshot().near.size == 0)
