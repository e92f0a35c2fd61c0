"""What strangers try at the Slack door: forged and stale requests."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import logging
from collections.abc import Callable

import pytest

from tests.attacks.kept import LOUD, logged, nothing_changes
from tests.attacks.slack import JSON, command, post, signed, type_command
from tests.support.slack.deliver import sign
from tests.support.slack.office import Office

Headers = dict[str, str]

Forge = Callable[[Office, bytes, Headers], tuple[bytes, Headers]]
SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"


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


def test_the_address_is_proved_to_slack_alone(office: Office) -> None:
    """The challenge comes back where it was signed, and to nobody else."""
    body = json.dumps({"type": "url_verification", "challenge": "a challenge \ud800"}).encode()
    assert post(office, body, signed(office, body, JSON)).body == b"a challenge "
    assert post(office, body, {"Content-Type": JSON}).status == 401
