"""How it looks on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console
from rich.live import Live
from rich.table import Table

from symlaw.cli.output import live
from symlaw.cli.output.live import Drawing, Watch
from symlaw.cli.output.terminal import front_table, hanging
from symlaw.language import parse
from symlaw.runs.records import Formula, Header
from symlaw.search.archive import Entry
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Progress
from symlaw.tasks.display.fronts import r2_text
from symlaw.tasks.regression.settings import Settings

from ..conftest import FIT, QUICK, environment

HEADER = Header(
    settings={},
    seed=0,
    feature_names=("x",),
    target_name="y",
    n_rows=50,
    target_scale=1.0,
    data_digest="",
)
LONG = " + ".join(f"sin({k} * distance)" for k in range(1, 15))
TEXTS = ["distance", "2.5 * distance + 1", LONG]


def formulas() -> list[Formula]:
    """A front with a long formula at its end."""
    losses = [0.5, 1e-3, 1e-9]
    expressions = [parse(text) for text in TEXTS]
    return [
        Formula(e, e.complexity(), loss, 1 - loss, 1.0) for e, loss in zip(expressions, losses, strict=True)
    ]


def drawn(renderable: object, width: int, height: int = 25) -> str:
    """A renderable as a terminal of some size shows it."""
    screen = Console(width=width, height=height, force_terminal=True, color_system=None, legacy_windows=False)
    with screen.capture() as capture:
        screen.print(renderable)
    return capture.get()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_final_table_has_every_equation_whole(width: int) -> None:
    text = drawn(front_table(formulas(), 1, width=width, whole=True), width)
    assert max(map(len, text.splitlines())) <= width
    assert LONG.replace(" ", "") in re.sub(r"\s", "", text)
    assert "★" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_table_has_one_line_a_formula(width: int) -> None:
    text = drawn(front_table(formulas(), 1, width=width, whole=False), width)
    lines = [line for line in text.splitlines() if "e-" in line]
    assert len(lines) == 3
    assert "…" in lines[2]
    for name in ("complexity", "loss", "equation"):
        assert name in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("height", [10, 24, 50])
def test_the_live_view_fits_the_screen_and_shows_the_recommended_row(height: int) -> None:
    expressions = [parse(" + ".join(["x"] * k)) for k in range(1, 31)]
    losses = [10.0**-k for k in range(10)] + [1e-9 * (1 - k / 100) for k in range(1, 21)]
    entries = [Entry(e, e.complexity(), loss, e) for e, loss in zip(expressions, losses, strict=True)]
    watch = Watch(Settings(max_evaluations=1000, patience=7), HEADER)
    watch.hear(Progress(tuple(entries), (), Spent(evaluations=500)))
    text = drawn(watch, 80, height)
    assert len(text.splitlines()) <= height
    assert "★" in text
    assert "500 formulas" in text
    assert "Ends by Ctrl-C, once a formula is exact, after 60 s" in text


class _Screen:
    """A live table whose drawings take as long as is said."""

    def __init__(self, clock: list[float], cost: float) -> None:
        self.clock, self.cost, self.drawings = clock, cost, 0

    def refresh(self) -> None:
        self.clock[0] += self.cost
        self.drawings += 1


@pytest.mark.parametrize(("cost", "most"), [(0.0, 20), (0.02, 5), (0.5, 1)])
def test_drawings_take_a_hundredth_of_the_time(
    cost: float, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    screen = _Screen(clock, cost)
    drawing = Drawing(cast(Live, screen), Watch(Settings(), HEADER))
    for _ in range(100):  # ten seconds of short epochs
        drawing(Progress((), (), Spent()))
        clock[0] += 0.1
    assert 1 <= screen.drawings <= most


def test_a_front_is_drawn_anew_only_when_it_or_the_screen_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = []

    def counted(*given: Any, **named: Any) -> Table:
        tables.append(given)
        return front_table(*given, **named)

    monkeypatch.setattr(live, "front_table", counted)
    expression = parse("x + 1")
    front = (Entry(expression, expression.complexity(), 0.5, expression),)
    watch = Watch(Settings(), HEADER)
    texts = []
    for evaluations in (100, 200):
        watch.hear(Progress(front, (), Spent(evaluations=evaluations)))
        texts.append(drawn(watch, 80))
    assert len(tables) == 1
    assert "100 formulas" in texts[0] and "200 formulas" in texts[1]
    assert all("x + 1" in text for text in texts)
    drawn(watch, 60)
    watch.hear(Progress(front * 2, (), Spent()))
    drawn(watch, 60)
    assert len(tables) == 3


def test_r2_is_rounded_down_and_1_only_when_exact() -> None:
    assert r2_text(1e-9) == "0.999999"
    assert r2_text(1e-30) == "1"
    assert r2_text(0.25) == "0.750000"
    assert r2_text(1e7) == "-1e+07"


def test_long_lines_hang_under_their_last_column_and_say_the_same() -> None:
    rule = "age > 71 or smoker and (pressure > 140 or ward = B) and not visits > 3"
    row = f" *        4        81  {rule}"
    parts = hanging(row, 50)
    assert len(parts) == 3
    assert all(len(part) <= 50 for part in parts)
    assert {part[:22] for part in parts[1:]} == {" " * 22}
    assert " ".join(part.strip() for part in parts) == row.strip()
    assert hanging(rule, 30)[1].startswith("  ")
    assert hanging("", 30) == [""]
    assert hanging(row, 200) == [row]


@pytest.mark.long
@pytest.mark.parametrize("width", [80, 120])
def test_a_fit_on_a_real_terminal(width: int, tmp_path: Path, warm: None) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "symlaw", *FIT, *QUICK], cwd=tmp_path, stdout=theirs, stderr=theirs,
        env=environment(TERM="xterm-256color", LANG="C.UTF-8"),
    )  # fmt: skip
    os.close(theirs)
    text = _read_all(ours)
    assert process.wait(timeout=60) == 0
    assert "\x1b[" in text
    final = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.rpartition("\x1b[2K")[2])
    assert max(len(line) for line in final.splitlines()) <= width
    assert re.search(r"★ +4 ", final)
    assert re.search(r"^period_years = ", final, re.MULTILINE)


def _read_all(handle: int) -> str:
    parts = []
    try:
        while part := os.read(handle, 65536):
            parts.append(part)
    except OSError:
        pass
    os.close(handle)
    return b"".join(parts).decode()
