"""What Slack never sends, truly signed: cut, malformed, and thousands of near misses."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.kept import LOUD, logged, nothing_changes
from tests.attacks.slack import JSON, post, send, signed
from tests.support.slack.deliver import FORM
from tests.support.slack.office import Office, open_office
from tests.support.wire import Wire

CHIDI = {"id": "U000006", "team_id": "T0HALDEN"}
PRESSED = {"type": "block_actions", "user": CHIDI, "team": {"id": "T0HALDEN"}, "actions": [{"action_id": "todo:1"}]}
SENT = {"type": "view_submission", "user": CHIDI, "team": {"id": "T0HALDEN"}, "view": {"callback_id": "form"}}
EVENT = {"type": "event_callback", "team_id": "T0HALDEN", "event": {"type": "message", "channel_type": "im"}}
COMMAND = b"command=%2Fcomply&text=todo&team_id=T0HALDEN&user_id=U000006"
DEEP = "[" * 100_000

MALFORMED: dict[str, tuple[str, bytes]] = {
    "no JSON": (JSON, b"{"),
    "nothing": (JSON, b""),
    "a list": (JSON, b"[]"),
    "a text": (JSON, b'"payload"'),
    "a number": (JSON, b"7"),
    "null": (JSON, b"null"),
    "no UTF-8": (JSON, b"\xff\xfe\xfa"),
    "a number of 5,000 digits": (JSON, b'{"type": ' + b"9" * 5_000 + b"}"),
    "a tower of brackets": (JSON, DEEP.encode()),
    "no type": (JSON, b'{"team_id": "T0HALDEN"}'),
    "a type that is a number": (JSON, b'{"type": 7}'),
    "an event that is a text": (JSON, json.dumps({**EVENT, "event": "message"}).encode()),
    "an event without a type": (JSON, json.dumps({**EVENT, "event": {}}).encode()),
    "a team that is a list": (JSON, json.dumps({**EVENT, "team_id": ["T0HALDEN"]}).encode()),
    "words that are an object": (
        JSON,
        json.dumps({**EVENT, "event": {"type": "message", "channel_type": {}}}).encode(),
    ),
    "files that are a text": (
        JSON,
        json.dumps({**EVENT, "event": {"type": "message", "channel_type": "im", "files": "x"}}).encode(),
    ),
    "a challenge that is an object": (JSON, b'{"type": "url_verification", "challenge": {}}'),
    "an empty form": (FORM, b""),
    "a form of something else": (FORM, b"a=b"),
    "a form that is no UTF-8": (FORM, b"payload=\xff"),
    "10,000 fields": (FORM, b"&".join(b"f%d=" % number for number in range(10_000))),
    "JSON under another name": ("text/plain", json.dumps(EVENT).encode()),
    "a command under another name": ("text/plain", COMMAND),
    "a command without a name": ("", COMMAND),
    "a command in parts": ("multipart/form-data; boundary=x", COMMAND),
    "two commands in one": (FORM, b"payload=%7B%7D&command=%2Fcomply"),
}
PAYLOADS: dict[str, object] = {
    "a payload that is a list": [],
    "a payload that is a text": "block_actions",
    "a user that is a list": {**PRESSED, "user": ["U1"]},
    "a user's id that is a number": {**PRESSED, "user": {"id": 7}},
    "a team that is a number": {**PRESSED, "team": 7},
    "no actions": {**PRESSED, "actions": []},
    "actions that are an object": {**PRESSED, "actions": {"action_id": "todo"}},
    "an action that is a text": {**PRESSED, "actions": ["todo"]},
    "an action's id that is an object": {**PRESSED, "actions": [{"action_id": {}}]},
    "a value that is a number": {**PRESSED, "actions": [{"action_id": "todo:1", "value": 7}]},
    "a container that is a text": {**PRESSED, "container": "message"},
    "a trigger that is a list": {**PRESSED, "trigger_id": []},
    "a view that is a text": {**SENT, "view": "form"},
    "a view that remembers no JSON": {**SENT, "view": {"callback_id": "form", "private_metadata": "{"}},
    "a view that remembers a list": {**SENT, "view": {"callback_id": "form", "private_metadata": "[]"}},
    "a view that remembers a tower": {**SENT, "view": {"callback_id": "form", "private_metadata": DEEP}},
    "a state that is a list": {**SENT, "view": {"callback_id": "form", "state": []}},
    "an answer that is a text": {**SENT, "view": {"callback_id": "form", "state": {"values": {"agree": "on"}}}},
    "an option that is a text": {
        **SENT,
        "view": {"state": {"values": {"a": {"v": {"type": "static_select", "selected_option": "x"}}}}},
    },
}


def test_what_slack_never_sends_is_turned_away(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Signed with the true secret, and still no accident of ours: 401, nothing written, nothing quoted."""
    caplog.set_level(logging.DEBUG)
    with nothing_changes(office):
        for name, (content_type, body) in MALFORMED.items():
            answer = post(office, body, signed(office, body, content_type))
            assert (answer.status, answer.body) == (401, b""), f"{name}: {answer.status}"
        for name, payload in PAYLOADS.items():
            marked = {**payload, "note": LOUD} if isinstance(payload, dict) else payload
            answer = send(office, marked)
            assert (answer.status, answer.body) == (401, b""), f"{name}: {answer.status}"
        too_much = Wire(office.stage).post("/slack/events", LOUD, Content_Length=str(2 * 1024**2))
        assert too_much.status == 401
    assert LOUD not in logged(capsys, caplog)


def test_what_is_new_to_us_is_taken_and_left(office: Office) -> None:
    """Slack may say more one day; an error would make it say it again."""
    with nothing_changes(office):
        for payload in (
            {"type": "something_new"},
            {**EVENT, "event": {"type": "something_new"}},
            {"type": "app_rate_limited"},
        ):
            assert send(office, payload, JSON).status == 200
        assert post(office, b"ssl_check=1", signed(office, b"ssl_check=1")).status == 200
        assert office.slack.run(office.slack.courier.post(b"", {})).status == 401


@pytest.fixture(scope="module")
def open_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for thousands of tries."""
    with open_office(f"sqlite:///{tmp_path_factory.mktemp('door') / 'countersign.db'}") as office:
        yield office


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    [
        "type", "user", "team", "team_id", "id", "event", "actions", "action_id", "value", "view", "state", "values",
        "private_metadata", "container", "channel", "trigger_id", "command", "text", "files", "callback_id",
        "enterprise", "authorizations", "message", "response_urls", "submit", "previous_view_id", "is_ephemeral",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "block_actions", "view_submission", "view_closed", "event_callback", "block_suggestion", "message_action",
        "shortcut", "message", "im", "app_home_opened", "home", "team_join", "user_change", "tokens_revoked", "{}",
        "reaction_added", "todo:1", ".page:2", ".form:0", "U000006", "T0HALDEN", "checkboxes", "static_select",
    ]
)  # fmt: skip
ALMOST = st.recursive(
    WORDS | st.text(max_size=5) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=30,
)
LIKE = st.fixed_dictionaries(
    {"type": WORDS, "user": ALMOST, "team": ALMOST}, optional={"event": ALMOST, "actions": ALMOST, "view": ALMOST}
)
TRIES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@TRIES
@given(body=st.binary(max_size=400), content_type=st.sampled_from([JSON, FORM, "text/plain", "multipart/form-data"]))
def test_any_bytes_are_no_accident(open_door: Office, body: bytes, content_type: str) -> None:
    """Signed, whatever they are."""
    assert post(open_door, body, signed(open_door, body, content_type)).status in (200, 401)


@TRIES
@given(payload=ANYTHING | ALMOST | LIKE, content_type=st.sampled_from([JSON, FORM]))
def test_any_json_is_no_accident(open_door: Office, payload: object, content_type: str) -> None:
    """Whatever stands in it, and however near it comes to what Slack says."""
    assert send(open_door, payload, content_type).status in (200, 401)
