"""A day at the server, and then its log: what people wrote and who they are stands nowhere in it."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import aiohttp

from tests.support.page import Form, read
from tests.support.process import free_port, running

SECRET = "PurpleElephant"  # in everything that is typed


async def _sends(client: aiohttp.ClientSession, form: Form, **answers: str) -> str:
    """Send a form of a page and return the page that follows."""
    async with client.request(form.method, form.action, data={**form.values, **answers}) as response:
        return await response.text()


async def a_day(address: str) -> None:
    """Chidi comes in, asks a question and acknowledges; somebody else tries to get in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(address, cookie_jar=jar) as client:
        async with client.get("/demo") as response:
            door = read(await response.text(), response.status, str(response.url))
        be_chidi = next(form for form in door.forms if "Chidi Okafor" in form.label)
        home = read(await _sends(client, be_chidi), 200, address)
        box = next(form for form in home.forms if form.action == "/say")
        asked = await _sends(client, box, words=f"policy ask POL-2 {SECRET} is my question")
        assert "Your question is on its way" in asked
        assert SECRET in await _sends(client, box, words=f"{SECRET} makes no sense")
        for path in (f"/nowhere/{SECRET}", f"/go/policy.show/{SECRET}"):
            async with client.get(path) as response:
                assert response.status == 404
    email = {"email": f"{SECRET}@halden.example"}
    async with aiohttp.ClientSession(address) as stranger, stranger.post("/sign-in", data=email) as response:
        assert response.status < 500


def not_http(port: str) -> None:
    """Say something to the server that is no HTTP."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as connection:
        connection.sendall(f"{SECRET} ana.duarte@halden.example\r\n\r\n".encode())
        connection.recv(1000)


def test_no_words_and_no_addresses_stand_in_the_log(company: str, tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", database_url=company, port=port) as server:
        server.says("Ctrl-C")
        asyncio.run(a_day(f"http://127.0.0.1:{port}"))
        not_http(port)
    lines = [line for line in server.text.splitlines() if line.startswith("{")]
    assert any(json.loads(line)["event"] == "gesture" for line in lines)
    log = "\n".join(lines)
    assert SECRET.lower() not in log.lower()
    assert "@" not in log
    assert "Okafor" not in log
    assert "Traceback" not in server.text
