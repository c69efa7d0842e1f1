"""Who is let in: this machine's own page with the token, and nothing else."""

from __future__ import annotations

import pytest

from .conftest import Client

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src"
)


def test_the_opening_link_gives_a_cookie(client: Client) -> None:
    answer = client.ask("GET", f"/?token={client.place.token}", Cookie=None)
    assert answer.status == 200 and b"<title>symlaw</title>" in answer.body
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"symlaw-{client.place.port}={client.place.token};")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert client.ask("GET", "/", Cookie=cookie.partition(";")[0]).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/api/runs", "/static/main.js", "/api/stream", "/?token=", "/?token=é"]
)
@pytest.mark.parametrize("cookie", [None, "symlaw-1=x", "symlaw-{port}=wrong", "symlaw-{port}="])
def test_without_the_token_nothing_is_told(client: Client, path: str, cookie: str | None) -> None:
    given = cookie and cookie.format(port=client.place.port)
    answer = client.ask("GET", path.replace("é", "%C3%A9"), Cookie=given)
    assert answer.status == 403
    assert b"Open the link that symlaw dashboard printed" in answer.body
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"]
)
def test_another_host_name_is_refused(client: Client, host: str) -> None:
    answer = client.ask("GET", f"/?token={client.place.token}", Host=host.format(port=client.place.port))
    assert answer.status == 403 and b"only to 127.0.0.1 and localhost" in answer.body


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1:1", "http://localhost:{port}"]
)
def test_only_the_page_itself_changes_anything(client: Client, origin: str | None) -> None:
    given = origin and origin.format(port=client.place.port)
    body = '{"key": "", "mark": "pinned"}'
    answer = client.ask("POST", "/api/runs/pendulum/mark", body, Origin=given)
    assert answer.status == 403 and b"Origin" in answer.body
    assert not (client.root / "pendulum" / "marks.json").exists()


@pytest.mark.parametrize("what", ["note", "delete", "predict?name=t.csv&formula=1"])
def test_another_page_notes_deletes_and_uploads_nothing(client: Client, what: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Cookie": None}):
        answer = client.ask("POST", f"/api/runs/pendulum/{what}", '{"name": "x", "text": "y"}', **headers)
        assert answer.status == 403
    assert (client.root / "pendulum" / "run.json").exists()
    assert not (client.root / "pendulum" / "note.json").exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_of_other_sites_are_refused(client: Client, site: str) -> None:
    assert client.ask("GET", "/api/runs", Sec_Fetch_Site=site).status == 403
    assert client.ask("GET", "/api/runs", Sec_Fetch_Site="same-origin").status == 200


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/api/runs", "/nowhere"])
def test_every_answer_forbids_what_the_page_does_not_do(client: Client, path: str) -> None:
    headers = client.ask("GET", path).headers
    assert headers["content-security-policy"].startswith(POLICY)
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(client: Client, method: str) -> None:
    assert client.ask(method, "/api/runs/pendulum/mark", "{}").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd",
        "/api/runs/..%2f..%2fpendulum", "/api/runs/%2e%2e", "/api/runs/.", "/api/runs/pendulum%00",
        "/api/runs/%2Fetc", "/api/runs/pendulum%2f..%2fhubble", "/api/runs/a%5cb", "/api/runs/" + "a" * 3000,
        "/api/runs/.tables", "/api/runs/%ff%fe", "/api/runs/%2e%2e/report?format=html",
        "/api/runs/pendulum/report?format=..%2f..%2fx.html", "/api/runs/pendulum/column?name=..%2frun.json",
    ],
)  # fmt: skip
def test_no_path_leaves_its_folder(client: Client, path: str) -> None:
    answer = client.ask("GET", path)
    assert answer.status in (400, 404), answer.body
    assert b"import" not in answer.body and b"root:" not in answer.body
