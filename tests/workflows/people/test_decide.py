"""Line numbers as people type them, and as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.person import RosterLine
from workflows.people.lines import Decided, choose, compact


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("12", [12]),
        ("12, 14-16", [12, 14, 16]),
        (" 16 ; 12 ", [12, 16]),
        ("1 \N{EN DASH} 9999999", [12, 14, 16, 200]),
        ("12-12,12", [12]),
    ],
)
def test_what_is_typed_picks_among_the_lines_there(typed: str, lines: list[int]) -> None:
    assert choose(typed, [12, 14, 16, 200]) == lines


@pytest.mark.parametrize("typed", ["", "twelve", "13", "12,13", "20-30", "14-12", "12-", "-12", "1" * 400, "12;;'"])
def test_what_names_no_line_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Write line numbers|none of these lines"):
        choose(typed, [12, 14, 16, 200])


@given(st.sets(st.integers(2, 400), min_size=1), st.sets(st.integers(2, 400)))
def test_what_is_kept_means_the_same_lines(taken: set[int], others: set[int]) -> None:
    """Two hundred lines, taken here and there, are kept in a few characters."""
    decided = Decided({"take_unmatched": compact(sorted(taken))})
    there = [RosterLine(action="unmatched", line=line) for line in sorted(taken | others)]
    assert {one.line for one in there if decided.carries_out(one)} == taken
    assert choose(compact(sorted(taken)), sorted(taken)) == sorted(taken)


def test_all_none_and_what_was_kept_before() -> None:
    """The first imports kept yes or no."""
    line = RosterLine(action="returning", line=7)
    assert Decided({"take_returning": "all"}).carries_out(line)
    assert Decided({"take_returning": True}).carries_out(line)
    for none in ("", False, None):
        assert not Decided({"take_returning": none}).carries_out(line)
    assert Decided({}).carries_out(RosterLine(action="new", line=7))
    assert not Decided({}).carries_out(RosterLine(action="same", line=7))
