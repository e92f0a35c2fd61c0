"""The web inbox as a surface of the stage: a browser without JavaScript, over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from yarl import URL

from bot.web.session import COOKIE, Cookies, open_session
from models.person import Person
from tests.support.page import Form, Page, read
from tests.support.seen import Reading
from tests.support.stage import KEYS, Stage


class WebScreen(Reading):
    """A page in front of somebody."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self.browser = browser
        self.page = page
        self.text = page.text
        self.title = page.title
        self.status = page.status

    def offers(self, *labels: str) -> WebScreen:
        """See Screen.offers."""
        there = {label for label, _, _ in self.page.links} | {form.label for form in self.page.forms}
        assert set(labels) <= there, f"{set(labels) - there} not among {there}"
        return self

    def presses(self, label: str, on: str = "") -> WebScreen:
        """See Screen.presses."""
        for text, href, card in self.page.links:
            if text == label and (not on or on in self._card(card)):
                return self.browser.get(href)
        for form in self.page.forms:
            if form.label == label and (not on or on in self._card(form.card)):
                return self.browser.send(form, {})
        raise AssertionError(f"nothing is labelled {label!r} in: {self.text}")

    def fills(self, **answers: Any) -> WebScreen:
        """See Screen.fills."""
        form = next(
            (one for one in self.page.forms if set(answers) <= set(one.fields) and one.fields != ["words"]), None
        )
        assert form is not None, f"no form asks for {sorted(answers)} in: {self.text}"
        return self.browser.send(form, answers)

    def _card(self, number: int) -> str:
        return self.page.cards[number] if number >= 0 else self.text


class Browser:
    """One person's browser."""

    def __init__(self, stage: Stage, person: Person | None) -> None:
        self.stage = stage
        self.since = stage.now
        self._cookies: dict[str, str] = {}
        if person is not None:
            assurance = stage.settings.assurance
            secret = stage.write(lambda session: open_session(session, person, "Stage", assurance, stage.now))
            self._cookies[COOKIE] = Cookies(KEYS).sign(secret)

    def get(self, path: str) -> WebScreen:
        """Follow a link."""
        return self.stage.loop.run(self._request("GET", path))

    def download(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Follow a link to a file; return (status, headers, content)."""

        async def fetch() -> tuple[int, Mapping[str, str], bytes]:
            url = URL(self.stage.address).join(URL(path))
            jar = aiohttp.CookieJar(unsafe=True)
            async with (
                aiohttp.ClientSession(cookies=self._cookies, cookie_jar=jar) as client,
                client.get(url) as response,
            ):
                return response.status, response.headers, await response.read()

        return self.stage.loop.run(fetch())

    def send(self, form: Form, answers: dict[str, Any]) -> WebScreen:
        """Send a form with answers; a Toggle is True or False, a file (name, bytes)."""
        data = aiohttp.FormData(default_to_multipart=any(isinstance(value, tuple) for value in answers.values()))
        for name, value in {**form.values, **answers}.items():
            if isinstance(value, tuple):
                data.add_field(name, value[1], filename=value[0], content_type="application/octet-stream")
            elif isinstance(value, bool):
                if value:
                    data.add_field(name, "on")
            else:
                data.add_field(name, str(value))
        return self.stage.loop.run(self._request(form.method.upper(), form.action, data))

    async def _request(self, method: str, path: str, data: aiohttp.FormData | None = None) -> WebScreen:
        url = URL(self.stage.address).join(URL(path))
        async with (
            aiohttp.ClientSession(cookies=self._cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client,
            client.request(method, url, data=data) as response,
        ):
            self._cookies.update({cookie.key: cookie.value for cookie in client.cookie_jar})
            return WebScreen(self, read(await response.text(), response.status, str(response.url)))


class WebSurface:
    """Everybody has a browser and signs in once a day."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._browsers: dict[int, Browser] = {}

    def browser(self, person: Person) -> Browser:
        """Return a person's browser."""
        known = self._browsers.get(person.id)
        if known is None or self._stage.now - known.since > timedelta(hours=8):
            self._browsers[person.id] = Browser(self._stage, person)
        return self._browsers[person.id]

    def opens(self, person: Person) -> WebScreen:
        """See Surface.opens."""
        return self.browser(person).get("/go/todo")

    def meets(self) -> None:
        """See Surface.meets: everybody has a browser."""

    def says(self, person: Person, words: str) -> WebScreen:
        """See Surface.says."""
        page = self.browser(person).get("/go/help").page
        box = next(form for form in page.forms if form.action == "/say")
        return self.browser(person).send(box, {"words": words})
