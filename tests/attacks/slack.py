"""What an attacker of the Slack door needs: requests by hand, and a look at everything that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.attacks.kept import ASK
from tests.support.slack import payloads
from tests.support.slack.deliver import FORM, Delivered, sign
from tests.support.slack.office import Office
from tests.support.slack.world import User

JSON = "application/json"


def post(office: Office, body: bytes, headers: Mapping[str, str]) -> Delivered:
    """Post a body with headers as they are."""
    return office.slack.run(office.slack.courier.post(body, headers))


def signed(
    office: Office, body: bytes, content_type: str = FORM, *, seconds: int = 0, secret: str = ""
) -> dict[str, str]:
    """Return the headers of a body as Slack would sign it, `seconds` from now."""
    timestamp = str(int(office.stage.now.timestamp()) + seconds)
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret or office.slack.signing_secret, timestamp, body),
    }


def send(office: Office, payload: Any, content_type: str = FORM) -> Delivered:
    """Send a payload, signed: as JSON, or in the field of a form."""
    body = (
        json.dumps(payload).encode() if content_type == JSON else urlencode({"payload": json.dumps(payload)}).encode()
    )
    return post(office, body, signed(office, body, content_type))


def command(office: Office, user: User, words: str = ASK, **changed: str) -> bytes:
    """Return the body of a slash command."""
    where = office.slack.world.direct(user)
    payload = payloads.command(office.slack.world, user, "/comply", words, where, f"{office.slack.address}/response/x")
    return urlencode({**payload, **changed}).encode()


def type_command(office: Office, user: User, words: str = ASK, **changed: str) -> Delivered:
    """Send a slash command, signed."""
    body = command(office, user, words, **changed)
    return post(office, body, signed(office, body))


def answers() -> dict[str, Any]:
    """Return a whole answer to a question's form."""
    return {"question": {"v": {"type": "plain_text_input", "value": "May I?"}}}
