"""The login service and the signing keys of Microsoft, on loopback: it signs what it is asked to, right or wrong."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
APP = "6a1c7b6e-0000-4000-8000-00000000c0de"
TENANT = "2f9b3a10-0000-4000-8000-0000000000aa"


class Issuer:
    """Publishes a metadata document and keys, gives out tokens for the Bot Connector, and signs activities."""

    def __init__(self) -> None:
        self.address = ""
        self.documents = 0  # how often the key document was fetched
        self.tokens = 0  # how often a token for the Bot Connector was given out
        self.broken = False
        self._private: dict[str, rsa.RSAPrivateKey] = {}
        self._endorsements: dict[str, list[str]] = {}
        self.kid = self.rotate()

    def rotate(self, endorsements: tuple[str, ...] = ("msteams",)) -> str:
        """Sign with a new key from now on, and publish only that; return its id."""
        self._private.clear()
        return self.add(endorsements)

    def add(self, endorsements: tuple[str, ...] = ("msteams",)) -> str:
        """Publish one more key, and sign with it from now on."""
        self.kid = secrets.token_hex(8)
        self._private[self.kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._endorsements[self.kid] = list(endorsements)
        return self.kid

    def private(self, kid: str = "") -> rsa.RSAPrivateKey:
        """Return a private key."""
        return self._private[kid or self.kid]

    def claims(self, now: datetime, service_url: str, **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token; None takes one away."""
        good = {
            "iss": ISSUER,
            "aud": APP,
            "nbf": int((now - timedelta(minutes=1)).timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            "serviceurl": service_url,
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """Return a token with these claims."""
        return jwt.encode(claims, self.private(), "RS256", headers={"kid": self.kid, **header})

    def routes(self) -> list[web.RouteDef]:
        """Return the routes: the metadata document, the keys, and the tokens of a tenant."""
        return [
            web.get("/v1/.well-known/openidconfiguration", self._document),
            web.get("/v1/keys", self._keys),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ]

    async def _document(self, request: web.Request) -> web.Response:
        self.documents += 1
        if self.broken:
            raise web.HTTPServiceUnavailable
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{request.url.origin()}/v1/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        published = [
            {
                **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())),
                "kid": kid,
                "use": "sig",
                "endorsements": self._endorsements[kid],
            }
            for kid, key in self._private.items()
        ]
        return web.json_response({"keys": published})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        good = form.get("grant_type") == "client_credentials" and form.get("client_secret") == "secret"
        if not good or form.get("client_id") != APP or form.get("scope") != f"{ISSUER}/.default":
            return web.json_response({"error": "invalid_client"}, status=401)
        self.tokens += 1
        return web.json_response({"access_token": f"ours-{self.tokens}", "expires_in": 3599, "token_type": "Bearer"})
