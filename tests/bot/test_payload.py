"""What a chat sent, read one thing at a time: what is missing is empty, what has another shape is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.payload import LATE, SKEW, Malformed, part, parts, plausible, text
from tests.support.stage import MONDAY


def test_what_is_there_and_what_is_missing() -> None:
    sent: dict[str, Any] = {"user": {"id": "U1"}, "files": [{"id": "F1"}], "text": "todo\x00", "nothing": None}
    assert part(sent, "user") == {"id": "U1"}
    assert parts(sent, "files") == [{"id": "F1"}]
    assert text(sent, "text") == "todo"
    for name in ("missing", "nothing"):
        assert (part(sent, name), parts(sent, name), text(sent, name)) == ({}, [], "")


@pytest.mark.parametrize("value", [0, 1.5, True, ["U1"], [{"id": "U1"}, "U2"]])
def test_another_shape_is_refused(value: object) -> None:
    for read in (part, parts, text):
        with pytest.raises(Malformed):
            read({"user": value}, "user")


def test_a_time_that_makes_no_sense_is_ours() -> None:
    second = timedelta(seconds=1)
    for told in (MONDAY - LATE + second, MONDAY, MONDAY + SKEW):
        assert plausible(told, MONDAY) == told
    for told in (MONDAY - LATE, MONDAY + SKEW + second):
        assert plausible(told, MONDAY) == MONDAY
