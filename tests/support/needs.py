"""A test that lacks something on this machine is skipped loudly, or fails where COUNTERSIGN_REQUIRE_ALL is set."""

import os
from collections import Counter
from typing import NoReturn

import pytest

# A fixture that stands for something a machine may lack, and the marker that its tests get.
_MARKS = {"postgres_url": "postgres", "browser": "browser"}
_LACKING = "this machine lacks "


def lacking(what: str, remedy: str) -> NoReturn:
    """Skip the test that needs `what`, saying how to install it; fail instead where everything is required."""
    reason = f"{_LACKING}{what}: {remedy}"
    if os.environ.get("COUNTERSIGN_REQUIRE_ALL"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL or a browser, so that `-m` can choose."""
    for item in items:
        for fixture, mark in _MARKS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end what was not tested, where nobody can overlook it."""
    reasons = (report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    missed = Counter(reason.removeprefix("Skipped: ") for reason in reasons if _LACKING in reason)
    if missed:
        terminalreporter.section("NOT EVERYTHING WAS TESTED", sep="!", red=True, bold=True)
    for reason, count in missed.items():
        terminalreporter.line(f"{count} skipped: {reason}", red=True, bold=True)
