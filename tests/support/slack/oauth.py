"""Installing: the page on which an admin agrees, and the exchange of its code. https://docs.slack.dev/authentication/installing-with-oauth"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.slack.methods import Asked, Wrong, method
from tests.support.slack.world import APP_ID, SCOPES, Team, Token, User

HOURS_12 = 43_200  # seconds that a token lives where tokens rotate


@dataclass
class Grant:
    """A code that can be exchanged once, within ten minutes."""

    team_id: str
    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    whole_company: bool
    born: float = field(default_factory=time.monotonic)


@dataclass
class Desk:
    """The app's client, and what was granted to it. `rotation` makes tokens that expire."""

    client_id: str = "111.222"
    client_secret: str = "a client secret of the stand-in"
    redirect_uris: tuple[str, ...] = ()
    rotation: bool = False
    grants: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)

    def agree(self, address: str, team: Team, user: User, *, whole_company: bool = False) -> str:
        """Let somebody agree on the page at `address`, and return where their browser goes then. Raises ValueError."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        scopes = tuple(one for one in asked.get("scope", "").split(",") if one)
        if asked.get("client_id") != self.client_id or not scopes:
            raise ValueError("invalid_client_id or no scope")
        back = asked.get("redirect_uri", "")
        if self.redirect_uris and back not in self.redirect_uris:
            raise ValueError("bad_redirect_uri")
        code = f"{team.id}.{secrets.token_hex(8)}"
        self.grants[code] = Grant(team.id, user.id, scopes, back, whole_company)
        return f"{back}?{urlencode({'code': code, 'state': asked.get('state', '')})}"


@method(
    "oauth.v2.access",
    "client_id client_secret",
    "code redirect_uri grant_type refresh_token",
    token="",
    tier=4,
    json=False,
)
def access(asked: Asked) -> dict[str, Any]:
    """A code, or a refresh token, for a token."""
    desk = asked.slack.oauth
    if asked.args["client_id"] != desk.client_id:
        raise Wrong("invalid_client_id")
    if asked.args["client_secret"] != desk.client_secret:
        raise Wrong("bad_client_secret")
    if asked.args.get("grant_type") == "refresh_token":
        return _refresh(asked, desk)
    grant = desk.grants.pop(asked.args.get("code", ""), None)
    if grant is None or time.monotonic() - grant.born > 600:
        raise Wrong("invalid_code")
    if asked.args.get("redirect_uri", "") != grant.redirect_uri:
        raise Wrong("bad_redirect_uri")
    team = asked.world.teams[grant.team_id]
    token = asked.world.token(team, scopes=grant.scopes)
    token.whole_company = grant.whole_company
    return {**_issued(desk, token, team), "authed_user": {"id": grant.user_id}}


def _refresh(asked: Asked, desk: Desk) -> dict[str, Any]:
    old = desk.refresh.pop(asked.args.get("refresh_token", ""), None)
    if old is None:
        raise Wrong("invalid_refresh_token")
    team = asked.world.teams[old.team_id]
    token = asked.world.token(team, scopes=old.scopes)
    token.whole_company = old.whole_company
    return _issued(desk, token, team)


def _issued(desk: Desk, token: Token, team: Team) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(token.scopes or SCOPES),
        "bot_user_id": team.bot_user_id,
        "app_id": APP_ID,
        "team": None if token.whole_company else {"id": team.id, "name": team.name},
        "enterprise": {"id": team.enterprise_id, "name": team.name} if team.enterprise_id else None,
        "is_enterprise_install": token.whole_company,
    }
    if desk.rotation:
        token.expires = time.monotonic() + HOURS_12
        again = f"xoxe-1-{secrets.token_hex(12)}"
        desk.refresh[again] = token
        body |= {"expires_in": HOURS_12, "refresh_token": again}
    return body
