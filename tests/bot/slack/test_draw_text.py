"""Long text in Slack: a policy as it was written, what is cut, and where it is parted."""

from __future__ import annotations

import pytest

from bot.slack.draw.rich import Flow
from bot.slack.draw.text import cut
from bot.text.prose import draw_prose
from bot.text.words import pieces
from tests.bot.slack.reader import NAMES, read, seen

POLICY = """
# Purpose
We **protect** what _customers_ entrust to us. See [the guide](https://example.com/a?b=1&c=2).

1. Lock your screen:
   - at home
   - in a café
2. Type `todo` every day.

   Really.

> When in doubt, ask.
> It costs a minute.

| Class | Where |
| --- | --- |
| Public | [Site](https://example.com) |

***

## Exceptions
<!channel> and [a trap](javascript:alert(1)) and ![a picture](https://example.com/who-reads.png)

    code  as it is
"""


def test_a_policy_reads_as_it_was_written() -> None:
    flow = Flow()
    draw_prose(flow, POLICY, NAMES)
    assert read(flow.blocks) == seen(
        """
        *Purpose*
        We *protect* what customers entrust to us. See the guide <https://example.com/a?b=1&c=2>.
        1. Lock your screen:
          • at home
          • in a café
        2. Type `todo` every day.
        Really.
        | When in doubt, ask. It costs a minute.
            Class   Where
            Public  Site (https://example.com)
        ----------------------------------------
        *Exceptions*
        <!channel> and [a trap](javascript:alert(1)) and !a picture <https://example.com/who-reads.png>
            code  as it is
        """
    )


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Acknowledge", 24, "Acknowledge"),
        ("R&D <all>", 75, "R&amp;D &lt;all&gt;"),
        ("Fish & chips", 9, "Fish…"),
        ("Fish & chips", 11, "Fish &amp;…"),
        ("two\nlines", 24, "two lines"),
    ],
)
def test_what_is_cut_ends_with_an_ellipsis_and_never_inside_an_escape(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One. Two three.", 12, ["One. Two ", "three."]),
        ("First sentence. Second.", 20, ["First sentence. ", "Second."]),
        ("Above it.\n\nBelow. Here", 16, ["Above it.\n\n", "Below. Here"]),
        ("unbroken", 5, ["unbro", "ken"]),
        ("abc" + "e\u0301" * 3, 6, ["abce\u0301", "e\u0301e\u0301"]),
        ("ab👩\u200d👧", 4, ["ab", "👩\u200d👧"]),
        ("", 5, []),
    ],
)
def test_long_text_is_parted_where_a_reader_would_pause(text: str, limit: int, expected: list[str]) -> None:
    assert list(pieces(text, limit)) == expected
