"""Signing in on the web by a link that comes in Teams: for whoever asks there and has no other way."""

from __future__ import annotations

from sqlalchemy import select

from models.desk import SignInLink
from models.outbox import OutboxMessage
from tests.bot.teams.conftest import Chat
from tests.support.teams.seen import read
from tests.support.web import Browser
from tests.support.wire import Wire

TO = "/go/policy.list"


def asked(chat: Chat) -> str:
    """Ask for a link as Ana does on the web page, let it be sent, and return what the page said."""
    page = Wire(chat.stage).post(f"/sign-in?to={TO}", {"email": "ana@halden.example"}).text
    chat.stage.works()
    return page


def link(chat: Chat) -> str:
    """Return the address that the one button of Ana's message leads to."""
    (message,) = chat.messages("Ana")
    (way,) = read(message.body["attachments"][0]["content"]).ways
    assert way.url.startswith(chat.stage.settings.base_url)
    return way.url.removeprefix(chat.stage.settings.base_url)


def links(chat: Chat) -> list[str]:
    """Return the hashes of all links that were made. A claim that was put back has left one, too."""
    return list(chat.stage.read(lambda session: session.scalars(select(SignInLink.token_sha256)).all()))


def test_ana_signs_in_by_a_button_in_teams(chat: Chat) -> None:
    """It leads where she was going, works once, and its secret lies nowhere in the database."""
    assert "Look into Teams or your mail" in asked(chat)
    path = link(chat)
    assert (path.endswith("?to=%2Fgo%2Fpolicy.list"), chat.letters("Ana")) == (True, [])
    screen = Browser(chat.stage, None).get(path)
    screen.browser.send(screen.page.forms[0], {}).sees("Ana Duarte")
    assert Wire(chat.stage).get(path).status == 410
    token = path.split("/")[2].split("?")[0]
    kept = chat.stage.read(lambda session: session.scalars(select(OutboxMessage.body)).all())
    assert (token in str(kept), token in links(chat)) == (False, False)


def test_nothing_else_that_goes_out_by_teams_makes_a_link(chat: Chat) -> None:
    """Each would be a way in that lies about for ten minutes."""
    asked(chat)
    before = links(chat)
    chat.say("Ana", "Please read")
    chat.stage.works()
    assert (chat.titles("Ana")[-1], links(chat)) == ("Please read", before)
