"""Serving the page on this machine alone."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symlaw.errors import FileUnreadable, InvalidSetting, MissingDependency

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADDRESS = "127.0.0.1"
# Seconds that open streams have to end when the server is told to.
_GRACE = 1
_PACKAGES = ("starlette", "uvicorn")


@dataclass(frozen=True)
class Place:
    """Where the page is.

    Parameters
    ----------
    listening
        The socket.
    token
        Secret of the opening link.
    """

    listening: socket.socket
    token: str

    @property
    def port(self) -> int:
        """The port."""
        return int(self.listening.getsockname()[1])

    @property
    def link(self) -> str:
        """What opens the page in a browser."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"


def open_place(port: int = 0) -> Place:
    """Listen on this machine's loopback address; a port of 0 takes any free one.

    Raises
    ------
    InvalidSetting
        When the port is taken or none.
    """
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        raise InvalidSetting(f"port {port} cannot be used ({error}): give another one with --port") from None
    return Place(listening, secrets.token_urlsafe(24))


def check_installed() -> None:
    """Refuse to go on without the packages of the page.

    Raises
    ------
    MissingDependency
        When one is missing.
    """
    from importlib.util import find_spec

    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise MissingDependency(
            f"the dashboard needs the package {missing[0]!r}: install it with pip install 'symlaw[dashboard]'"
        )


def serve(root: Path, place: Place, limit: int, ready: Callable[[], None]) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    root
        The folder of runs.
    place
        Where.
    limit
        Bytes of a dropped table at most.
    ready
        Called once the page can be opened.

    Raises
    ------
    FileUnreadable
        When the folder cannot be made.
    """
    import uvicorn

    from symlaw.dashboard.app import make_app

    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnreadable(f"the folder of runs {str(root)!r} cannot be made: {error}") from None
    app = make_app(root, place.token, place.port, limit, lambda: server.should_exit)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE, server_header=False,
        date_header=False, proxy_headers=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    ready()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[place.listening])
