"""What stands in a question before anybody answers it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.text.filled import chosen, day, given
from models.message import Choice, Option, Text

CHANNELS = (Option("slack", "Slack"), Option("none", "None of them"), Option("mail", "E-mail"))


def test_what_was_sent_counts_before_what_was_filled_in() -> None:
    reason = Text("reason", "Reason", value="Long leave")
    assert given(reason, {}) == "Long leave"
    assert given(reason, {"reason": ""}) == ""


@pytest.mark.parametrize("value", ["slack,mail", "E-mail, SLACK", ["mail", "slack"], ("slack", "E-MAIL ")])
def test_several_are_chosen_by_value_or_label_in_the_order_of_the_options(value: Any) -> None:
    assert chosen(Choice("by", "By", options=CHANNELS, many=True), value) == ["slack", "mail"]


def test_one_is_chosen_and_nothing_is_no_choice() -> None:
    one = Choice("by", "By", options=CHANNELS)
    assert chosen(one, "e-mail") == ["mail"]
    for nothing in (None, "", "fax", "slack,mail"):
        assert chosen(one, nothing) == []


def test_a_day_in_figures() -> None:
    assert day("2026-11-24") == day("20261124") == "2026-11-24"
    for no_day in (None, "", "next friday", "2026-02-30"):
        assert day(no_day) == ""
