"""`symlaw.automaton`: rules of cells from frames, whole, partial and noisy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import DataError, InvalidSetting

Grid = np.ndarray[Any, np.dtype[np.int64]]


def elementary(number: int, row: Grid) -> Grid:
    code = 4 * np.roll(row, 1) + 2 * row + np.roll(row, -1)
    return (number >> code) & 1


def life(grid: Grid) -> Grid:
    around = (
        sum(np.roll(grid, shift, (0, 1)) for shift in [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]) - grid
    )
    return ((around == 3) | ((grid == 1) & (around == 2))).astype(np.int64)


def wireworld(block: Grid) -> int:
    heads = int((block == 1).sum()) - int(block[1, 1] == 1)
    return {0: 0, 1: 2, 2: 3, 3: 1 if heads in (1, 2) else 3}[int(block[1, 1])]


def test_elementary_rules_are_found() -> None:
    generator = np.random.default_rng(0)
    for number in (30, 54, 90, 110, 184, 250):
        start = generator.integers(0, 2, 64)
        found = symlaw.automaton(np.stack([start, elementary(number, start)]))
        other = generator.integers(0, 2, 101)
        assert np.array_equal(found.step(other), elementary(number, other)), number
        assert found.boundary == "wrap"
        assert found.errors == 0


def test_life_is_found_in_noisy_and_partial_frames_and_said_in_words() -> None:
    generator = np.random.default_rng(1)
    before = generator.integers(0, 2, (40, 40))
    after = life(before)
    spoiled = np.where(generator.random(after.shape) < 0.02, 1 - after, after)
    spoiled[generator.random(after.shape) < 0.3] = -1
    found = symlaw.automaton(before, spoiled)
    assert np.array_equal(found.run(before, 3)[-1], life(life(life(before))))
    assert found.formula == (
        "1 where the cell is 0 and 3 neighbours are 1 or the cell is 1 and 2 or 3 neighbours are 1; else 0"
    )
    assert 5 < found.errors < 60


def test_wireworld_is_found_from_single_neighbourhoods() -> None:
    generator = np.random.default_rng(2)
    blocks = generator.integers(0, 4, (200, 3, 3))
    found = symlaw.automaton(blocks, [wireworld(block) for block in blocks])
    others = generator.integers(0, 4, (500, 3, 3))
    assert list(found.next_of(others)) == [wireworld(block) for block in others]
    with pytest.raises(InvalidSetting, match="next_of"):
        found.step(others[0])


def test_texts_are_states_and_what_was_never_seen_has_no_answer() -> None:
    found = symlaw.automaton(np.array(list("abab")), np.array(list("baba")))
    assert list(found.step(list("aab"))) == ["b", "b", "a"]
    with pytest.raises(DataError, match="never seen"):
        found.step(list("abc"))


def test_the_command_reads_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    start = np.random.default_rng(0).integers(0, 2, 64)
    np.save(tmp_path / "frames.npy", np.stack([start, elementary(90, start)]))
    assert main(["automaton", str(tmp_path / "frames.npy"), "--table"]) == 0
    assert "boundary: wrap" in capsys.readouterr().out
    (tmp_path / "frames.npy").write_text("no array")
    assert main(["automaton", str(tmp_path / "frames.npy")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (np.zeros((3, 4)), np.zeros((4, 3)), "different shapes"),
        (np.zeros((1, 4)), None, "two or more"),
        (np.zeros((2, 4)), None, "1 states"),
        (np.arange(40).reshape(2, 20), None, "states"),
        (np.zeros((5, 4)), np.zeros(5), "odd"),
    ],
)
def test_bad_grids_are_refused(before: Any, after: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.automaton(before, after)
