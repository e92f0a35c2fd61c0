"""A letter says all that the message says, and leads back to the inbox."""

from __future__ import annotations

from bot.web.letter import mail
from models.message import Bar, Button, Chart, Fact, Link, Message, Table, mention
from scripts.samples import INSIDE

ANA = "a" * 32
SAID = Message(
    "Acknowledge the Code of Conduct",
    ("It takes four minutes.",),
    (Fact("Owner", mention(ANA)),),
    (Chart("By team", (Bar("Finance", (("Done", 1), ("Open", 1))),)),),
    (Table("Overdue", ("Who", "Days"), (("Bruno Keller", "3"),)),),
    "## Scope\n\nEverybody.",
    (Button("Acknowledge", "acknowledge", "7", "primary"), Button("Later", "snooze", "7")),
    (Link("What changed", "/policies/7"),),
)


def test_text_and_html_say_the_same() -> None:
    subject, text, html = mail(INSIDE, SAID, {ANA: "Ana Ferreira"}, "https://comply.example.com{}".format)
    assert subject == "Acknowledge the Code of Conduct"
    for body in (text, html):
        for part in (
            "four minutes",
            "Ana Ferreira",
            "By team",
            "Finance",
            "Bruno Keller",
            "Everybody",
            "Acknowledge",
            "Later",
        ):
            assert part in body
        for way in ("/go/acknowledge/7", "/go/snooze/7", "/policies/7"):
            assert f"https://comply.example.com{way}" in body
    assert "Finance  ▓▓▓▓▓░░░░░ 50 %  (1 of 2)" in text


def test_a_letter_fetches_nothing_and_posts_nothing() -> None:
    html = mail(INSIDE, SAID, {}, "https://comply.example.com{}".format)[2]
    for forbidden in ("<img", "<script", "<link", "<form", "url(", "@import"):
        assert forbidden not in html


def test_a_title_cannot_add_a_header_or_a_tag() -> None:
    title = "Hello\r\nBcc: all@example.com <script>alert(1)</script>"
    subject, _, html = mail(INSIDE, Message(title), {}, "https://comply.example.com{}".format)
    assert "\n" not in subject
    assert "\r" not in subject
    assert "<script" not in html


def test_an_endless_title_is_cut_in_the_subject_only() -> None:
    subject, text, _ = mail(INSIDE, Message("x" * 5000), {}, "https://comply.example.com{}".format)
    assert len(subject) == 150
    assert "x" * 5000 in text
