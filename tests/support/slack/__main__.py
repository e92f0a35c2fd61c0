"""The stand-in as a program of its own: python -m tests.support.slack --port 8065 --per-second 8."""

from __future__ import annotations

import argparse
import sys
import threading

from tests.support.slack.limits import Limits
from tests.support.slack.server import Slack


def main() -> None:
    """Serve until the input ends or somebody interrupts; the address is printed once it answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--per-second", type=float, default=0.0, help="messages in a workspace; 0: any number")
    parser.add_argument("--burst", type=float, default=8.0)
    parser.add_argument("--per-conversation", type=float, default=0.0)
    parser.add_argument("--tiers", action="store_true", help="limit the other methods as well")
    parser.add_argument("--lag", type=float, nargs=2, default=(0.0, 0.0), metavar=("LEAST", "MOST"), help="seconds")
    given = parser.parse_args()
    limits = Limits(given.per_second, given.burst, given.per_conversation, tiers=given.tiers)
    slack = Slack(limits=limits)
    slack.faults.lag = (given.lag[0], given.lag[1])
    with slack.running(given.port):
        sys.stdout.write(slack.address + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
