"""What strangers try at the Teams door: forged, stale, foreign and cut requests; and how a rotation of keys heals."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.attacks.kept import ASK, LOUD, logged, nothing_changes
from tests.attacks.teams import bare, bearer, claims, good, now, post, send, typed, with_public_key
from tests.support.teams.issuer import APP
from tests.support.teams.office import Office, open_office

Request = tuple[bytes, Mapping[str, str]]
Forge = Callable[[Office], Request]


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An office in Teams."""
    with open_office(sqlite_url) as office:
        yield office


def _headers(**headers: str) -> Forge:
    """Return a request with nothing but these headers."""
    return lambda office: (json.dumps(typed(office)).encode(), headers)


def _token(token: Callable[[Office], str]) -> Forge:
    """Return a request with this token."""
    return lambda office: (json.dumps(typed(office)).encode(), bearer(token(office)))


def _claims(**changed: Any) -> Forge:
    """Return a request whose token says something else, truly signed."""
    return _token(lambda office: good(office, **changed))


def _header(**changed: Any) -> Forge:
    """Return a request whose token has another header, truly signed."""
    return _token(lambda office: office.teams.issuer.sign(claims(office), **changed))


def _signed_by(key: Any, algorithm: str, **header: Any) -> Forge:
    """Return a request whose token somebody else signed."""
    return _token(
        lambda office: jwt.encode(claims(office), key, algorithm, headers={"kid": office.teams.issuer.kid, **header})
    )


def _own(algorithm: str) -> Forge:
    """Return a request whose token is signed by the right key in a way that is not used."""
    return _token(
        lambda office: jwt.encode(
            claims(office), office.teams.issuer.private(), algorithm, headers={"kid": office.teams.issuer.kid}
        )
    )


def _unsigned(signature: bytes = b"", **header: Any) -> Forge:
    return _token(lambda office: bare({"kid": office.teams.issuer.kid, **header}, claims(office), signature))


def _activity(**changed: Any) -> Forge:
    """Return a request whose token is good, for an activity that it does not speak for, or that is not for us."""
    return lambda office: (json.dumps(typed(office, **changed)).encode(), bearer(good(office)))


def _body(body: Callable[[Office], bytes]) -> Forge:
    return lambda office: (body(office), bearer(good(office)))


def _of_tenant(tenant: Any) -> Forge:
    """Return a request of another organisation's, which is truly signed: the same connector serves them all."""

    def forge(office: Office) -> Request:
        activity = typed(office, channelData={"tenant": {"id": tenant}})
        activity["conversation"]["tenantId"] = tenant
        return json.dumps(activity).encode(), bearer(good(office))

    return forge


def _from_service(address: Callable[[Office], str]) -> Forge:
    """Return a request with another service address, for which the token speaks."""
    return lambda office: (
        json.dumps(typed(office, serviceUrl=address(office))).encode(),
        bearer(good(office, address(office))),
    )


def _endorsed(*channels: str, **changed: Any) -> Forge:
    """Return a request signed by a key that may speak for these channels only."""

    def forge(office: Office) -> Request:
        before = office.teams.issuer.kid
        office.teams.issuer.add(channels)
        office.stage.later(minutes=6)  # the new key is asked for, so it is known when it is refused
        token = good(office)
        office.teams.issuer.kid = before
        return json.dumps(typed(office, **changed)).encode(), bearer(token)

    return forge


def _changed(office: Office) -> str:
    header, body, signature = good(office).split(".")
    other = bare({}, {**claims(office), "serviceurl": office.teams.service_url, "appid": "x"}).split(".")[1]
    assert other != body
    return f"{header}.{other}.{signature}"


OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
EVIL = "https://evil.example/emea/"

FORGED: dict[str, Forge] = {
    "no header": _headers(),
    "an empty header": _headers(Authorization=""),
    "a scheme alone": _headers(Authorization="Bearer"),
    "a scheme and a blank": _headers(Authorization="Bearer "),
    "another scheme": _headers(Authorization="Basic YWRtaW46YWRtaW4="),
    "a cookie instead": _headers(Cookie="session=admin"),
    "the app's own secret": _headers(Authorization="Bearer secret"),
    "a token without a scheme": lambda office: (json.dumps(typed(office)).encode(), {"Authorization": good(office)}),
    "our own token for the connector": _headers(Authorization="Bearer ours-1"),
    "garbage": _token(lambda office: "garbage"),
    "dots": _token(lambda office: ".."),
    "three dots": _token(lambda office: f"{good(office)}."),
    "no base64": _token(lambda office: "a!.b!.c!"),
    "two tokens": _token(lambda office: f"{good(office)} {good(office)}"),
    "a token in quotes": _token(lambda office: f'"{good(office)}"'),
    "a token beyond ASCII": _token(lambda office: "tökèn"),
    "7,000 letters": _token(lambda office: "x" * 7_000),
    "a token cut off": _token(lambda office: good(office)[:-20]),
    "a token without its signature": _token(lambda office: good(office).rpartition(".")[0] + "."),
    "a token with other claims": _token(_changed),
    "another issuer": _claims(iss="https://sts.windows.net/evil/"),
    "the issuer of the emulator": _claims(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
    "the issuer with a slash": _claims(iss="https://api.botframework.com/"),
    "issuers": _claims(iss=["https://api.botframework.com"]),
    "no issuer": _claims(iss=None),
    "another audience": _claims(aud="6a1c7b6e-0000-4000-8000-0000000000ff"),
    "the audience of the connector": _claims(aud="https://api.botframework.com"),
    "the audience in capitals": _claims(aud=APP.upper()),
    "audiences": _claims(aud=[APP, "somebody-else"]),
    "an empty audience": _claims(aud=""),
    "no audience": _claims(aud=None),
    "expired": _claims(exp=now(-310)),
    "expired in the last century": _claims(exp=1),
    "expires in words": _claims(exp="tomorrow"),
    "expires never": _claims(exp=None),
    "not yet valid": _claims(nbf=now(3_600)),
    "valid from nobody knows when": _claims(nbf=None),
    "issued in the future": _claims(iat=now(3_600)),
    "another service's": _claims(serviceurl=EVIL),
    "a service in capitals": _token(lambda office: good(office, office.teams.service_url.upper())),
    "a service without its slash": _token(lambda office: good(office, office.teams.service_url.rstrip("/"))),
    "services": _claims(serviceurl=[EVIL]),
    "no service": _claims(serviceurl=None),
    "algorithm none": _unsigned(alg="none"),
    "algorithm None": _unsigned(alg="None"),
    "no algorithm": _unsigned(b"x" * 256),
    "an algorithm that is a list": _unsigned(b"x" * 256, alg=["RS256"]),
    "HS256 with the public key": _token(with_public_key),
    "HS256 with the public key as DER": _token(lambda office: with_public_key(office, form="DER")),
    "HS256 with nothing": _unsigned(b"x" * 32, alg="HS256"),
    "RS512 by the right key": _own("RS512"),
    "PS256 by the right key": _own("PS256"),
    "ES256": _signed_by(CURVE, "ES256"),
    "signed by somebody else": _signed_by(OTHER, "RS256"),
    "an unknown key": _signed_by(OTHER, "RS256", kid="deadbeef"),
    "a key that is a path": _signed_by(OTHER, "RS256", kid="../../etc/passwd"),
    "a key from an address of theirs": _signed_by(OTHER, "RS256", kid="theirs", jku="https://evil.example/keys"),
    "a key that they brought": _signed_by(
        OTHER, "RS256", jwk=json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OTHER.public_key()))
    ),
    "something critical": _header(crit=["evil"], evil=True),
    "no key": _unsigned(b"x" * 256, alg="RS256", kid=None),
    "a key that is a number": _unsigned(b"x" * 256, alg="RS256", kid=7),
    "a key for another channel": _endorsed("webchat", "directline"),
    "a key for no channel": _endorsed(),
    "a key for both, and the other channel": _endorsed("msteams", "webchat", channelId="webchat"),
    "another channel": _activity(channelId="webchat"),
    "the channel of the emulator": _activity(channelId="emulator"),
    "no channel": _activity(channelId=None),
    "a channel that is a list": _activity(channelId=["msteams"]),
    "an activity of another service": _activity(serviceUrl=EVIL),
    "an activity of no service": _activity(serviceUrl=None),
    "a service that is not on the list": _from_service(lambda office: EVIL),
    "a service with a name before it": _from_service(
        lambda office: office.teams.service_url.replace("//", "//smba.trafficmanager.net@")
    ),
    "a service whose name begins alike": _from_service(lambda office: office.teams.service_url.rstrip("/") + ".evil/"),
    "a file of this machine": _from_service(lambda office: "file:///etc/passwd"),
    "another tenant": _of_tenant("2f9b3a10-0000-4000-8000-0000000000bb"),
    "an empty tenant": _of_tenant(""),
    "a tenant that is a list": _of_tenant(["2f9b3a10-0000-4000-8000-0000000000aa"]),
    "tenants": _of_tenant("2f9b3a10-0000-4000-8000-0000000000aa,2f9b3a10-0000-4000-8000-0000000000bb"),
    "no tenant": _activity(channelData=None, conversation={"id": "a:1"}),
    "no body": _body(lambda office: b""),
    "no JSON": _body(lambda office: b"{" + LOUD.encode()),
    "a list of activities": _body(lambda office: json.dumps([typed(office)]).encode()),
    "half a megabyte and more": _body(lambda office: json.dumps(typed(office, LOUD * 20_000)).encode()),
}


def test_what_is_not_the_connectors_is_turned_away(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """401 or 403 for each of them; nothing is written, nothing is said in Teams, and no log quotes them."""
    caplog.set_level(logging.DEBUG)
    assert send(office, typed(office, "help")).status == 200
    office.surface.settle()
    said, asked = len(office.client("Chidi").chat.messages), len(office.teams.log.calls)
    assert len(FORGED) >= 40
    for name, forge in FORGED.items():
        body, headers = forge(office)
        with nothing_changes(office):
            answer = post(office, body, headers)
        assert answer.status in (401, 403), f"{name}: {answer.status} {answer.error}"
        assert answer.body == b"", name
    assert len(office.client("Chidi").chat.messages) == said
    assert len(office.teams.log.calls) == asked, "nobody is asked about who was turned away"
    told = logged(capsys, caplog)
    for secret in (LOUD, good(office)[:40], "Chidi", office.client("Chidi").user.account):
        assert secret not in told
    assert send(office, typed(office)).status == 200
    assert len(office.stage.records("policy.question")) == 1, "the same, truly signed, counts"


def test_within_five_minutes_clocks_may_differ(office: Office) -> None:
    """The leeway that Microsoft names, either way."""
    assert send(office, typed(office, "todo"), exp=now(-240)).status == 200
    assert send(office, typed(office, "todo"), nbf=now(240)).status == 200


def test_a_rotation_of_keys_heals_within_seconds(office: Office) -> None:
    """The first activity under a new key is taken; what is made up meanwhile fetches nothing more."""
    issuer = office.teams.issuer
    assert send(office, typed(office, "todo")).status == 200
    assert issuer.documents == 1
    issuer.rotate()
    begun = time.monotonic()
    assert send(office, typed(office, f"{ASK} one")).status == 200
    assert time.monotonic() - begun < 5
    assert issuer.documents == 2
    forge = FORGED["an unknown key"]
    assert [post(office, *forge(office)).status for _ in range(20)] == [401] * 20
    assert issuer.documents == 2
    assert send(office, typed(office, f"{ASK} two")).status == 200
    assert len(office.stage.records("policy.question")) == 2


def test_a_rotation_heals_where_the_keys_cannot_be_had_at_first(office: Office) -> None:
    """A document that fails is asked for again after seconds, not after minutes."""
    issuer = office.teams.issuer
    assert send(office, typed(office, "todo")).status == 200
    issuer.rotate()
    issuer.broken = True
    assert send(office, typed(office, "todo")).status == 401
    issuer.broken = False
    office.stage.later(seconds=6)
    assert send(office, typed(office, "todo")).status == 200
