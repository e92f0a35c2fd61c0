"""What Ana and Bruno see in Slack, as text: short, scannable, and in the order in which it matters."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.slack.draw.blocks import home_pages, message_pages, opener_pages
from bot.slack.draw.limits import PRIVATE
from bot.slack.draw.modal import Look, beside, form_pages, form_view, home_view, list_view, message_view, more_to_ask
from bot.slack.draw.pages import page_wanted
from bot.slack.draw.place import Place, opened
from models import message as m
from tests.bot.slack.reader import BRUNO, NAMES, read, read_view, seen
from tests.bot.slack.valid import check_page, check_view
from tests.support.slack.rules.blocks import things

URL = "https://comply.example.com"
LOOK = Look(NAMES, URL)
CONDUCT = m.Message(
    "Code of Conduct",
    ("How we treat each other, customers and the law.", "Questions go to the owner: type `policy ask POL-1`."),
    (m.Fact("Policy", "POL-1v2"), m.Fact("Due", "Mon 30 Nov 2026"), m.Fact("Owner", m.mention(BRUNO))),
    buttons=(
        m.Button("Read", "policy.show", "A-7"),
        m.Button("Acknowledge", "policy.acknowledge", "A-7", "primary"),
    ),
    links=(m.Link("What changed", "/go/policy.diff/POL-1v2"), m.Link("My data", "/my/data")),
    tone="warn",
)
ACKNOWLEDGE = m.Form(
    "policy.acknowledge",
    "A-7",
    "Acknowledge “Code of Conduct”",
    (
        m.Toggle("agree", "I have read and will follow “Code of Conduct” (version 2)."),
        m.Text("typed_name", "Your name", "Type it as you would sign it.", limit=200),
    ),
    facts=(m.Fact("Policy", "POL-1v2"), m.Fact("Fingerprint", "ab" * 32)),
    links=(m.Link("Read the full text", "/go/policy.show/A-7"),),
    submit="Acknowledge",
)


def only(payload: Any, kind: str) -> list[Any]:
    return [one for one in things(payload) if one.get("type") == kind]


def test_a_card_says_what_until_when_and_what_to_do() -> None:
    (page,) = message_pages(CONDUCT, NAMES, URL)
    assert page["text"] == "Code of Conduct: How we treat each other, customers and the law."
    assert read(page["blocks"]) == seen(
        """
        # ⚠️ Code of Conduct
        *Policy* POL-1v2 · *Due* Mon 30 Nov 2026 · *Owner* Bruno Keller
        How we treat each other, customers and the law.
        Questions go to the owner: type `policy ask POL-1`.
        [Read] [!Acknowledge] [What changed] [My data ->]
        """
    )


def test_a_link_to_something_of_ours_opens_here_and_any_other_in_the_browser() -> None:
    buttons = only(message_pages(CONDUCT, NAMES, URL), "button")
    assert [(one["action_id"], one.get("value"), one.get("url")) for one in buttons] == [
        ("policy.show:1", "A-7", None),
        ("policy.acknowledge:2", "A-7", None),
        ("policy.diff:3", "POL-1v2", None),
        (".link:4", None, f"{URL}/my/data"),
    ]


def test_a_list_has_a_line_between_its_cards_and_is_the_same_in_a_message_a_modal_and_a_home() -> None:
    todo = m.Home("To do", ("2 waiting for you.",), (CONDUCT, replace(CONDUCT, tone="good", links=())))
    (page,) = home_pages(todo, NAMES, URL, "todo\n")
    inside = seen(
        """
        2 waiting for you.
        ----------------------------------------
        *⚠️ Code of Conduct*
        *Policy* POL-1v2 · *Due* Mon 30 Nov 2026 · *Owner* Bruno Keller
        How we treat each other, customers and the law.
        Questions go to the owner: type `policy ask POL-1`.
        [Read] [!Acknowledge] [What changed] [My data ->]
        ----------------------------------------
        *✅ Code of Conduct*
        *Policy* POL-1v2 · *Due* Mon 30 Nov 2026 · *Owner* Bruno Keller
        How we treat each other, customers and the law.
        Questions go to the owner: type `policy ask POL-1`.
        [Read] [!Acknowledge]
        """
    )
    assert read(page["blocks"]) == f"# To do\n{inside}"
    assert read_view(list_view(todo, Place("todo"), LOOK)) == f"=== To do ===\n{inside}\n[Done]"
    assert read_view(home_view(todo, Place(), LOOK)) == f"=== Home ===\n# To do\n{inside}"


def test_an_empty_list_says_so_and_one_with_cards_does_not() -> None:
    empty = m.Home("Policies", empty="No policy is in force yet.")
    assert home_pages(empty, NAMES, URL)[0]["text"] == "Policies: No policy is in force yet."
    assert home_pages(replace(empty, cards=(CONDUCT,)), NAMES, URL)[0]["text"] == "Policies"


def test_a_form_has_what_is_to_be_read_above_what_is_asked() -> None:
    view = form_view(ACKNOWLEDGE, Place("policy.acknowledge", "A-7", "digest", root="message"), LOOK)
    assert read_view(view) == seen(
        f"""
        === Acknowledge ===
        # Acknowledge “Code of Conduct”
        *Policy* POL-1v2
        *Fingerprint* `{"ab" * 32}`
        [Read the full text]
        I have read and will follow “Code of Conduct” (version 2). (needed)
          <checkboxes>
          ( ) Yes
        Your name (needed)
          <plain_text_input: >
          Type it as you would sign it.
        [Acknowledge] [Cancel]
        """
    )
    assert opened(json.loads(view["private_metadata"])) == Place("policy.acknowledge", "A-7", "digest", root="message")


def test_errors_stand_above_a_form_that_is_drawn_again_with_what_was_answered() -> None:
    given = {"agree": "on", "typed_name": "Ana"}
    view = form_view(ACKNOWLEDGE, Place(), LOOK, given, {"typed_name": "Type your whole name."})
    said = read_view(view)
    assert "⚠️ *Your name* Type your whole name." in said
    assert "(x) Yes" in said
    assert "<plain_text_input: Ana>" in said


def test_where_nothing_opens_by_itself_a_button_opens_the_form() -> None:
    (page,) = opener_pages(ACKNOWLEDGE, NAMES, URL, "words:ack POL-1")
    *_, button = only(page, "button")
    assert (button["action_id"], button["value"], button["text"]["text"]) == (
        ".form:0", "words:ack POL-1", "Acknowledge",
    )  # fmt: skip
    *_, button = only(opener_pages(ACKNOWLEDGE, NAMES, URL, "words:" + "x" * 3000), "button")
    assert button["value"] == "policy.acknowledge\nA-7"


def test_a_file_is_asked_for_where_it_can_be_handed_in_and_otherwise_on_the_web() -> None:
    form = m.Form("people.import", "", "Import people", (m.File("file", "The list of people", accept=(".csv",)),))
    (asked,) = only(form_view(form, Place(), Look(NAMES, URL, files=True)), "file_input")
    assert asked["filetypes"] == ["csv"]
    elsewhere = form_view(replace(form, fields=(*form.fields, m.Toggle("full", "Everybody is in it"))), Place(), LOOK)
    assert read_view(elsewhere) == seen(
        """
        === Import people ===
        Files can't be handed in here.
        [Open the web page ->]
        [Done]
        """
    )
    assert [one["url"] for one in only(elsewhere, "button")] == [f"{URL}/go/people.import"]
    optional = form_view(replace(form, fields=(m.File("file", "A picture", required=False),)), Place(), LOOK)
    assert optional["submit"]["text"] == "Send"


def test_many_options_stand_in_groups_and_what_was_chosen_is_still_chosen() -> None:
    teams = tuple(m.Option(f"T-{number}", f"Team {number}") for number in range(1, 131))
    form = m.Form("campaign.pilot", "C-1", "Pilot", (m.Choice("team", "Which team?", options=teams, value="team 120"),))
    view = form_view(form, Place(), LOOK)
    check_view(view)
    (menu,) = only(view, "static_select")
    assert [group["label"]["text"] for group in menu["option_groups"]] == ["1 to 100", "101 to 130"]
    assert menu["initial_option"]["value"] == "T-120"


@pytest.mark.parametrize(
    "options",
    [
        (m.Option("Sales", "Sales"), m.Option("Operations / " * 12, "Operations / " * 12)),
        tuple(m.Option(f"{number:032x}", f"Somebody {number}") for number in range(3_000)),
        tuple(m.Option(f"{number}", f"{number}") for number in range(10_001)),
        tuple(m.Option(f"POL-{number}", f"Политика номер {number} " * 8) for number in range(900)),
    ],
    ids=["a long name", "many people", "more than a menu takes", "many long names"],
)
def test_what_cannot_be_chosen_in_slack_is_chosen_on_the_web(options: tuple[m.Option, ...]) -> None:
    """One department with a long name must not keep everybody from asking a team first."""
    fields = (m.Choice("team", "Which team?", options=options), m.Text("number", "How many people?", required=False))
    form = m.Form("campaign.pilot", "C-1", "Pilot", fields)
    view = form_view(form, Place(), LOOK)
    check_view(view)
    assert [one["block_id"] for one in only(view, "input")] == ["number"]
    assert "Which team?" in read_view(view)
    assert "more to choose from than fits here" in read_view(view)
    assert [one["url"] for one in only(view, "button")] == [f"{URL}/go/campaign.pilot/C-1"]
    assert beside(form, Place(), LOOK, {"team": "This is needed."}) is None, "it stands above, for there is no field"


def test_a_large_menu_is_still_chosen_from() -> None:
    people = tuple(m.Option(f"{number:032x}", f"Somebody {number}") for number in range(1_500))
    view = form_view(m.Form("people.merge", "", "Merge", (m.Choice("who", "Who?", options=people),)), Place(), LOOK)
    check_view(view)
    (menu,) = only(view, "static_select")
    assert sum(len(group["options"]) for group in menu["option_groups"]) == 1_500


def test_a_long_form_goes_over_pages_and_keeps_what_was_answered_on_the_way() -> None:
    fields = tuple(m.Text(f"q{number}", f"Question {number}", long=True) for number in range(30))
    form = m.Form("audit.answer", "Q-1", "Questionnaire", fields)
    pages = form_pages(form, LOOK)
    assert [len(asked) for _, asked in pages] == [10, 10, 10]
    place = Place("audit.answer", "Q-1", page=2, answers={"q0": "Yes"})
    assert more_to_ask(form, place, LOOK)
    view = form_view(form, place, LOOK)
    check_view(view)
    assert (view["submit"]["text"], opened(json.loads(view["private_metadata"])).answers) == ("Next", {"q0": "Yes"})
    wrong = form_view(form, place, LOOK, errors={"q25": "This is needed.", "q29": "This is needed."})
    assert opened(json.loads(wrong["private_metadata"])).page == 3


def test_what_stands_in_a_form_beforehand_takes_room_as_well() -> None:
    """An emoji is one character of 3,000, and twelve bytes of a view once it is escaped."""
    beforehand = tuple(m.Text(f"q{number}", f"Question {number}", value="😀" * 3_000) for number in range(10))
    form = m.Form("audit.answer", "Q-1", "Questionnaire", beforehand)
    for number in range(1, len(form_pages(form, LOOK)) + 1):
        view = form_view(form, Place(page=number), LOOK)
        check_view(view)
        assert only(view, "input"), "the whole of it is asked"
    empty = replace(form, fields=tuple(replace(one, value="") for one in beforehand))
    typed = form_view(empty, Place(), LOOK, {one.name: one.value for one in beforehand})
    check_view(typed)
    assert "too long to fill in here" in read_view(typed)


def test_more_errors_than_there_is_room_for_are_announced() -> None:
    fields = tuple(m.Text(f"q{number}", f"Question {number}") for number in range(120))
    form = m.Form("audit.answer", "Q-1", "Questionnaire", fields)
    some = {one.name: "This is needed." for one in fields}
    assert "more to correct" not in read_view(form_view(form, Place(), LOOK, errors=some))
    many = {one.name: "Nobody can read this. " * 40 for one in fields}
    view = form_view(form, Place(), LOOK, errors=many)
    check_view(view)
    assert "more to correct" in read_view(view)


def test_answers_that_slack_cannot_keep_are_not_dropped_silently() -> None:
    place = Place("audit.answer", "Q-1", page=2, answers={"q0": "x" * PRIVATE})
    view = form_view(m.Form("audit.answer", "Q-1", "Questionnaire", ()), place, LOOK)
    check_view(view)
    assert "too long to fill in here" in read_view(view)
    assert [one["url"] for one in only(view, "button")] == [f"{URL}/go/audit.answer/Q-1"]


def test_what_does_not_fit_is_on_further_pages_that_can_be_turned() -> None:
    rows = tuple(
        (f"Person {number}", "Engineering", "A policy with quite a long name", "Fri 20 Nov") for number in range(150)
    )
    late = m.Message("Overdue: 150", tables=(m.Table("Who is late", ("Who", "Department", "What", "Due"), rows),))
    pages = message_pages(late, NAMES, URL, "status.overdue\n")
    for page in pages:
        check_page(page)
    assert len(pages) > 2
    ways = [one["text"]["text"] for one in only(pages[1], "button")]
    assert ways == [f"Back (1 of {len(pages)})", f"More (3 of {len(pages)})"]
    assert page_wanted(only(pages[0], "button")[0]["value"]) == (2, "status.overdue\n")
    assert not only(message_pages(late, NAMES, URL), "button")


def test_a_message_in_a_modal_says_its_long_title_once_in_full() -> None:
    short = message_view(m.Message("Thank you", ("That is done.",), tone="good"), Place(), LOOK)
    assert read_view(short) == "=== ✅ Thank you ===\nThat is done.\n[Done]"
    long = message_view(m.Message("Read and acknowledge the Information Security Policy"), Place(), LOOK)
    assert read_view(long).splitlines()[:2] == [
        "=== Read and acknowledge… ===",
        "# Read and acknowledge the Information Security Policy",
    ]
