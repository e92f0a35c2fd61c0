"""Tokens lie encrypted; keys change without anybody noticing."""

from __future__ import annotations

import pytest

from bot.slack.keys import Keys, Unreadable

OLD, NEW = "the key that was there first, long enough", "the key that took its place, as long"


def test_what_is_kept_says_nothing_and_opens_again() -> None:
    keys = Keys([NEW])
    kept = keys.close("xoxb-1-secret")
    assert b"xoxb" not in kept
    assert keys.open(kept) == "xoxb-1-secret"
    assert keys.close("xoxb-1-secret") != kept


def test_an_older_key_still_opens_and_is_found_out() -> None:
    kept = Keys([OLD]).close("xoxb-1-secret")
    both = Keys([NEW, OLD])
    assert both.open(kept) == "xoxb-1-secret"
    assert both.outdated(kept)
    assert not both.outdated(both.close("xoxb-1-secret"))


@pytest.mark.parametrize(
    "kept", [b"", b"nothing of ours", Keys([OLD]).close("xoxb-1-secret")], ids=["empty", "foreign", "old"]
)
def test_without_its_key_nothing_opens(kept: bytes) -> None:
    with pytest.raises(Unreadable):
        Keys([NEW]).open(kept)
