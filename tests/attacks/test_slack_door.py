"""What strangers try at the Slack door: forged, stale, cut, malformed and repeated requests."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.slack import ASK, JSON, LOUD, command, nothing_changes, post, send, signed, type_command
from tests.support.slack.deliver import FORM, sign
from tests.support.slack.office import Office, open_office
from tests.support.wire import Wire

Headers = dict[str, str]
Forge = Callable[[Office, bytes, Headers], tuple[bytes, Headers]]
SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Slack."""
    with open_office(sqlite_url) as office:
        yield office


def _set(**changed: str | None) -> Forge:
    """Return a forgery that sets or leaves out headers."""

    def forge(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
        told = {**headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
        return body, {name: value for name, value in told.items() if value is not None}

    return forge


def _signature(change: Callable[[str], str]) -> Forge:
    """Return a forgery that changes the signature."""
    return lambda office, body, headers: (body, {**headers, SIGNATURE: change(headers[SIGNATURE])})


def _body(change: Callable[[bytes], bytes]) -> Forge:
    """Return a forgery that changes the body after it was signed."""
    return lambda office, body, headers: (change(body), headers)


def _timestamp(change: Callable[[str], str]) -> Forge:
    """Return a forgery that changes the time, and cannot sign it."""
    return lambda office, body, headers: (body, {**headers, TIMESTAMP: change(headers[TIMESTAMP])})


def _late(seconds: int) -> Forge:
    """Return a request that was signed truly, at another time."""
    return lambda office, body, headers: (body, signed(office, body, seconds=seconds))


def _timed(timestamp: str) -> Forge:
    """Return a request whose signature fits a time that is none."""

    def forge(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
        signature = sign(office.slack.signing_secret, timestamp, body)
        return body, {**headers, TIMESTAMP: timestamp, SIGNATURE: signature}

    return forge


def _secret(secret: str) -> Forge:
    """Return a request signed with another secret."""
    return lambda office, body, headers: (body, signed(office, body, secret=secret))


def _other_hash(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    base = b"v0:" + headers[TIMESTAMP].encode() + b":" + body
    digest = hmac.new(office.slack.signing_secret.encode(), base, hashlib.sha1).hexdigest()
    return body, {**headers, SIGNATURE: f"v0={digest}"}


def _no_secret(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    base = b"v0:" + headers[TIMESTAMP].encode() + b":" + body
    return body, {**headers, SIGNATURE: "v0=" + hmac.new(b"", base, hashlib.sha256).hexdigest()}


def _of_nothing(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body, signed(office, b"")


def _zipped(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return gzip.compress(body), {**headers, "Content-Encoding": "gzip", SIGNATURE: "v0=" + "0" * 64}


def _no_gzip(office: Office, body: bytes, headers: Headers) -> tuple[bytes, Headers]:
    return body, {**headers, "Content-Encoding": "gzip"}


FORGED: dict[str, Forge] = {
    "no signature": _set(X_Slack_Signature=None),
    "no time": _set(X_Slack_Request_Timestamp=None),
    "neither": _set(X_Slack_Signature=None, X_Slack_Request_Timestamp=None),
    "an empty signature": _set(X_Slack_Signature=""),
    "an empty time": _set(X_Slack_Request_Timestamp=""),
    "a signature of nothing but its version": _set(X_Slack_Signature="v0="),
    "a signature that is words": _set(X_Slack_Signature="please"),
    "a signature beyond ASCII": _set(X_Slack_Signature="v0=é" + "0" * 62),
    "a signature of 7,000 characters": _set(X_Slack_Signature="v0=" + "0" * 7_000),
    "the signature without its version": _signature(lambda one: one.removeprefix("v0=")),
    "the signature of another version": _signature(lambda one: one.replace("v0=", "v1=")),
    "the signature in capitals": _signature(str.upper),
    "the signature cut": _signature(lambda one: one[:-1]),
    "the signature and more": _signature(lambda one: one + "0"),
    "the signature with its last digit changed": _signature(lambda one: one[:-1] + ("0" if one[-1] != "0" else "1")),
    "two signatures": _signature(lambda one: f"{one},{one}"),
    "another secret": _secret("a secret that somebody made up"),
    "the secret and a blank": _secret("a signing secret of the stand-in "),
    "an empty secret": _no_secret,
    "another hash": _other_hash,
    "the signature of an empty body": _of_nothing,
    "a byte more": _body(lambda body: body + b"0"),
    "a byte less": _body(lambda body: body[:-1]),
    "no body": _body(lambda body: b""),
    "other words": _body(lambda body: body.replace(LOUD.encode(), b"others")),
    "another person": _body(lambda body: body.replace(b"user_id=U", b"user_id=U9")),
    "a field more": _body(lambda body: body + b"&user_id=U000001"),
    "the fields in another order": _body(lambda body: b"&".join(reversed(body.split(b"&")))),
    "the same in capitals": _body(lambda body: body.replace(b"%2F", b"%2f")),
    "a second later": _timestamp(lambda one: str(int(one) + 1)),
    "a zero before the time": _timestamp(lambda one: f"0{one}"),
    "a time of 301 seconds ago": _late(-301),
    "a time of yesterday": _late(-86_400),
    "a time of 301 seconds from now": _late(301),
    "the time zero": _timed("0"),
    "a negative time": _timed("-1"),
    "a time with a fraction": _timed("1795424400.5"),
    "a time with an exponent": _timed("1e9"),
    "a time in hexadecimal": _timed("0x6b03a010"),
    "a time in other digits": _timed("١٧٩٥٤٢٤٤٠٠"),
    "a time with underscores": _timed("1_795_424_400"),
    "no number": _timed("nan"),
    "infinity": _timed("inf"),
    "a time of forty digits": _timed("9" * 40),
    "zipped": _zipped,
    "said to be zipped": _no_gzip,
    "a cookie instead": _set(X_Slack_Signature=None, Cookie="session=admin"),
    "a token instead": _set(X_Slack_Signature=None, Authorization="Bearer a signing secret of the stand-in"),
}


def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that was written anywhere."""
    out = capsys.readouterr()
    return out.out + out.err + "\n".join(f"{one.getMessage()} {one.exc_info}" for one in caplog.records)


def test_what_is_not_slacks_is_turned_away(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """401 for each of them; nothing is written, nothing is said in Slack, and no log quotes them."""
    caplog.set_level(logging.DEBUG)
    user = office.client("Chidi").user
    assert len(FORGED) > 40
    for name, forge in FORGED.items():
        body = command(office, user)
        with nothing_changes(office):
            answer = post(office, *forge(office, body, signed(office, body)))
        assert answer.status in ((400, 401) if "zipped" in name else (401,)), f"{name}: {answer.status}"
        assert LOUD.encode() not in answer.body, name
    assert office.client("Chidi").direct.messages == []
    assert LOUD not in logged(capsys, caplog)
    assert type_command(office, user).status == 200
    assert len(office.stage.records("policy.question")) == 1, "the same request, truly signed, counts"


def test_within_the_window_it_counts(office: Office) -> None:
    """Clocks may differ by five minutes, either way."""
    user = office.client("Chidi").user
    for seconds in (-299, 299):
        body = command(office, user)
        assert post(office, body, signed(office, body, seconds=seconds)).status == 200
    assert len(office.stage.records("policy.question")) == 2


CHIDI = {"id": "U000006", "team_id": "T0HALDEN"}
PRESSED = {"type": "block_actions", "user": CHIDI, "team": {"id": "T0HALDEN"}, "actions": [{"action_id": "todo:1"}]}
SENT = {"type": "view_submission", "user": CHIDI, "team": {"id": "T0HALDEN"}, "view": {"callback_id": "form"}}
EVENT = {"type": "event_callback", "team_id": "T0HALDEN", "event": {"type": "message", "channel_type": "im"}}
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


def test_the_address_is_proved_to_slack_alone(office: Office) -> None:
    """The challenge comes back where it was signed, and to nobody else."""
    body = json.dumps({"type": "url_verification", "challenge": "a challenge \ud800"}).encode()
    assert post(office, body, signed(office, body, JSON)).body == b"a challenge "
    assert post(office, body, {"Content-Type": JSON}).status == 401


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
