"""What no Teams ever sends, truly signed: whatever it is, it is no accident of ours."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.attacks.kept import LOUD, nothing_changes
from tests.attacks.teams import bearer, good, post, send, typed
from tests.support.teams import activities
from tests.support.teams.deliver import Delivered
from tests.support.teams.office import Office, open_office

BATCH = 20  # activities in one example: with the hundred examples of a quick run that makes 2,000
DEEP = "[" * 100_000


@pytest.fixture(scope="module")
def open_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for thousands of tries."""
    with open_office(f"sqlite:///{tmp_path_factory.mktemp('door') / 'countersign.db'}") as office:
        yield office


def _pressed(office: Office) -> dict[str, Any]:
    action = {"type": "Action.Execute", "title": "Send", "verb": "do"}
    return activities.executed(office.client("Chidi").common("invoke"), action, _answer(), "1")


def _answer() -> dict[str, Any]:
    return {"act": "policy.ask", "target": "A-1", "way": "send", "shown": "x", "f.question": LOUD}


def _dialog(step: str) -> Callable[[Office], dict[str, Any]]:
    return lambda office: activities.asked(office.client("Chidi").common("invoke"), step, _answer(), "1")


TRUE: dict[str, Callable[[Office], dict[str, Any]]] = {
    "typed": lambda office: typed(office, "todo"),
    "pressed": _pressed,
    "submitted": lambda office: activities.submitted(office.client("Chidi").common(""), _answer(), "1"),
    "fetched": _dialog("task/fetch"),
    "sent": _dialog("task/submit"),
    "installed": lambda office: activities.came(office.client("Chidi").common(""), added=True)[1],
    "met": lambda office: activities.came(office.client("Chidi").common(""), added=True)[0],
    "left": lambda office: activities.came(office.client("Chidi").common(""), added=False)[1],
}
KINDS = (
    "messageReaction", "messageUpdate", "messageDelete", "typing", "endOfConversation", "event", "handoff", "trace",
    "contactRelationUpdate", "deleteUserData", "suggestion", "command", "commandResult", "something new", "",
)  # fmt: skip
NAMES = (
    "composeExtension/query", "composeExtension/submitAction", "fileConsent/invoke", "signin/verifyState",
    "signin/tokenExchange", "config/fetch", "message/submitAction", "tab/fetch", "actionableMessage/executeAction",
    "application/search", "adaptiveCard/action2", "task/", "", "\u202e",
)  # fmt: skip


def test_what_is_new_to_us_is_taken_and_left(open_door: Office) -> None:
    """Teams may say more one day: other types, other invokes, other events are answered with 200 and do nothing."""
    with nothing_changes(open_door):
        for kind in KINDS:
            assert send(open_door, typed(open_door, "", type=kind)).status == 200, kind
        for name in NAMES:
            activity = {**_pressed(open_door), "name": name}
            assert send(open_door, activity).status == 200, name


ODD: tuple[Any, ...] = (None, True, 0, -1.5, 10**400, "", "x" * 3_000, "\x00\ud800", [], [None], [[]], {}, {"id": {}})
PARTS = (
    "type", "id", "timestamp", "localTimestamp", "localTimezone", "from", "conversation", "recipient", "entities",
    "channelData", "locale", "text", "textFormat", "attachments", "value", "name", "action", "replyToId",
    "membersAdded", "membersRemoved",
)  # fmt: skip


@pytest.mark.parametrize("kind", TRUE)
def test_every_part_may_be_anything(open_door: Office, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each part of each kind of activity, missing or of another sort: 200 or 403, and nothing that breaks inside."""
    whole = TRUE[kind](open_door)
    tries = [{**whole, part: odd} for part in PARTS for odd in ODD]
    tries += [{name: value for name, value in whole.items() if name != part} for part in PARTS]
    for inner in ("from", "conversation", "recipient", "channelData", "value"):
        tries += [{**whole, inner: {**whole.get(inner, {}), name: odd}} for name in whole.get(inner, {}) for odd in ODD]
    for activity, got in zip(tries, posts(open_door, tries), strict=True):
        assert got.status in (200, 403), f"{got.status} {got.error}: {activity}"
    open_door.surface.settle()
    assert broken(capsys) == []


RAW = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b"\xff\xfe\xfa",
    "UTF-16": '{"type": "message"}'.encode("utf-16"),
    "a list": b"[]",
    "a text": b'"message"',
    "a number": b"7",
    "null": b"null",
    "a number of 5,000 digits": b'{"type": ' + b"9" * 5_000 + b"}",
    "a tower of brackets": DEEP.encode(),
    "a tower of objects": b'{"a":' * 50_000,
    "not a number": b'{"type": NaN}',
    "twice the same": b'{"type": "message", "type": "invoke"}',
    "half a surrogate": b'{"type": "\\ud800"}',
}


def test_any_bytes_are_no_accident(open_door: Office) -> None:
    """Truly signed, and no activity: turned away."""
    with nothing_changes(open_door):
        for name, body in RAW.items():
            assert post(open_door, body, bearer(good(open_door))).status == 403, name
        whole = json.dumps(typed(open_door)).encode()
        for length in range(0, len(whole), 37):
            assert post(open_door, whole[:length], bearer(good(open_door))).status == 403, length


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
NAMED = st.sampled_from(
    [
        *PARTS, "data", "verb", "trigger", "context", "tenant", "aadObjectId", "conversationType", "mentioned",
        "contentType", "content", "downloadUrl", "act", "target", "words", "shown", "way", "page", "f.question",
        "f.agree", "f.", "msteams", "timezone", "tenantId",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "message", "invoke", "conversationUpdate", "installationUpdate", "add", "remove", "adaptiveCard/action",
        "task/fetch", "task/submit", "policy.ask", "policy.acknowledge", "todo.show", "inbox.show", "A-1", "POL-1",
        "open", "send", "page", "personal", "groupChat", "channel", "mention", "clientInfo", "Europe/Oslo", "No/Where",
        "application/vnd.microsoft.teams.file.download.info", "2026-11-23T09:00:00Z", "0000-00-00T99:99:99Z", "{}",
    ]
)  # fmt: skip
ALMOST = st.recursive(
    WORDS | st.text(max_size=5) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMED, inner, max_size=6),
    max_leaves=12,
)
CHANGE = st.tuples(st.lists(NAMED, min_size=1, max_size=4), ALMOST | ANYTHING)
MUTANT = st.tuples(st.sampled_from(sorted(TRUE)), st.lists(CHANGE, max_size=5))
# What fails is shown as it is: making it smaller would take twenty requests a step.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TRIES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], phases=PHASES)


def mutated(office: Office, kind: str, changes: list[tuple[list[str], Any]]) -> dict[str, Any]:
    """Return a true activity with other things at some places inside it."""
    found = copy.deepcopy(TRUE[kind](office))
    for path, value in changes:
        at: Any = found
        for name in path[:-1]:
            at = at.setdefault(name, {}) if isinstance(at, dict) else at
        if isinstance(at, dict):
            at[path[-1]] = value
    return found


@TRIES
@given(mutants=st.lists(MUTANT, min_size=BATCH, max_size=BATCH))
def test_what_is_almost_right_is_no_accident(
    open_door: Office, capsys: pytest.CaptureFixture[str], mutants: list[tuple[str, list[tuple[list[str], Any]]]]
) -> None:
    """True activities with anything anywhere: 200, 401 or 403; and nothing is left to the net below everything."""
    tries = [mutated(open_door, kind, changes) for kind, changes in mutants]
    for activity, got in zip(tries, posts(open_door, tries), strict=True):
        assert got.status in (200, 401, 403), f"{got.status} {got.error}: {activity}"
    open_door.surface.settle()
    assert broken(capsys) == []


@TRIES
@given(tries=st.lists(ANYTHING | ALMOST, min_size=BATCH, max_size=BATCH), words=st.binary(max_size=60))
def test_any_json_is_no_accident(open_door: Office, tries: list[object], words: bytes) -> None:
    """Whatever it is, under any token."""
    for got in posts(open_door, tries):
        assert got.status in (401, 403)
    assert post(open_door, words, {"Authorization": f"Bearer {words.hex()}"}).status == 401


def posts(office: Office, tries: list[Any]) -> list[Delivered]:
    """Send activities at once, each truly signed for the service everybody is at."""
    headers = bearer(good(office))

    async def whole() -> list[Delivered]:
        return await asyncio.gather(*(office.teams.courier.post(json.dumps(one).encode(), headers) for one in tries))

    return office.teams.run(whole())


def broken(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was caught only at the very end, by the log; somebody would have waited for a proper answer."""
    said = capsys.readouterr().out.splitlines()
    return [line for line in said if "activity failed" in line or "gesture failed" in line]
