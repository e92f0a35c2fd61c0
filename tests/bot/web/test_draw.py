"""What every page owes its reader: safe texts, a strict content policy, labels, and nothing lost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import count, pairwise

import pytest

from bot.web import doors, draw
from bot.web.frame import Again, Frame
from models.message import (
    AnyField,
    Bar,
    Button,
    Chart,
    Choice,
    Date,
    Fact,
    Form,
    Home,
    Link,
    Message,
    Option,
    Person,
    Said,
    Table,
    Text,
    mention,
)  # fmt: skip
from scripts.samples import ASK, INSIDE, OUTSIDE, pages
from tests.bot.web.reader import Reader

ANA = "a" * 32
HOSTILE = "</title><script>alert(1)</script> <!channel> \" ' onload=x \u202egnp.exe {{ 7*7 }} &lt;"
PAGES = dict(pages())
OURS = {name: html for name, html in PAGES.items() if name != "mail"}


def shown(said: Said, **more: object) -> Reader:
    return Reader(draw.page(INSIDE, said, replace(ASK, **more)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PAGES)
def test_tags_are_closed_in_order_and_ids_are_unique(name: str) -> None:
    ids = Counter(attrs["id"] for _, attrs in Reader(PAGES[name]).tags if "id" in attrs)
    assert not [ident for ident, times in ids.items() if times > 1]


@pytest.mark.parametrize("name", OURS)
def test_no_page_needs_an_exception_from_the_content_policy(name: str) -> None:
    page = Reader(OURS[name])
    assert not page.all("style", "iframe", "object", "base")
    assert all(script["src"].startswith("/static/") for script in page.all("script"))
    for tag, attrs in page.tags:
        assert not [attr for attr in attrs if attr == "style" or attr.startswith("on")], tag


@pytest.mark.parametrize("name", PAGES)
def test_what_is_referred_to_is_there(name: str) -> None:
    page = Reader(PAGES[name])
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    for _, attrs in page.tags:
        named = " ".join(attrs.get(way, "") for way in ("aria-labelledby", "aria-describedby", "for", "list")).split()
        named += [attrs["href"][1:]] if attrs.get("href", "").startswith("#") else []
        assert set(named) <= ids, attrs


@pytest.mark.parametrize("name", OURS)
def test_every_box_has_a_label_and_every_page_its_landmarks(name: str) -> None:
    page = Reader(OURS[name])
    labelled = {label["for"] for label in page.all("label")}
    for box in page.all("input", "select", "textarea"):
        assert box.get("type") == "hidden" or box["id"] in labelled, box
    assert len(page.all("main")) == len(page.all("h1")) == page.all("title").count({}) == 1
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}


@pytest.mark.parametrize("name", OURS)
def test_every_form_posts_and_carries_its_token(name: str) -> None:
    page = Reader(OURS[name])
    assert all(form["method"] == "post" for form in page.all("form"))
    assert sum(box.get("name") == "csrf" for box in page.all("input")) == len(page.all("form"))


@pytest.mark.parametrize("name", OURS)
def test_headings_go_down_one_step_at_a_time(name: str) -> None:
    levels = [int(tag[1]) for tag, _ in Reader(OURS[name]).tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def hostile_fields() -> tuple[AnyField, ...]:
    options = (Option("1", HOSTILE, HOSTILE), Option('"><script>', HOSTILE))
    return (
        Choice("one", HOSTILE, HOSTILE, options=options),
        Choice("list", HOSTILE, options=options * 4),
        Text("text", HOSTILE, HOSTILE, value=HOSTILE),
        Text("long", HOSTILE, long=True, value="</textarea>" + HOSTILE),
        Person("person", HOSTILE, value=HOSTILE),
        Date("date", HOSTILE, value=HOSTILE),
    )


@pytest.mark.parametrize(
    "said",
    [
        Message(
            HOSTILE, (HOSTILE,), (Fact(HOSTILE, HOSTILE),), (Chart(HOSTILE, (Bar(HOSTILE, ((HOSTILE, 1),)),)),),
            (Table(HOSTILE, (HOSTILE,), ((HOSTILE,),)),), f"# {HOSTILE}\n\n{HOSTILE}",
            (Button(HOSTILE, "../x", HOSTILE), Button(HOSTILE, "snooze", "a/b?c#d")),
            (Link(HOSTILE, "javascript:alert(1)"),),
        ),
        Home(HOSTILE, (HOSTILE,), (), HOSTILE, (Button(HOSTILE, HOSTILE),)),
        Form(HOSTILE, HOSTILE, HOSTILE, hostile_fields(), (HOSTILE,), submit=HOSTILE),
    ],
    ids=lambda said: type(said).__name__,
)  # fmt: skip
def test_hostile_texts_are_only_text(said: Said) -> None:
    frame = Frame(HOSTILE, HOSTILE, HOSTILE, HOSTILE, csrf='"><script>', notice=HOSTILE, asked=HOSTILE, words=HOSTILE)
    html = draw.page(
        frame, said, replace(ASK, names={ANA: HOSTILE}, people=[(HOSTILE, HOSTILE)], errors={"text": HOSTILE})
    )
    page = Reader(html)
    assert len(page.all("script")) == 1
    assert "<!channel>" not in html
    assert "\u202e" not in html
    assert "javascript:" not in "".join(attrs.get("href", "") for _, attrs in page.tags)
    assert not [attrs for _, attrs in page.tags if "onload" in attrs]
    assert "<script>alert(1)</script> <!channel>" in page.text, "nothing is dropped either"


def test_targets_cannot_leave_their_place_in_the_address() -> None:
    page = shown(Message("Later", buttons=(Button("Later", "snooze", "../../sign-out?x=1#y"),)))
    assert "/do/snooze/..%2F..%2Fsign-out%3Fx%3D1%23y" in [form["action"] for form in page.all("form")]


def test_a_megabyte_is_shown_whole() -> None:
    long = "policy " * 150_000
    assert long.strip() in shown(Message("Long", (long,), prose=long)).text


def test_a_command_in_a_sentence_can_be_pressed() -> None:
    page = shown(Message("Refused", ("Type `policy show POL-3 & more` or ask.", "A ` alone, `two\nlines`, `<b>`")))
    assert [link["href"] for link in page.all("a") if link.get("class") == "typed"] == [
        "/say?words=policy+show+POL-3+%26+more",
        "/say?words=%3Cb%3E",
    ]
    assert "Type policy show POL-3 & more or ask." in page.text


def test_mentions_become_names_everywhere_and_strangers_stay_somebody() -> None:
    ana, nobody = mention(ANA), mention("f" * 32)
    chart = Chart(ana, (Bar(f"Team of {ana}", (("Done", 1),)),))
    said = Message(
        f"{ana} asks",
        (ana, nobody),
        (Fact("Owner", ana),),
        (chart,),
        (Table(ana, ("Who",), ((ana,),)),),
        f"## For {ana}\n\n*{ana}*",
    )
    html = draw.page(INSIDE, said, replace(ASK, names={ANA: "Ana <b>Ferreira"}))
    assert "\ue000" not in html
    assert "<b>" not in html
    text = Reader(html).text
    assert text.count("Ana <b>Ferreira") == 14
    assert "somebody" in text


def test_what_only_opens_is_a_link_and_what_acts_is_a_form_with_a_key_of_its_own() -> None:
    numbers = count(1)
    frame = replace(INSIDE, key=lambda: f"key-{next(numbers)}")
    buttons = (Button("Read", "read", "7"), Button("Later", "snooze", "7"), Button("Withdraw", "withdraw"))
    page = Reader(draw.page(frame, Message("Policy", buttons=buttons), ASK))
    assert "/go/read/7" in [link["href"] for link in page.all("a")]
    assert {"/do/snooze/7", "/do/withdraw"} <= {form["action"] for form in page.all("form")}
    keys = [box["value"] for box in page.all("input") if box.get("name") == "key"]
    assert keys == ["key-1", "key-2", "key-3"], "the command box and two buttons"


def test_an_invalid_form_says_so_first_links_to_the_boxes_and_keeps_what_was_typed() -> None:
    form = Form(
        "ask", "7", "Ask", (Text("question", "Your question", long=True), Date("due", "Until"), Person("who", "Whom?"))
    )
    errors = {"question": "Write a question", "due": "That is no day", "": "The policy has changed"}
    page = shown(
        form, errors=errors, values={"question": " kept ", "due": "someday", "who": ANA}, names={ANA: "Ana Ferreira"}
    )
    summary = page.text.index("Your question: Write a question")
    assert page.text.index("Not sent yet: Ask") < summary < page.text.rindex("Your question")
    assert {"#f-question", "#f-due"} <= {link["href"] for link in page.all("a")}
    assert "The policy has changed" in page.text
    [question] = page.all("textarea")
    assert question["aria-invalid"] == "true"
    assert "e-question" in question["aria-describedby"]
    assert " kept " in page.text
    boxes = {box["name"]: box for box in page.all("input") if "name" in box}
    assert (boxes["due"]["type"], boxes["due"]["value"]) == ("text", "someday"), "a date box would drop it"
    assert boxes["who"]["value"] == "Ana Ferreira"


def test_choices_are_cards_while_few_and_a_list_when_many() -> None:
    few = tuple(Option(str(number), f"Option {number}") for number in range(6))
    page = shown(
        Form(
            "a",
            "",
            "T",
            (Choice("few", "Few", options=few, value="2"), Choice("any", "Any", options=few, many=True, value="1,3")),
        )
    )
    ticked = [(box["name"], box["value"]) for box in page.all("input") if "checked" in box]
    assert ticked == [("few", "2"), ("any", "1"), ("any", "3")]
    page = shown(Form("a", "", "T", (Choice("lot", "Lot", options=(*few, Option("x", "X")), value="x"),)))
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["x"]


def test_an_emptied_answer_stays_empty() -> None:
    form = Form(
        "a",
        "",
        "T",
        (Text("why", "Why", value="as before"), Choice("one", "One", options=(Option("1", "1"),), value="1")),
    )
    page = shown(form, values={"why": "", "one": ""})
    assert next(box for box in page.all("input") if box.get("name") == "why")["value"] == ""
    assert not [box for box in page.all("input") if "checked" in box]


def test_tables_say_what_they_are_and_scroll_by_keyboard() -> None:
    page = shown(Message("T", tables=(Table("Overdue", ("Who", "Days"), (("Ana", "3"), ("Bruno", "12"))),)))
    [region] = [attrs for attrs in page.all("div") if attrs.get("role") == "region"]
    assert region["tabindex"] == "0"
    assert [cell["scope"] for cell in page.all("th")] == ["col", "col", "row", "row"]
    assert [cell.get("class") for cell in page.all("td")] == ["right", "right"]
    without_head = shown(Message("T", tables=(Table("To do", (), (("todo", "see what waits"),)),)))
    assert [cell["scope"] for cell in without_head.all("th")] == ["row"]
    assert not without_head.all("thead")


def test_contents_end_in_what_the_reader_is_asked_for() -> None:
    """Who is not asked for anything is led to no answer."""
    text = "".join(f"## {number}. Part\n\nText.\n\n" for number in range(1, 6))
    asked = Message("T", prose=text, buttons=(Button("Acknowledge", "policy.acknowledge", "A-1", "primary"),))
    ends = [attrs for attrs in shown(asked).all("li") if attrs.get("class") == "end"]
    assert len(ends) == 1
    assert '<a href="#answer">Your answer</a>' in draw.page(INSIDE, asked, ASK)
    idle = replace(asked, buttons=(Button("What changed", "policy.diff", "POL-1v2"),))
    assert "#answer" not in draw.page(INSIDE, idle, ASK)


def test_what_was_not_saved_can_be_sent_again_as_it_was() -> None:
    again = Again("/do/acknowledge/7", {"key": "k-1", "agree": "yes", "team": ["eng", "ops"]})
    page = Reader(doors.trouble(INSIDE, 503, again))
    sent = [
        (box["name"], box["value"])
        for box in page.all("input")
        if box.get("type") == "hidden" and box["name"] != "csrf"
    ]
    assert sent[-4:] == [("key", "k-1"), ("agree", "yes"), ("team", "eng"), ("team", "ops")]
    assert "Not saved" in page.text


def test_a_known_and_an_unknown_address_get_the_same_page() -> None:
    assert doors.sign_in(OUTSIDE, sent="your mail", email="ana@halden.example") == doors.sign_in(
        OUTSIDE, sent="your mail"
    )


def test_a_file_has_an_address_that_changes_with_it() -> None:
    assert re.fullmatch(r"/static/look\.css\?v=[0-9a-f]{12}", draw.static("look.css"))
