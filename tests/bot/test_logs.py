"""What stands in the logs, and what never does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log as in production; afterwards everything is as pytest left it."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the events so far; every line is one of them."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_time(stream: io.StringIO) -> None:
    structlog.get_logger().info("gesture", act="policy.acknowledge", note="two\nlines")
    (event,) = lines(stream)
    assert event["event"] == "gesture"
    assert event["act"] == "policy.acknowledge"
    assert event["level"] == "info"
    assert event["at"].endswith("Z")


def test_addresses_are_masked_at_any_depth(stream: io.StringIO) -> None:
    structlog.get_logger().warning(
        "to ana.duarte@halden.example",
        people=[{"mail": "Søren Kjær <søren@halden.example>"}],
        **{"bo@halden.example": 1},
    )
    assert "halden" not in stream.getvalue()
    assert stream.getvalue().count("[address]") == 3


def test_an_error_tells_where_and_never_what_somebody_wrote(stream: io.StringIO) -> None:
    try:
        int("I think this policy is nonsense")
    except ValueError:
        structlog.get_logger().exception("page failed")
    (event,) = lines(stream)
    assert "nonsense" not in stream.getvalue()
    assert [one["type"] for one in event["error"]] == ["ValueError"]
    assert "test_logs.py" in event["error"][0]["at"][0]


def test_what_broke_tells_the_places_it_came_through(stream: io.StringIO) -> None:
    """The last of them, without the words; the time of the line stands beside them."""

    def read() -> int:
        return int("I think this policy is nonsense")

    try:
        read()
    except ValueError as error:
        structlog.get_logger().error("page failed", **logs.place_of(error))
    (event,) = lines(stream)
    assert "nonsense" not in stream.getvalue()
    assert (event["error"], event["cause"]) == ("ValueError", "NoneType")
    outer, inner = event["where"].split(" > ")
    assert outer.startswith("test_logs.py:")
    assert outer.endswith(" test_what_broke_tells_the_places_it_came_through")
    assert inner.endswith(" read")
    assert event["at"].endswith("Z")


def test_lines_of_libraries_keep_their_template_only(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling %s", "GET /go/policy.ask?question=nonsense")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception='nonsense'>")
    logging.getLogger("sqlalchemy.engine").info("SELECT nonsense")
    assert "nonsense" not in stream.getvalue()
    assert [event["event"] for event in lines(stream)] == ["Error handling %s", "Task exception was never retrieved"]
    assert lines(stream)[0]["logger"] == "aiohttp.server"
