"""A server of the page in this process, and runs for it that nothing was searched for."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import uvicorn
from starlette.types import ASGIApp

from symlaw.dashboard.app import make_app
from symlaw.dashboard.server import Place, open_place
from symlaw.data import read_table
from symlaw.language import parse
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.user_operators.lookup import lookup
from symlaw.runs.records import Formula, Header, Result
from symlaw.runs.store import Run, read_run
from symlaw.runs.writer import RunWriter
from symlaw.search.archive import Entry
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Progress
from symlaw.tasks.regression.recorded import header_of
from symlaw.tasks.regression.settings import Settings
from tests.cli.conftest import environment
from tests.report.conftest import EXAMPLES, HUBBLE, PENDULUM, run_of

LIMIT = 100_000


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Asks the server as the page does, unless told otherwise."""

    place: Place
    root: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.place.port}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> Answer:
        """One request; a header of None is left out."""
        own = {"Cookie": f"symlaw-{self.place.port}={self.place.token}", "Origin": self.origin, **self.more}
        given = {name.replace("_", "-"): value for name, value in {**own, **headers}.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=60)
        try:
            connection.request(method, path, body, {k: v for k, v in given.items() if v is not None})
            told = connection.getresponse()
            names = {name.lower(): value for name, value in told.getheaders()}
            return Answer(told.status, names, told.read())
        finally:
            connection.close()

    def get(self, path: str, **parameters: str) -> Answer:
        return self.ask("GET", f"{path}?{urlencode(parameters)}" if parameters else path)

    def post(self, path: str, value: Any) -> Answer:
        return self.ask("POST", path, json.dumps(value))

    def upload(self, name: str, content: Any) -> Answer:
        return self.ask("POST", f"/api/tables?{urlencode({'name': name})}", content)

    def news(self, path: str) -> Iterator[Any]:
        """What a stream tells, as it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": f"symlaw-{self.place.port}={self.place.token}"})
        told = connection.getresponse()
        try:
            while line := told.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            told.close()
            connection.close()


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two finished runs."""
    root = tmp_path_factory.mktemp("store")
    units = {"units": {"length [m]": "m", "gravity [m/s^2]": "m/s^2", "mass [kg]": "kg"}, "target_unit": "s"}
    run_of(root / "pendulum", EXAMPLES / "pendulum.csv", "period [s]", PENDULUM, 2, **units)
    run_of(root / "hubble", EXAMPLES / "hubble.csv", "velocity_km_s", HUBBLE, 1, drop=["nebula"])
    return root


@pytest.fixture
def root(stored: Path, tmp_path: Path) -> Path:
    """The same for one test."""
    import shutil

    return Path(shutil.copytree(stored, tmp_path / "runs"))


def serving(root: Path, app: Callable[[Path, Place], ASGIApp] | None = None) -> Iterator[Client]:
    """A server in a thread, until the test has ended."""
    place = open_place()
    made = make_app(root, place.token, place.port, LIMIT, lambda: server.should_exit)
    config = uvicorn.Config(made, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place.listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Client(place, root)
    finally:
        server.should_exit = True
        thread.join(10)
        place.listening.close()


@pytest.fixture
def client(root: Path) -> Iterator[Client]:
    """A client of a server of its own."""
    yield from serving(root)


@pytest.fixture
def growing(root: Path) -> Iterator[Growing]:
    """A run of this process that grows when told to."""
    run = Growing(root / "growing")
    yield run
    run.writer._close()


def grouped_run(root: Path) -> Run:
    """A finished run of three groups of rows, each with a slope of its own."""
    shown = np.tile(np.linspace(1.0, 4.0, 8), 3)
    slopes, names = np.repeat([2.0, 3.0, 5.0], 8), np.repeat(["north", "south", "west"], 8)
    y = slopes * shown + 1.0 + 0.05 * np.cos(9.0 * np.arange(24))
    path = root / "groups.csv"
    lines = [f"{x},{name},{value}" for x, name, value in zip(shown, names, y, strict=True)]
    path.write_text("\n".join(["x,site,y", *lines]))
    table = read_table(path, target="y", groups="site")
    header = header_of(table, Settings(seed=7, groups="site"), source=str(path), reading={"groups": "site"})
    short = (Variable("site"), lookup("a", [0, 1, 2], [2.0, 3.0, 5.0]), Variable("x"), operator("*"))
    formulas = [Expression(short), Expression((*short, Constant(1.0), operator("+")))]
    found = tuple(
        Formula(one, one.complexity(), loss, 1.0 - loss, 0.1)
        for one, loss in zip(formulas, (0.01, 1e-4), strict=True)
    )
    writer = RunWriter(root / "groups", header)
    writer.finish(
        Result(found, 1, "the shortest description", "evaluations", {"seconds": 1.0, "evaluations": 9})
    )
    return read_run(writer.folder)


class Growing:
    """A run without a search."""

    def __init__(self, folder: Path, name: str = "x", target: str = "y") -> None:
        self.header = Header(
            settings={"operators": ["+", "*"], "time_budget": 60.0}, seed=7, feature_names=(name,),
            target_name=target, n_rows=50, target_scale=10.0, data_digest="abc",
        )  # fmt: skip
        self.writer = RunWriter(folder, self.header)
        self.entries: dict[float, Entry] = {}
        self.evaluations = 0

    def add(self, text: str, loss: float) -> None:
        """Put a formula on the front."""
        expression = parse(text)
        entry = Entry(expression, expression.complexity(), loss, expression, "evolution")
        self.entries[entry.complexity] = entry
        self.evaluations += 10
        front = tuple(self.entries[place] for place in sorted(self.entries))
        self.writer.listen(Progress(front, front, Spent(evaluations=self.evaluations, epochs=1), None))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for the tests of one file."""
    from .browsing import BROWSER, playwright

    with playwright.sync_playwright() as started:
        # a browser refuses to run as root inside its sandbox
        own = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=BROWSER, args=own)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page; the test fails where the page complains of anything."""
    troubles: list[str] = []
    contexts = []

    def opened(link: str, **how: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.goto(link)
        return page

    yield opened
    for context in contexts:
        context.close()
    # what tests ask for that is refused
    expected = "Failed to load resource"
    assert [one for one in troubles if not one.startswith(expected)] == []


@pytest.fixture
def page(client: Client, visit: Callable[..., Any]) -> Any:
    """The page of a server of its own, opened."""
    return visit(client.place.link)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[str]:
    """The real command, serving an empty folder; its link."""
    process = subprocess.Popen(
        [sys.executable, "-m", "symlaw", "dashboard", "--no-browser", "--runs", str(tmp_path / "own")],
        cwd=tmp_path, env=environment(), text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.communicate(timeout=30)
