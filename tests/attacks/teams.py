"""What an attacker of the Teams door needs: activities and tokens by hand, and a look at everything that is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization

from tests.attacks.kept import ASK
from tests.support.teams import activities
from tests.support.teams.deliver import Delivered
from tests.support.teams.office import Office


def typed(office: Office, words: str = ASK, name: str = "Chidi", **changed: Any) -> dict[str, Any]:
    """Return an activity with which somebody types, with some of it changed; None takes a part away."""
    found = {**activities.message(office.client(name).common("message"), words), **changed}
    return {part: value for part, value in found.items() if value is not None}


def post(office: Office, body: bytes, headers: Mapping[str, str]) -> Delivered:
    """Post a body with headers as they are."""
    return office.teams.run(office.teams.courier.post(body, headers))


def bearer(token: str) -> dict[str, str]:
    """Return the header with a token."""
    return {"Authorization": f"Bearer {token}"}


def good(office: Office, service_url: str = "", **changed: Any) -> str:
    """Return a token that is good but for the claims that are changed, to whatever; None takes a claim away."""
    issuer = office.teams.issuer
    told = issuer.claims(datetime.now().astimezone(), service_url or office.teams.service_url, **changed)
    return jwt.PyJWS().encode(json.dumps(told).encode(), issuer.private(), "RS256", headers={"kid": issuer.kid})


def send(office: Office, activity: Any, **claims: Any) -> Delivered:
    """Send an activity, truly signed but for the claims that are changed."""
    return post(office, json.dumps(activity).encode(), bearer(good(office, **claims)))


def claims(office: Office) -> dict[str, Any]:
    """Return the claims of a good token."""
    return office.teams.issuer.claims(datetime.now().astimezone(), office.teams.service_url)


def now(seconds: int = 0) -> int:
    """Return the machine's time, by which tokens are judged, `seconds` from now."""
    return int(datetime.now().astimezone().timestamp()) + seconds


def bare(header: Mapping[str, Any], body: Mapping[str, Any], signature: bytes = b"") -> str:
    """Return a token put together by hand."""
    return ".".join(coded(part) for part in (json.dumps(header).encode(), json.dumps(body).encode(), signature))


def coded(part: bytes) -> str:
    """Return bytes as a part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def with_public_key(office: Office, *, form: str = "PEM") -> str:
    """Return a token signed by HMAC, with the public key, which everybody knows, as its secret."""
    key = office.teams.issuer.private().public_key()
    formats = serialization.PublicFormat
    if form == "PEM":
        secret = key.public_bytes(serialization.Encoding.PEM, formats.SubjectPublicKeyInfo)
    else:
        secret = key.public_bytes(serialization.Encoding.DER, formats.PKCS1)
    unsigned = bare({"alg": "HS256", "typ": "JWT", "kid": office.teams.issuer.kid}, claims(office))[:-1]
    return f"{unsigned}.{coded(hmac.new(secret, unsigned.encode(), hashlib.sha256).digest())}"
