"""A browser that does nothing by itself: it sends what a test tells it to send, and reads what comes back."""

from __future__ import annotations

import http.client
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bot.web.session import COOKIE, Cookies, open_session
from tests.support.page import Page, read
from tests.support.stage import KEYS, Player, Stage


@dataclass
class Answer:
    """What came back, unfollowed."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def page(self) -> Page:
        """The answer, read as a page."""
        return read(self.text, self.status, "")


@dataclass
class Wire:
    """One client of a stage. `cookie` is sent with everything; what the server sets stands in the answers only."""

    stage: Stage
    cookie: str = ""
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET."""
        return self.send("GET", path, None, headers)

    def post(self, path: str, values: Mapping[str, str] | str | bytes, **headers: str) -> Answer:
        """Send a form; header names are given with underscores."""
        body = urlencode(values) if isinstance(values, Mapping) else values
        return self.send("POST", path, body, {"Content_Type": "application/x-www-form-urlencoded", **headers})

    def send(self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send one request and return its answer."""
        told = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        if self.cookie:
            told.setdefault("Cookie", self.cookie)
        connection = http.client.HTTPConnection(urlsplit(self.stage.address).netloc, timeout=30)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, told)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()

    def raw(self, request: bytes, *, cut: bool = False) -> str:
        """Send bytes as they are and return what comes back until the server hangs up; with `cut`, hang up first."""
        host = urlsplit(self.stage.address)
        with socket.create_connection((host.hostname, host.port), timeout=30) as line:
            line.sendall(request)
            if cut:
                line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b"")).decode(errors="replace")

    @property
    def csrf(self) -> str:
        """The token of this client's session."""
        return Cookies(KEYS).csrf(self.secret)

    def form(self, path: str) -> dict[str, str]:
        """Open a form and return what it holds, ready to be filled in."""
        found = next(one for one in self.get(path).page.forms if one.action.startswith("/do/"))
        return dict(found.values)


def signed_in(stage: Stage, player: Player) -> Wire:
    """Return a client with a session of its own."""
    secret = stage.write(lambda session: open_session(session, player.row, "Test", stage.settings.assurance, stage.now))
    return Wire(stage, f"{COOKIE}={Cookies(KEYS).sign(secret)}", secret)


def cookie_of(answer: Answer) -> str:
    """Return the session cookie that an answer sets, as it is sent back."""
    found = re.match(r"((?:__Host-)?" + COOKIE + r"=[^;]+)", answer.headers.get("Set-Cookie", ""))
    assert found, f"no session cookie in {answer.headers}"
    return found[1]


def fresh() -> str:
    """Return a key that no other gesture has."""
    return secrets.token_urlsafe(16)
