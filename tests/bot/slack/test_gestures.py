"""What Slack sent, read: pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.payload import Malformed
from bot.slack.gestures import read
from bot.slack.payload import Origin, moment
from bot.slack.words import mentioned, typed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORIGIN = Origin("slack-v0", "0" * 64, NOW, "v0=signature")
CHIDI = {"id": "U1", "team_id": "T1"}


def pressed(**more: Any) -> dict[str, Any]:
    """Return a pressed button's payload."""
    action = {"type": "button", "action_id": "policy.acknowledge:3", "value": "A-1", "action_ts": "1795424399.5"}
    return {
        "type": "block_actions",
        "user": CHIDI,
        "team": {"id": "T1"},
        "trigger_id": "7.8",
        "actions": [action],
        **more,
    }


def test_typed_words_are_what_was_typed() -> None:
    """Slack's links, mentions and escapes become words again; what is no markup stays."""
    people = {"U1": '@"Ana Duarte"'}
    for slack, words in (
        ("ask A-1 is this &lt;ok&gt; &amp; fine?", "ask A-1 is this <ok> & fine?"),
        ("people <@U1|ana>", 'people @"Ana Duarte"'),
        ("people <@U2|bruno.k>", 'people @"bruno.k"'),
        ("people <@U2>", 'people @"U2"'),
        ("nudge <mailto:ana@halden.example|ana@halden.example>", "nudge ana@halden.example"),
        ("see <https://halden.example/a?b=1&amp;c=2|our page>", "see our page"),
        ("see <https://halden.example/a?b=1&amp;c=2>", "see https://halden.example/a?b=1&c=2"),
        ("in <#C1|general> and <!here>", "in #general and @here"),
        ("call <tel:+4912345|+49 12345>", "call +49 12345"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&lt;@U1&gt; is typed", "<@U1> is typed"),
        ("hidden \u202egnp.exe\x00", "hidden gnp.exe"),
        ("   ", ""),
    ):
        assert typed(slack, people) == words
    assert mentioned("<@U1> and <@W2|x>, not <#C1> nor <!subteam^S1>") == {"U1", "W2"}


def test_a_button_says_which_act_on_what() -> None:
    """The running number behind the act is only there to be different."""
    came = read(pressed(), ORIGIN)
    assert (came.kind, came.act, came.target, came.key) == ("button", "policy.acknowledge", "A-1", "7.8")
    assert came.at == NOW - timedelta(seconds=0.5)
    assert (came.team, came.user, came.user_team) == ("T1", "U1", "T1")


@pytest.mark.parametrize(
    ("more", "where", "stacked"),
    [
        ({"container": {"type": "message"}}, "card", 0),
        ({"container": {"type": "message", "is_ephemeral": True}}, "ephemeral", 0),
        ({"view": {"type": "home", "id": "V1"}}, "home", 1),
        ({"view": {"type": "modal", "id": "V1", "root_view_id": "V1", "previous_view_id": None}}, "modal", 1),
        ({"view": {"type": "modal", "id": "V2", "root_view_id": "V1", "previous_view_id": "V1"}}, "modal", 2),
        ({"view": {"type": "modal", "id": "V3", "root_view_id": "V1", "previous_view_id": "V2"}}, "modal", 3),
    ],
)
def test_where_it_was_pressed(more: dict[str, Any], where: str, stacked: int) -> None:
    """On a card, on an answer only one sees, in the home, or in a modal that lies on others."""
    spot = read(pressed(**more), ORIGIN).spot
    assert (spot.where, spot.stacked) == (where, stacked)


def test_a_form_is_read_by_the_kind_of_each_answer() -> None:
    """What was not filled in is empty."""
    chosen = {"value": "b"}
    values = {
        "text": {"v": {"type": "plain_text_input", "value": "typed\r\n\u202ewords"}},
        "empty": {"v": {"type": "plain_text_input", "value": None}},
        "day": {"v": {"type": "datepicker", "selected_date": "2026-12-07"}},
        "one": {"v": {"type": "radio_buttons", "selected_option": chosen}},
        "none": {"v": {"type": "static_select", "selected_option": None}},
        "many": {"v": {"type": "multi_static_select", "selected_options": [{"value": "a"}, chosen]}},
        "box": {"v": {"type": "checkboxes", "selected_options": [{"value": "on"}]}},
        "unticked": {"v": {"type": "checkboxes", "selected_options": []}},
        "file": {"v": {"type": "file_input", "files": [{"name": "a.csv", "size": 3, "url_private": "https://x"}]}},
    }
    view = {"private_metadata": '{"act": "policy.ask", "target": "A-1"}', "state": {"values": values}}
    came = read({"type": "view_submission", "user": CHIDI, "team": None, "view": view, "trigger_id": "7"}, ORIGIN)
    assert came.values == {
        "text": "typed\nwords", "empty": "", "day": "2026-12-07", "one": "b", "none": "", "many": ["a", "b"],
        "box": "on", "unticked": [],
    }  # fmt: skip
    assert came.handed["file"].name == "a.csv"
    assert (came.place.act, came.place.target, came.team) == ("policy.ask", "A-1", "T1")


def test_an_organisations_payloads_name_it() -> None:
    """With an app of a whole organisation the team may be missing."""
    came = read(pressed(team=None, enterprise={"id": "E1", "name": "Halden Group"}), ORIGIN)
    assert came.spaces == ("T1", "E1")
    event = {"type": "event_callback", "team_id": "T1", "event": {"type": "x"}}
    installed = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}
    for named in ({"enterprise_id": "E1"}, {"context_enterprise_id": "E1"}, {"authorizations": [installed]}):
        assert read({**event, **named}, ORIGIN).spaces == ("T1", "E1")
    assert read({**event, "context_enterprise_id": None, "authorizations": []}, ORIGIN).spaces == ("T1",)


def test_the_times_of_slack_are_kept_where_they_make_sense() -> None:
    """An event may be hours late; a time from nowhere is the request's."""
    assert moment("1795424300.25", NOW) == NOW - timedelta(seconds=99.75)
    for nonsense in ("", "soon", "nan", "inf", "-1", "1e300", "0", "1795524400", "1795024400"):
        assert moment(nonsense, NOW) == NOW


def test_what_has_no_key_of_its_own_has_the_requests() -> None:
    """So that a second copy is known as one."""
    payload = pressed()
    del payload["trigger_id"]
    assert read(payload, ORIGIN).key == "v0=signature"
    assert read({"type": "event_callback", "event_id": "Ev1", "event": {"type": "x"}}, ORIGIN).key == "Ev1"
    with pytest.raises(Malformed):
        read({"type": "event_callback", "event_id": 1, "event": {"type": "x"}}, ORIGIN)
