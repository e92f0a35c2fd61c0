"""Tables and charts in Slack: aligned where a phone has room for them, lists elsewhere."""

from __future__ import annotations

from bot.slack.draw.blocks import message_pages
from models import message as m
from tests.bot.slack.reader import ANA, NAMES, read
from tests.support.slack.rules.blocks import things

URL = "https://comply.example.com"


def test_a_table_is_aligned_where_it_is_narrow_and_a_line_a_row_where_it_is_wide() -> None:
    narrow = m.Table("To be kept", ("Policy", "People"), (("POL-1", "9"), ("POL-12", "120")))
    wide = m.Table("Late", ("Who", "What", "Due", "Late by"), ((m.mention(ANA), "A policy " * 6, "Fri", "3 d"),))
    (page,) = message_pages(m.Message("Tables", tables=(narrow, wide)), NAMES, URL)
    assert read(page["blocks"]) == (
        "# Tables\n*To be kept*\n    Policy  People\n    POL-1        9\n    POL-12     120\n\n*Late*\n"
        f"• *Ana Ferreira* · What {'A policy ' * 6} · Due Fri · Late by 3 d"
    )


def test_no_line_of_fixed_width_is_wider_than_a_phone_held_upright() -> None:
    for width in (34, 35):  # beside a column of 4 and the space between them: 40 characters, and one more
        table = m.Table("", ("What", "To"), (("Read", "x" * width),))
        (page,) = message_pages(m.Message("Tables", tables=(table,)), NAMES, URL)
        assert bool([one for one in things(page) if one.get("type") == "rich_text_preformatted"]) == (width == 34)


def test_a_table_without_a_head_is_a_list() -> None:
    table = m.Table("To do", (), (("todo", "see what is waiting for you"), ("ack POL-3", "acknowledge")))
    (page,) = message_pages(m.Message("Help", tables=(table,)), NAMES, URL)
    assert read(page["blocks"]) == (
        "# Help\n*To do*\n• *todo* · see what is waiting for you\n• *ack POL-3* · acknowledge"
    )


def test_bars_have_their_numbers_beside_them() -> None:
    bars = (m.Bar("Engineering", (("Done", 13), ("Overdue", 3))), m.Bar("Finance", (("Done", 6), ("Overdue", 0))))
    (page,) = message_pages(m.Message("Status", charts=(m.Chart("By department", bars),)), NAMES, URL)
    assert "• ▓▓▓▓▓▓▓▓░░ 81 %  *Engineering* · 13 done · 3 overdue" in read(page["blocks"])
    assert "• ▓▓▓▓▓▓▓▓▓▓ 100 %  *Finance* · 6 done" in read(page["blocks"])
    short = (m.Bar("Ops", (("Done", 13), ("Open", 3))),)
    (page,) = message_pages(m.Message("Status", charts=(m.Chart("By department", short),)), NAMES, URL)
    assert "    Ops  ▓▓▓▓▓▓▓▓░░ 81 %    13     3     16" in read(page["blocks"])
