"""Socket Mode: where the app gets an address from, and the web socket there. https://docs.slack.dev/apis/events-api/using-socket-mode"""

from __future__ import annotations

import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.slack.methods import Asked, method
from tests.support.slack.world import APP_ID


@method("apps.connections.open", scope="connections:write", token="app", tier=1)
def open_(asked: Asked) -> dict[str, Any]:
    """An address that can be connected to once."""
    ticket = secrets.token_hex(8)
    asked.slack.tickets.add(ticket)
    return {"url": f"{asked.slack.address.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"}


async def link(request: web.Request, slack: Any) -> web.StreamResponse:
    """Serve one web socket until either side has enough."""
    ticket = request.query.get("ticket", "")
    if ticket not in slack.tickets:
        raise web.HTTPForbidden
    slack.tickets.discard(ticket)
    if slack.faults.pick("link"):
        slack.happened()
        raise web.HTTPServiceUnavailable  # and the ticket is spent all the same
    socket = web.WebSocketResponse(heartbeat=10)
    await socket.prepare(request)
    slack.courier.sockets.append(socket)
    slack.happened()
    await socket.send_json({"type": "hello", "num_connections": len(slack.courier.sockets)})
    try:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                slack.courier.acknowledged(json.loads(message.data))
    finally:
        slack.courier.sockets.remove(socket)
    return socket
