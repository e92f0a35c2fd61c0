"""What somebody asked to see does not go on saying what is over."""

from __future__ import annotations

import pytest

from tests.support.slack.office import Office
from tests.support.slack.seen import read


@pytest.mark.parametrize("typed", [True, False])
def test_the_answer_in_which_something_was_pressed_is_drawn_anew(office: Office, typed: bool) -> None:
    """Chidi acknowledges from his list: it does not go on saying that something waits."""
    hand = office.hand("Chidi")
    form = (hand.types("todo") if typed else hand.writes("todo")).presses("Acknowledge")
    answer = hand.client.direct.messages[-1]
    assert answer.edits == 0
    form.fills(agree=True, typed_name="Chidi Okafor")
    office.surface.settle()
    assert "Nothing is waiting for you" in read(answer.blocks).text
    assert "Acceptable Use" not in answer.text
