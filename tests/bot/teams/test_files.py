"""Files in Teams: taken in one's own chat with the words that say what for, from Microsoft's hosts alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from aiohttp import web

from bot import handed
from bot.handed import NotFetched
from bot.teams import files as files_
from bot.teams.files import Files, lies_well
from bot.teams.gestures import Handed
from models.gesture import Upload
from tests.bot.teams.test_connector import serving
from tests.support.teams.office import Office, open_office

ROSTER = b"employee_id,name,email\nE900,Ines Moreau,ines@halden.example\n"
TEAMS = "https://smba.trafficmanager.net/emea/"


@pytest.fixture
def office(migrated_url: str) -> Iterator[Office]:
    """The demo, with everybody in Teams."""
    with open_office(migrated_url) as office:
        yield office


def said(office: Office, name: str) -> list[str]:
    """Return the cards and words of the bot in somebody's own chat, oldest first."""
    office.surface.settle()
    return [str(one.card or one.text) for one in office.client(name).chat.by_bot()]


def test_a_file_comes_with_the_words_that_say_what_for(office: Office) -> None:
    """It answers the form's question; alone it is asked about."""
    ana = office.client("Ana")
    ana.writes("", files=[("roster.csv", ROSTER)])
    assert "What is this file for?" in said(office, "Ana")[-1]
    ana.writes("people import", files=[("roster.csv", ROSTER)])
    assert "IMP-1" in said(office, "Ana")[-1]


def test_a_file_that_is_not_there_any_more_is_said_to_be_missing(office: Office) -> None:
    """Nothing is done with the words alone."""
    ana = office.client("Ana")
    ana.writes("people import", files=[("roster.csv", ROSTER)])
    before = len(office.stage.records())
    (gone,) = [one.body for one in ana.chat.messages if one.by == ana.user.id]
    office.teams.world.files.clear()
    ana.again(gone, new_id=True)
    assert "I could not get the file." in said(office, "Ana")[-1]
    assert len(office.stage.records()) == before


def test_words_that_leave_something_open_keep_nothing_of_the_file(office: Office) -> None:
    """A card cannot hold a file until the rest is filled in: the web page can."""
    office.client("Ana").writes("policy import", files=[("policy.md", b"# Be kind")])
    assert "Nothing was kept of them." in said(office, "Ana")[-1]
    assert office.stage.records("policy.imported") == []


def test_among_others_the_text_and_the_link_are_kept(office: Office) -> None:
    """Bots get no files there, and it is said so; what it leads to is shown in one's own chat."""
    ana = office.client("Ana")
    ana.writes("todo")
    group = office.teams.world.group(ana.user, office.client("Bruno").user)
    told = ana.common("message", group)
    link = "https://halden.sharepoint.com/sites/it/roster.csv"
    mention = {"type": "mention", "text": "<at>Comply</at>", "mentioned": {"id": told["recipient"]["id"]}}
    shared = {"contentType": "reference", "name": "roster.csv", "contentUrl": link}
    said_there = {**told, "text": "<at>Comply</at> frobnicate", "entities": [mention], "attachments": [shared]}
    ana.carries(said_there)
    assert "frobnicate" in said(office, "Ana")[-1]
    (answer,) = group.by_bot()
    assert "I can't take files here and kept the link alone" in answer.text
    assert "frobnicate" not in answer.text


@pytest.mark.parametrize(
    ("url", "here", "well"),
    [
        ("https://halden-my.sharepoint.com/personal/ana/_layouts/15/download.aspx?UniqueId=1&tempauth=x", False, True),
        ("https://halden.sharepoint-df.com/download.aspx", False, True),
        ("https://halden.SharePoint.com:443/download.aspx", False, True),
        ("https://api.onedrive.com/v1.0/drive/items/1/content", False, True),
        ("https://abc.files.1drv.com/y4m", False, True),
        ("http://halden.sharepoint.com/download.aspx", False, False),
        ("https://halden.sharepoint.com:8443/download.aspx", False, False),
        ("https://sharepoint.com.evil.example/download.aspx", False, False),
        ("https://evilsharepoint.com/download.aspx", False, False),
        ("https://evil.example/halden.sharepoint.com", False, False),
        ("https://halden.sharepoint.com@evil.example/", False, False),
        ("https://evil.example#.sharepoint.com", False, False),
        ("https://evil.example\\.sharepoint.com", False, False),
        ("https://169.254.169.254/metadata", False, False),
        ("http://127.0.0.1:8080/files/1", False, False),
        ("http://127.0.0.1:8080/files/1", True, True),
        ("http://localhost:8080/files/1", True, True),
        ("http://169.254.169.254/metadata", True, False),
        ("file:///etc/passwd", True, False),
        ("https://[", True, False),
        ("", True, False),
    ],
)
def test_where_files_may_lie(url: str, here: bool, well: bool) -> None:
    assert lies_well(url, here=here) is well


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def fetched(answer: Answer, many: int = 1, service_url: str = "http://127.0.0.1:1/") -> tuple[Upload, ...]:
    """Fetch files from a server on loopback, of which a message said that it came by some service."""

    async def fetch() -> tuple[Upload, ...]:
        async with serving(answer) as address:
            files = Files(local=False)
            try:
                return await files.fetch([Handed(f"{one}.csv", f"{address}/{one}") for one in range(many)], service_url)
            finally:
                await files.close()

    return asyncio.run(fetch())


async def served(request: web.Request) -> web.Response:
    """Answer with a small file, to whom brings no token."""
    assert "Authorization" not in request.headers
    return web.Response(body=b"x" * 600, content_type="text/csv")


def test_a_file_keeps_its_name_and_kind() -> None:
    assert fetched(served, many=2) == (Upload("0.csv", "text/csv", b"x" * 600), Upload("1.csv", "text/csv", b"x" * 600))


def test_this_machine_counts_only_for_a_service_on_it() -> None:
    with pytest.raises(NotFetched):
        fetched(served, service_url=TEAMS)


def test_all_files_of_a_message_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_, "LIMIT", 1000)
    assert len(fetched(served, many=1)) == 1
    with pytest.raises(NotFetched):
        fetched(served, many=2)
    assert handed.LIMIT == 50 * 1024 * 1024


def test_a_file_without_an_end_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its size is not told beforehand."""
    monkeypatch.setattr(files_, "LIMIT", 100_000)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(10_000):
            await response.write(b"x" * 10_000)
        return response

    with pytest.raises(NotFetched):
        fetched(endless)


def test_a_slow_file_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_, "SECONDS", 0.2)

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(2)
        return web.Response(body=b"late")

    with pytest.raises(NotFetched):
        fetched(slow)


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_what_is_no_file_is_none(status: int) -> None:
    """To be led elsewhere is not followed: there is a page on which to sign in."""

    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    with pytest.raises(NotFetched):
        fetched(elsewhere)
