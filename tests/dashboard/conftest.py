"""A server of the page in this process, and runs for it that nothing was searched for."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.types import ASGIApp

from symlaw.dashboard.app import make_app
from symlaw.dashboard.server import Place, open_place
from symlaw.language import parse
from symlaw.runs.records import Header
from symlaw.runs.writer import RunWriter
from symlaw.search.archive import Entry
from symlaw.search.budget import Spent
from symlaw.search.portfolio import Progress
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
