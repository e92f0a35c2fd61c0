"""How much is measured: in full, or just enough to see that everything still runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of every measurement; seconds, requests, people or rows."""

    rounds: int = 5
    answers: int = 1_500  # through the whole stack, in each round
    bare: int = 5_000
    per_second: int = 200
    seconds: int = 30
    presses: int = 2_000  # of a button in Slack, in each round
    messages: int = 2_000  # of a campaign in Slack
    turns: int = 400  # in Teams, in each round
    rows: int = 1_500  # through the writer, in each round
    duties: int = 1_000_000
    employees: int = 100_000
    staff: int = 4_000  # who answer while people are imported
    beside: int = 20  # answers a second meanwhile

    @property
    def owed(self) -> int:
        """Return how many answers are given in all; one more round warms up."""
        return self.answers * (self.rounds + 1) + self.per_second * self.seconds


FULL = Scale()
QUICK = Scale(
    rounds=2,
    answers=40,
    bare=80,
    per_second=20,
    seconds=1,
    presses=40,
    messages=40,
    turns=40,
    rows=100,
    duties=20_000,
    employees=200,
    staff=20,
)
IN_FLIGHT = 32
