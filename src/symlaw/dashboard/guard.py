"""What stands before every request: only this machine's own pages come through, and nothing may be embedded.

A page of another site can make a browser send requests here, and by DNS rebinding even under a name of its
own. Hence the Host header is checked, a secret is asked for, and what changes something has to come from a
page of this very server.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READING = ("GET", "HEAD")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets requests through that the page itself makes.

    Parameters
    ----------
    app
        What answers them.
    token
        The secret of the opening link and of the cookie.
    port
        Where the server listens.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        # browsers keep cookies by host, not by port
        self.cookie = f"symlaw-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        opened = self._is_opening(scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if opened and message["status"] == 200:
                    headers.append("Set-Cookie", self._cookie())
            await send(message)

        refusal = self._refusal(scope, opened)
        if refusal:
            await PlainTextResponse(refusal + "\n", 403)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _cookie(self) -> str:
        return f"{self.cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"

    def _is_opening(self, scope: Scope) -> bool:
        """Whether this is the opening link with the right token."""
        if scope["path"] != "/" or scope["method"] not in _READING:
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return self._is_token(given)

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _refusal(self, scope: Scope, opened: bool) -> str:
        """Why a request is refused; "" where it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return "This page answers only to 127.0.0.1 and localhost."
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and scope["path"] != "/":
            return "Requests of other sites are refused."
        if scope["method"] not in _READING and headers.get("origin") != f"http://{host}":
            return "Only this page itself may change anything: the Origin header is missing or another one."
        given = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        if not (opened or self._is_token(given)):
            return "Open the link that symlaw dashboard printed: it holds the token that is asked for here."
        return ""
