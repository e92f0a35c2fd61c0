"""The same request of Slack again: within the window it has no second effect."""

from __future__ import annotations

from collections.abc import Mapping

from tests.attacks.kept import ASK
from tests.attacks.slack import command, post, signed
from tests.support.slack.office import Office


def again(office: Office, body: bytes, headers: Mapping[str, str]) -> list[int]:
    """Send the same three times, at the end of the window as well, and return what came back."""
    statuses = [post(office, body, headers).status for _ in range(2)]
    office.stage.later(seconds=290)
    statuses.append(post(office, body, headers).status)
    office.surface.settle()
    return statuses


def test_a_second_copy_has_no_second_effect(office: Office) -> None:
    """A command, a form and a message, each as it was, within the window: one record each."""
    chidi = office.client("Chidi")
    body = command(office, chidi.user)
    assert again(office, body, signed(office, body)) == [200, 200, 200]
    assert len(office.stage.records("policy.question")) == 1

    form = office.hand("Chidi").types("policy ask A-1")
    form.fills(question="May I?")
    (sent,) = form._done.values()
    assert again(office, sent.request, sent.headers) == [200, 200, 200]
    assert len(office.stage.records("policy.question")) == 2

    told = chidi.writes(ASK)
    office.surface.settle()
    said = len(chidi.direct.messages)
    assert again(office, told.request, told.headers) == [200, 200, 200]
    assert len(office.stage.records("policy.question")) == 3
    assert len(chidi.direct.messages) == said, "the bot answers a message once"

    body = command(office, chidi.user)
    headers = signed(office, body)
    office.stage.later(seconds=301)
    assert post(office, body, headers).status == 401
