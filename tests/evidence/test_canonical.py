"""The bytes of evidence are those of RFC 8785: its reference implementation is the judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import NotCanonical, canonical, instant

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=30)


@given(VALUES)
def test_whatever_is_taken_has_the_bytes_of_the_standard(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [1.0, 2**53, -(2**53), {"é": 1}, {1: "a"}, "\ud800", {"a": [{"b": b"bytes"}]}, datetime.now(UTC)]
)
def test_what_the_subset_does_not_hold_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical({"deep": [value]})


def test_an_instant_has_one_way_to_be_written() -> None:
    """Always UTC, always microseconds, so that text sorts as time does."""
    at = datetime(2026, 3, 31, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    assert instant(at) == "2026-03-31T09:00:00.000000Z"
    assert instant(at + timedelta(microseconds=7)) == "2026-03-31T09:00:00.000007Z"
    with pytest.raises(NotCanonical):
        instant(datetime(2026, 3, 31, 11, 0))  # noqa: DTZ001 - that is what must be refused
