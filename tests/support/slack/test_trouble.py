"""What goes wrong on demand: broken connections, slow answers, limits."""

from __future__ import annotations

import time

import aiohttp
import pytest

from tests.support.slack.conftest import Api
from tests.support.slack.faults import Fault
from tests.support.slack.limits import Limits
from tests.support.slack.log import Call, Log
from tests.support.slack.server import Slack
from tests.support.slack.world import Team


def said(slack: Slack) -> list[str]:
    """Return what stands in Chidi's direct message."""
    return [message.text for message in slack.world.direct(slack.world.users["U1"]).messages]


@pytest.mark.parametrize(("kind", "taken"), [("drop before", []), ("drop after", ["a"])])
def test_a_broken_connection(slack: Slack, api: Api, kind: str, taken: list[str]) -> None:
    slack.faults.add(Fault(kind, "chat.postMessage"))  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientConnectionError):
        api.call("chat.postMessage", channel="U1", text="a")
    assert said(slack) == taken
    (call,) = slack.log.of("chat.postMessage")
    assert (call.error, call.taken) == ("dropped", bool(taken))
    assert api.call("chat.postMessage", channel="U1", text="b")["ok"] is True


def test_other_faults(slack: Slack, api: Api) -> None:
    for fault in (Fault("status", status=500), Fault("rate", seconds=3), Fault("page"), Fault("error", error="busy")):
        slack.faults.add(fault)
    sent = {"channel": "U1", "text": "a"}
    with pytest.raises(aiohttp.ContentTypeError):
        api.ask("chat.postMessage", **sent)
    status, body, headers = api.ask("chat.postMessage", **sent)
    assert (status, body["error"], headers["Retry-After"]) == (429, "ratelimited", "3")
    with pytest.raises(aiohttp.ContentTypeError):
        api.ask("chat.postMessage", **sent)
    assert api.call("chat.postMessage", **sent)["error"] == "busy"
    assert said(slack) == []
    slack.faults.add(Fault("slow after", seconds=0.1))
    begun = time.monotonic()
    assert api.call("chat.postMessage", **sent)["ok"] is True
    assert time.monotonic() - begun >= 0.1


def test_a_workspace_takes_so_many_a_second(slack: Slack, api: Api) -> None:
    slack.limits = Limits(per_second=50, burst=2)
    answers = [api.ask("chat.postMessage", channel="U1", text="a") for _ in range(4)]
    refused = [headers["Retry-After"] for status, _, headers in answers if status == 429]
    assert refused
    assert set(refused) == {"1"}
    assert len(said(slack)) == 4 - len(refused)
    assert {call.bucket for call in slack.log.calls if call.status == 429} == {"workspace"}


def test_a_conversation_takes_one_a_second(slack: Slack, team: Team, api: Api) -> None:
    slack.limits = Limits(per_conversation=1, conversation_burst=2)
    statuses = [api.ask("chat.postMessage", channel="U1", text="a")[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert api.ask("chat.postMessage", channel="U2", text="a")[0] == 200


def test_users_list_is_tier_2(slack: Slack, api: Api) -> None:
    slack.limits = Limits(tiers=True)
    statuses = [api.ask("users.list", limit="1")[0] for _ in range(22)]
    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429


def test_who_calls_too_early_is_found() -> None:
    """Between the answer 429 and the end of its Retry-After nothing may begin that draws from the same limit."""
    refused = Call(
        "chat.postMessage", 10.0, "D1", team_id="T1", ended=10.1, status=429, bucket="workspace", retry_after=2
    )
    crossing = Call("chat.postMessage", 10.05, "D2", team_id="T1", ended=10.3, status=200)
    early = Call("chat.postMessage", 11.0, "D3", team_id="T1", ended=11.1, status=200)
    elsewhere = Call("chat.postMessage", 11.0, "D4", team_id="T2", ended=11.1, status=200)
    home = Call("views.publish", 11.0, team_id="T1", ended=11.1, status=200)
    after = Call("chat.postMessage", 12.2, "D3", team_id="T1", ended=12.3, status=200)
    log = Log([refused, crossing, early, elsewhere, home, after])
    assert log.too_early() == [(refused, early)]
