"""``symlaw dashboard``: what it says, and how it ends."""

from __future__ import annotations

import http.client
import importlib.util
import re
import signal
import socket
import subprocess
from collections.abc import Callable

import pytest

from symlaw.cli import main


def test_serves_on_loopback_until_ctrl_c(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start("dashboard", "--no-browser")
    try:
        assert process.stdout is not None
        link = process.stdout.readline()
        found = re.fullmatch(r"The page is at http://127\.0\.0\.1:(\d+)/\?token=([\w-]{20,})\n", link)
        assert found, link
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        connection.request("GET", f"/?token={found[2]}")
        with connection.getresponse() as answer:
            assert answer.status == 200
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_without_its_packages_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["dashboard"]) == 2
    assert "pip install 'symlaw[dashboard]'" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["taken", "99999"])
def test_a_port_that_cannot_be_used_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = str(other.getsockname()[1]) if port == "taken" else port
        assert main(["dashboard", "--no-browser", "--port", number]) == 2
    assert f"port {number} cannot be used" in capsys.readouterr().err
