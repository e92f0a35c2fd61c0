"""Letters over real SMTP: what the server says decides, and what it does not say is doubt."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Copy, Doubt, Failed, Later, Outcome, Sent
from bot.outside import mail as outside
from bot.outside.mail import Mail, Reach, Server, sender
from config.settings import BadSettings, Settings
from models.message import Button, Link, Message, mention
from tests.support.mail import MailServer

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAID = Message("Please read", ("Kept by " + mention("a" * 32),), buttons=(Button("Read", "policy.show", "A-1"),))


def settings(url: str, **more: Any) -> Settings:
    """Return the settings of a demo that writes by `url`."""
    return Settings(smtp_url=url, domains="halden.example,halden.test", company="Halden Instruments", **more)


def copy(to: str = "ana@halden.example") -> Copy:
    """Return a claimed copy to somebody."""
    return Copy(7, 3, 1, 1, AT, AT, "", Reach(to, "token"))


def send(url: str, message: Message = SAID, to: str = "ana@halden.example", times: int = 1) -> list[Outcome]:
    """Send a letter, or the same several times over one channel."""

    async def sending() -> list[Outcome]:
        channel = Mail(settings(url))
        try:
            return [await channel.send(copy(to), message, {"a" * 32: "Farah"}) for _ in range(times)]
        finally:
            await channel.close()
            await hung_up()

    return asyncio.run(sending())


async def hung_up() -> None:
    """Wait until this loop has no connection any more: over TLS, both ends say goodbye first."""
    loop: Any = asyncio.get_running_loop()
    while len(loop._selector.get_map()) > 1:  # noqa: ASYNC110 - one is the loop's own, and nobody tells of the rest
        await asyncio.sleep(0.01)


def test_a_letter_says_what_it_is() -> None:
    with MailServer().running() as server:
        assert send(server.url) == [Sent("<3.1795424400@halden.example>")]
    (letter,) = server.letters
    assert letter.message["From"] == "Comply <comply@halden.example>"
    assert letter.message["To"] == "ana@halden.example"
    assert letter.message["Message-ID"] == "<3.1795424400@halden.example>"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message["List-Id"] == "<comply.halden.example>"
    assert "Farah" in letter.text
    assert "Farah" in letter.html
    assert letter.way("Read") == "http://127.0.0.1:8000/sign-in/token?to=%2Fgo%2Fpolicy.show%2FA-1"


def test_a_question_mark_in_a_way_stays_inside_it() -> None:
    with MailServer().running() as server:
        send(server.url, Message("Look", links=(Link("There", "/export/x.csv?a=1&b=2"),)))
    assert server.letters[0].way("There").endswith("?to=%2Fexport%2Fx.csv%3Fa%3D1%26b%3D2")


def test_one_connection_carries_many_letters() -> None:
    with MailServer().running() as server:
        assert len(send(server.url, times=5)) == 5
    assert len(server.letters) == 5
    assert server.connections == 1


@pytest.mark.parametrize(
    ("where", "answer", "outcome"),
    [
        ("at_rcpt", "450 4.2.0 greylisted, ana@halden.example", Later("smtp 450 4.2.0")),
        ("at_rcpt", "421 4.3.2 going down", Later("smtp 421 4.3.2", everybody=True)),
        ("at_rcpt", "550 5.1.1 <ana@halden.example> unknown", Failed("smtp 550 5.1.1", permanent=True)),
        ("at_rcpt", "550 no such user here", Failed("smtp 550", permanent=True)),
        ("at_rcpt", "554 5.7.1 relay access denied", Failed("smtp 554 5.7.1")),
        ("at_data", "452 4.3.1 disk full", Later("smtp 452 4.3.1")),
        ("at_data", "554 5.6.0 we do not like this", Failed("smtp 554 5.6.0")),
    ],
)
def test_what_the_server_says_decides(where: str, answer: str, outcome: Outcome) -> None:
    """The codes are kept; the server's words, which quote addresses, are not."""
    with MailServer().running() as server:
        getattr(server, where)["*"] = answer
        assert send(server.url) == [outcome]
    assert server.letters == []


def test_hanging_up_after_the_text_is_doubt() -> None:
    with MailServer(after_data={"*": "hang up"}).running() as server:
        assert send(server.url) == [Doubt("no answer to the letter")]
    assert len(server.letters) == 1


def test_keeping_quiet_after_the_text_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "STEP_SECONDS", 0.3)
    with MailServer(after_data={"*": 5.0}).running() as server:
        assert send(server.url) == [Doubt("no answer to the letter")]


def test_hanging_up_between_two_letters_costs_nothing() -> None:
    """The kept connection is dead by the second letter: nothing was sent on it, so a new one is opened."""

    async def sending(channel: Mail) -> Outcome:
        first = await channel.send(copy(), SAID, {})
        assert isinstance(first, Sent)
        (kept,) = channel._idle
        assert isinstance(kept.transport, asyncio.Transport)
        kept.transport.abort()
        await asyncio.sleep(0)
        second = await channel.send(copy(), SAID, {})
        await channel.close()
        return second

    with MailServer().running() as server:
        assert isinstance(asyncio.run(sending(Mail(settings(server.url)))), Sent)
        assert server.connections == 2


def test_nobody_at_the_port_is_trouble_for_everybody() -> None:
    with MailServer().running() as server:
        url = server.url
    (outcome,) = send(url)
    assert isinstance(outcome, Later)
    assert outcome.everybody


def test_starttls_is_used_when_it_is_offered(tmp_path: Path) -> None:
    with MailServer().running(tls=tmp_path) as server:
        assert isinstance(send(server.url)[0], Sent)
    assert server.letters[0].encrypted


def test_a_server_beyond_this_machine_must_encrypt_with_a_certificate_that_holds(tmp_path: Path) -> None:
    """Seen on loopback, by a client that believes it writes to somewhere else."""
    there = Server.read("smtp://mail.example.com:25")
    assert there.must_encrypt

    async def connect(port: int) -> None:
        client = Server("127.0.0.1", port, "", "", tls=False, must_encrypt=True).client("localhost")
        await client.connect()

    for tls in (None, tmp_path):
        with MailServer().running(tls=tls) as server, pytest.raises(Exception, match=r"STARTTLS|[Cc]ertificate"):
            asyncio.run(connect(server.port))


def test_a_demo_writes_to_nobody_outside() -> None:
    with pytest.raises(BadSettings, match="demo"):
        Mail(settings("smtp://mail.example.com:587"))
    Mail(settings("smtp://mail.example.com:587", admin_email="ana@halden.example"))


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "mail.example.com:25"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match="must look like"):
        Server.read(url)


def test_passwords_may_hold_anything() -> None:
    server = Server.read("smtps://ana%40halden.example:p%2Fw@mail.example.com")
    assert (server.user, server.password, server.port, server.tls) == ("ana@halden.example", "p/w", 465, True)


def test_the_sender_is_the_bot_at_the_first_domain() -> None:
    assert sender(settings("", bot_name="Nora Bot")) == "norabot@halden.example"
    assert sender(settings("", bot_name="Ω")) == "comply@halden.example"
    assert sender(settings("", mail_from="it@halden.test")) == "it@halden.test"


@pytest.mark.parametrize(
    "to",
    [
        "ana@halden.example\r\nBcc: all@halden.example",
        "ana@halden.example\r\nRCPT TO:<all@halden.example>",
        "ana@halden.example, all@halden.example",
        "ana",
        "",
        "Ana <ana@halden.example>",
        "änne@halden.example",
    ],
)
def test_what_is_no_address_never_reaches_the_server(to: str) -> None:
    with MailServer().running() as server:
        assert send(server.url, to=to) == [Failed("not an address", permanent=True)]
    assert server.connections == 0


@given(st.text(min_size=1, max_size=300))
def test_no_title_breaks_out_of_its_header(title: str) -> None:
    channel = Mail(settings("smtp://127.0.0.1"))
    letter = channel.compose(copy(), Message(title + "\r\nBcc: all@halden.example"), {})
    assert letter["Bcc"] is None
    wire = letter.as_bytes()
    wire.decode("ascii")
    assert b"\nBcc:" not in wire.split(b"\r\n\r\n")[0].replace(b"\r", b"")
