"""What people type is taken apart the same way everywhere, and their sentences stay as they typed them."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.grammar import LIMIT, Unreadable, Words, parse
from models.campaign import Assignment, Campaign
from models.policy import Policy, PolicyVersion

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
COMMANDS = {
    "todo": (),
    "help": (),
    "snooze": (),
    "away": (),
    "delegate": (),
    "quiet": (),
    "sample": (),
    "policy": ("show", "list", "acknowledge", "ask", "changes", "exempt", "approve"),
    "training": ("assign", "done"),
    "review": ("keep", "revoke", "delegate", "signoff"),
    "campaign": ("move",),
    "incident": ("new", "note"),
    "evidence": ("list",),
    "status": ("", "control", "overdue"),
    "nudge": ("", "overdue"),
}
ALIASES = {"ack": "policy acknowledge", "my policies": "policy list", "/report": "incident new"}


def read(typed: str) -> Words:
    return parse(typed, COMMANDS, MONDAY, aliases=ALIASES)


def refusal(typed: str) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(typed)
    return refused.value


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", Words()),
        (" \n\t ", Words()),
        ("todo", Words("todo")),
        ("ToDo!", Words("todo")),
        ("help policy", Words("help", text="policy")),
        ("ack", Words("policy", "acknowledge")),
        ("ACK pol-3", Words("policy", "acknowledge", ("POL-3",))),
        ("my  policies", Words("policy", "list")),
        ("/incident new Laptop gone", Words("incident", "new", text="Laptop gone")),
        ("/report Laptop gone", Words("incident", "new", text="Laptop gone")),
        ("policy show POL\u20133V4", Words("policy", "show", ("POL-3v4",))),
        ("policy ask POL-3 Does it apply to me?", Words("policy", "ask", ("POL-3",), text="Does it apply to me?")),
        ("policy ask POL-003, why?", Words("policy", "ask", ("POL-3",), text="why?")),
        ("policy\nask\nPOL-3\nwhy?", Words("policy", "ask", ("POL-3",), text="why?")),
        ("review REV-7", Words("review", "", ("REV-7",))),
        ("review keep rev-7.112 her team", Words("review", "keep", ("REV-7.112",), text="her team")),
        ("review revoke REV-7.1 REV-7.2 left", Words("review", "revoke", ("REV-7.1", "REV-7.2"), text="left")),
        ("status control cc6.1", Words("status", "control", ("CC6.1",))),
        ("status control ctl-pol-ack", Words("status", "control", ("CTL-POL-ACK",))),
        ("status control CC9.9", Words("status", "control", ("CC9.9",))),
        ("status @ana", Words("status", people=("@ana",))),
        ("status team:eng", Words("status", filters={"team": "eng"})),
        ("status as-of:2026-03-31", Words("status", filters={"as-of": "2026-03-31"})),
        ("snooze last until fri busy", Words("snooze", ids=("last",), until=FRIDAY, text="busy")),
        ("away until 2026-12-01", Words("away", until=date(2026, 12, 1))),
        ("away until:FRIDAY.", Words("away", until=FRIDAY)),
        ("quiet 18\u20139", Words("quiet", text="18\u20139")),
        ("delegate <@U123|ana> until 2w", Words("delegate", people=("<@U123>",), until=date(2026, 12, 7))),
        ("training assign TRN-2 team:eng due:+14d",
         Words("training", "assign", ("TRN-2",), filters={"team": "eng", "due": "2026-12-07"})),
        ("campaign move c-3 DUE:fri", Words("campaign", "move", ("C-3",), filters={"due": "2026-11-27"})),
        ("sample REV-7 n:25 seed:Ab9", Words("sample", ids=("REV-7",), filters={"n": "25", "seed": "Ab9"})),
        ("evidence list CC6.1 period:2026q1", Words("evidence", "list", ("CC6.1",), filters={"period": "2026Q1"})),
        ("policy exempt @ana POL-3 until fri on leave",
         Words("policy", "exempt", ("POL-3",), ("@ana",), until=FRIDAY, text="on leave")),
        ("nudge @ana REV-7", Words("nudge", ids=("REV-7",), people=("@ana",))),
    ],
)  # fmt: skip
def test_a_command_is_taken_apart(typed: str, words: Words) -> None:
    assert read(typed) == words


@pytest.mark.parametrize(
    "code",
    [Assignment(id=17).code, Campaign(id=3).code, Policy(id=3).code, PolicyVersion(policy_id=3, number=4).code],
)
def test_every_id_that_is_shown_can_be_typed(code: str) -> None:
    assert read(f"ack {code.lower()}").ids == (code,)


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("@ana", "@ana"),
        ("@ana.duarte,", "@ana.duarte"),
        ("@O\u2019Rourke", "@O\u2019Rourke"),
        ("@Zoë", "@Zoë"),
        ("@प्रिया", "@प्रिया"),
        ("ana@x.example", "ana@x.example"),
        ("<mailto:ana@x.example|ana@x.example>", "ana@x.example"),
        ("<@U123>", "<@U123>"),
        ("<@29:1aB_c-d>", "<@29:1aB_c-d>"),
        ('@"Ana  Duarte"', "@Ana Duarte"),
        ("@\u201cAna Duarte\u201d", "@Ana Duarte"),
        ("@\u201eBruno Keller\u201c", "@Bruno Keller"),
    ],
)
def test_people_are_named_in_every_way_chats_have(typed: str, person: str) -> None:
    assert read(f"status {typed}").people == (person,)
    assert read(f"status owner:{typed}").filters == {"owner": person}
    assert read(f"review delegate REV-7 {typed} knows better") == Words(
        "review", "delegate", ("REV-7",), (person,), text="knows better"
    )


@pytest.mark.parametrize(
    "text",
    [
        "He said \u201cno\u201d \u2013 and 'left'.\n\n  * one\n  * TWO\ttab",
        '"Quoted" from the start',
        "Fine, but team:eng and @ana and POL-3 until fri stay where they are",
        "this morning a laptop was lost",
        "Last night the door stood open",
        "COVID-19 outbreak in the office",
        "sha-256 of the file is wrong",
        "https://status.example/?q=team:eng is down",
        "10:30 the server stopped",
        "Steam: a pipe burst",
        "- item one\n- item two",
        "<!channel> rang everybody",
        "=HYPERLINK(1)",
        "\U0001f469\u200d\U0001f4bb lost her laptop",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_a_sentence_stays_as_typed(text: str) -> None:
    assert read(f"incident new {text}") == Words("incident", "new", text=text)
    assert read(f"policy ask POL-3   {text}  ") == Words("policy", "ask", ("POL-3",), text=text)


@pytest.mark.parametrize("separator", ["--", "\u2014", "\u2013"])
@pytest.mark.parametrize("text", ["POL-3 is unclear", "@ana did it", "team:eng", "until fri", "-- twice", "this", ""])
def test_two_dashes_begin_the_text(separator: str, text: str) -> None:
    assert read(f"incident new {separator} {text}") == Words("incident", "new", text=text)
    assert read(f"incident new last {separator} {text}") == Words("incident", "new", ("last",), text=text)


def test_an_act_that_takes_only_text_gets_all_of_it() -> None:
    words = read("incident note INC-12 @ana found POL-3\nteam:eng knows")
    assert (words.ids, words.people, words.text) == (("INC-12",), ("@ana",), "found POL-3\nteam:eng knows")
    assert words.rest == "@ana found POL-3\nteam:eng knows"
    assert words.raw == "incident note INC-12 @ana found POL-3\nteam:eng knows"
    assert read("incident new -- POL-3").rest == "POL-3"


def test_this_and_last_are_targets_only_where_targets_or_nothing_follow() -> None:
    assert read("ack this").ids == ("this",)
    assert read("review delegate THIS @ana away").ids == ("this",)
    assert read("snooze last team:eng").ids == ("last",)
    assert read("review keep REV-7.1 this").text == "this"
    assert read("policy changes this section is wrong") == Words("policy", "changes", text="this section is wrong")


def test_hidden_characters_are_dropped_and_typographic_ones_understood() -> None:
    assert read("\u202eack\u200b \ufeffPOL\u00ad\u20113\u2066\x00") == Words("policy", "acknowledge", ("POL-3",))
    assert read("incident new a\u200bb\u202ec\ud800\ue000d").text == "abcd"


def test_values_in_quotes_and_lists_stay_together() -> None:
    assert read("status team:\u201cSite Reliability\u201d").filters == {"team": "Site Reliability"}
    assert read("status team:eng,ops, state:overdue").filters == {"team": "eng,ops", "state": "overdue"}


def test_a_workflow_may_bring_its_own_prefixes_and_filters() -> None:
    words = parse("office show HOM-3 desk:4", {"office": ["show"]}, MONDAY, prefixes={"HOM"}, filters={"desk"})
    assert words == Words("office", "show", ("HOM-3",), filters={"desk": "4"})


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("polcy show", "policy"),
        ("hepl", "help"),
        ("akc", "ack"),
        ("approve POL-3", "policy approve"),
        ("aprove POL-3", "policy approve"),
        ("policy aprove POL-3", "policy approve"),
        ("policy shwo", "policy show"),
        ("status overdu", "status overdue"),
        ("hello there", "help"),
        ("good morning", ""),
        ("POL-3", ""),
        ("???", ""),
        ("policy zzzz", ""),
        ("x" * 9000, ""),
    ],
)
def test_unknown_words_get_the_closest_command_and_help(typed: str, suggestion: str) -> None:
    refused = refusal(typed)
    assert refused.suggestion == suggestion
    assert (f"Did you mean “{suggestion}”?" in str(refused)) == bool(suggestion)
    assert "“help" in str(refused)
    assert len(str(refused)) < 200


def test_the_closest_is_sought_among_what_is_offered() -> None:
    for typed in ("polcy show", "aprove POL-3", "policy aprove POL-3", "akc"):
        with pytest.raises(Unreadable) as refused:
            parse(typed, COMMANDS, MONDAY, aliases=ALIASES, offered=lambda: {"help": ()})
        assert refused.value.suggestion == ""


def test_a_command_that_stands_alone_takes_other_words_as_its_text() -> None:
    assert read("status engineering") == Words("status", text="engineering")
    assert read("status Conor") == Words("status", text="Conor")  # rather a name than a misspelled "control"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("away until whenever", "“until” needs a date. “whenever” is no date"),
        ("away until", "“until” needs a date. Write a date like"),
        ("training assign TRN-2 due:2026-02-30", "“due” needs a date"),
        ("evidence list period:spring", "Write a period like"),
        ("nudge overdue team: eng", "“team:” needs a value"),
        ('nudge overdue team:"eng', "“team:” needs a value"),
        ('nudge overdue team:""', "“team:” needs a value"),
        ("nudge overdue taem:eng", "Did you mean “team:”?"),
        ("nudge overdue team:eng team:ops", "“team:” is there twice"),
        ("nudge taem:eng", "Did you mean “team:”?"),
    ],
)
def test_half_a_filter_is_refused_so_that_it_never_widens_a_command(typed: str, says: str) -> None:
    assert says in str(refusal(typed))
    assert "put -- before the text" in str(refusal(typed))


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "incident new " + "\ud800" * 1_000_000, " " * (LIMIT + 1)])
def test_a_megabyte_is_refused_with_a_message(typed: str) -> None:
    assert "Please shorten it." in str(refusal(typed))
    assert len(str(refusal(typed))) < 200


def test_text_up_to_the_limit_is_kept() -> None:
    begin = "incident new "
    assert read(begin + "é" * (LIMIT - len(begin))).text == "é" * (LIMIT - len(begin))
