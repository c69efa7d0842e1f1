"""Ten runs of all kinds, and what each place that tells of a run says of it."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from symlaw import SymbolicRegressor
from symlaw.cli import main
from symlaw.language.expression import Expression

POWERS = ["+", "-", "*", "/", "sqrt", "exp"]
OWN = '''"""An operator of one's own."""
import numpy as np
import symlaw


@symlaw.operator
def log_one_more(z):
    return np.log(1 + z)
'''
SHAPE = '[shape]\nconstraints = ["decreasing in r", "force >= 0"]\n'


@dataclass(frozen=True)
class Case:
    """A table and how it is asked for, on the command line and in Python.

    Parameters
    ----------
    frame, target
        The table and its column to explain.
    arguments
        Of ``symlaw fit``, beside file, target, budget and seed.
    settings, given
        Of `SymbolicRegressor` and of its ``fit``; a text in ``given`` names a column, which is no feature.
    file
        What is written beside the table, by name.
    """

    frame: pd.DataFrame
    target: str
    arguments: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    file: tuple[str, str] | None = None

    @property
    def plugin(self) -> tuple[str, ...]:
        """Arguments for the user's operators, of every command."""
        return self.arguments[:2] if "--plugin" in self.arguments else ()


def cases() -> dict[str, Case]:
    """The runs: of one target on the command line and in Python alike."""
    rng = np.random.default_rng(5)
    n = 60
    mass, speed, x = rng.uniform(1, 5, n), rng.uniform(1, 9, n), rng.uniform(0, 6, n)
    energy, noise = 0.5 * mass * speed**2, rng.normal(size=n)
    two = {"mass": mass, "speed": speed}
    powers = ("--operators", ",".join(POWERS))
    own = {"operators": POWERS}
    count, error = rng.uniform(0.2, 3, n), rng.uniform(0.2, 3, n)
    time = np.tile(np.linspace(0, 6, 20), 3)
    level = np.repeat([2.0, 3.0, 4.0], 20) * np.exp(-0.4 * time) + 0.01 * noise
    length, gravity = rng.uniform(0.1, 2, n), rng.uniform(1.6, 25, n)
    period = 2 * np.pi * np.sqrt(length / gravity) * (1 + 0.005 * noise)
    y = rng.uniform(0, 1, n)
    alive = (rng.uniform(size=n) < 1 / (1 + np.exp(-(1.5 * x - 4)))).astype(int)
    units = {"length [m]": "m", "gravity [m/s^2]": "m/s^2"}
    frame = pd.DataFrame
    return {
        "plain": Case(frame({**two, "energy": energy * (1 + 0.01 * noise)}), "energy", powers, own),
        "weighted": Case(
            frame({**two, "count": count, "energy": energy + noise / np.sqrt(count)}), "energy",
            (*powers, "--weights", "count"), own, {"sample_weight": "count"},
        ),
        "error bars": Case(
            frame({**two, "error": error, "energy": energy + noise * error}), "energy",
            (*powers, "--y-std", "error"), own, {"y_std": "error"},
        ),
        "grouped": Case(
            frame({"time": time, "sample": np.repeat(["cold", "warm", "hot"], 20), "level": level}), "level",
            (*powers, "--groups", "sample", "--template", "a * f(time)"),
            {**own, "groups": "sample", "template": "a * f(time)"},
        ),
        "units": Case(
            frame({"length [m]": length, "gravity [m/s^2]": gravity, "period [s]": period}), "period [s]",
            (*powers, "--units", "header"), {**own, "units": units, "target_unit": "s"},
        ),
        "template": Case(
            frame({"x": x, "y": y, "z": 3 * np.sin(x) + 2 * y**2 + 0.02 * noise}), "z",
            ("--template", "f(x) + g(y)", "--operators", "+,-,*,sin,square"),
            {"template": "f(x) + g(y)", "operators": ["+", "-", "*", "sin", "square"]},
        ),
        "logistic": Case(
            frame({"dose": x, "other": noise, "alive": alive}), "alive", (*powers, "--loss", "logistic"),
            {**own, "loss": "logistic"},
        ),
        "constrained": Case(
            frame({"r": x + 0.5, "force": 8 / (x + 0.5) ** 2 + 0.05 * noise}), "force",
            (*powers, "--knowledge", "shape.toml"),
            {**own, "constraints": ["decreasing in r", "force >= 0"]}, file=("shape.toml", SHAPE),
        ),
        "own operator": Case(
            frame({"q": x, "out": 2 * np.log1p(x) + 1 + 0.01 * noise}), "out",
            ("--plugin", "own.py", "--operators", "+,-,*,log_one_more"), {"operators": ["+", "-", "*"]},
            file=("own.py", OWN),
        ),
    }  # fmt: skip


def text_of(*arguments: str) -> str:
    """What a command writes."""
    screen = io.StringIO()
    with redirect_stdout(screen):
        assert main(list(arguments)) == 0, arguments
    return screen.getvalue()


def fitted(case: Case) -> SymbolicRegressor:
    """The model in Python, on the table as a file holds it."""
    settings = dict(case.settings)
    if case.file and case.file[0].endswith(".py"):
        from symlaw.cli.management.plugins import operators_in

        settings["operators"] = [*settings["operators"], *operators_in(Path(case.file[0]))]
    frame = pd.read_csv("data.csv")
    X, given = frame.drop(columns=[case.target]), {}
    for name, column in case.given.items():
        given[name] = column if name == "y_std" else X.pop(column)
    model = SymbolicRegressor(
        max_evaluations=20_000, time_budget=None, random_state=1, n_jobs=1, run_folder="model", **settings
    )
    return model.fit(X, frame[case.target], **given)


def front_in(text: str) -> list[tuple[str, ...]]:
    """The rows of a front in plain text: mark, figures and formula."""
    lines = text.splitlines()
    head = next(place for place, line in enumerate(lines) if line.split()[:1] == ["complexity"])
    n_figures = len(lines[head].split()) - 1
    found = []
    for line in lines[head + 1 :]:
        if not line.strip():
            break
        mark, rest = line[:1].strip(), line[1:]
        cells = rest.split(maxsplit=n_figures)
        found.append((mark, *cells))
    return found


def sentences_in(text: str, *beginnings: str) -> list[str]:
    """Lines that begin so, in the order asked for; "" where there is none."""
    lines = text.splitlines()
    return [next((line for line in lines if line.startswith(one)), "") for one in beginnings]


def constants_in(text: str, *, between: str = r"\s{2,}") -> list[tuple[str, ...]]:
    """Constants with errors and intervals in a table of plain text."""
    found = []
    for line in text.splitlines():
        cells = [cell for cell in re.split(between, line.strip(" |")) if cell]
        if len(cells) == 5 and re.fullmatch(r"c\d+|\w+\[.+\]", cells[0]):
            found.append(tuple(cells))
    return found


def squeezed(text: str) -> str:
    """A text without blanks, as those of a page that was printed stand elsewhere."""
    return re.sub(r"\s+", "", text)


def pdf_text(path: Path) -> str:
    """The text of a PDF file."""
    import pypdf

    return "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def bare(markup: str) -> str:
    """The text of HTML, without styles, programs and pictures."""
    without = re.sub(r"<(style|script|svg|math)\b.*?</\1>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", without))


def told(text: str) -> Iterator[Expression]:
    """The formulas of a front in JSON."""
    return (Expression.from_json(json.dumps(row["expression"])) for row in json.loads(text)["front"])
