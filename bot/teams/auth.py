"""Who sent an activity: a token that the Bot Connector signed for us, checked before anything of the body counts.

The rules are those of the page "Authenticate requests from the Bot Connector service to your bot".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import jwt

from bot.teams.keys import Keys, Unavailable

CHANNEL = "msteams"
LEEWAY = timedelta(minutes=5)
LONGEST = 16 * 1024  # characters of a header; real tokens have about 1,500


class Unverified(Exception):
    """A request that is not known to come from the Bot Connector, or not for us: 401, or 403 where it is known."""

    def __init__(self, status: Literal[401, 403] = 401) -> None:
        super().__init__(status)
        self.status = status


class Verifier:
    """Checks tokens for one app id."""

    def __init__(self, keys: Keys, app_id: str, issuer: str) -> None:
        self._keys = keys
        self._app_id = app_id
        self._issuer = issuer

    async def claims(self, authorization: str) -> Mapping[str, Any]:
        """Return the claims of the bearer token in an Authorization header, with `endorsements` of its key beside them.

        Raises Unverified, also where the keys cannot be had: what cannot be checked is not taken.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(authorization) > LONGEST or not token.isascii():
            raise Unverified
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            key = await self._keys.key(kid) if isinstance(kid, str) and header.get("alg") == "RS256" else None
            if key is None:
                raise Unverified
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
            )
        except (jwt.PyJWTError, Unavailable, ValueError, TypeError) as error:
            raise Unverified from error
        return {**claims, "endorsements": key.endorsements}


def vouched(claims: Mapping[str, Any], activity: Mapping[str, Any]) -> None:
    """Check that a token speaks for this very activity: its channel and its service address. Raises Unverified."""
    # A bot may be offered on other channels as well, where whoever writes says themselves who they are.
    if activity.get("channelId") != CHANNEL or CHANNEL not in claims["endorsements"]:
        raise Unverified(403)
    claimed = claims.get("serviceurl") or claims.get("serviceUrl")
    if not isinstance(claimed, str) or claimed != activity.get("serviceUrl"):
        raise Unverified(403)
