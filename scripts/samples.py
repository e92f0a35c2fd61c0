"""Invented pages of every kind: what the gallery photographs and the tests of the drawing go through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.web import doors, draw, letter
from bot.web.frame import Again, Ask, Frame, NavItem, SignedIn, Somebody
from models.message import (
    Bar,
    Button,
    Chart,
    Choice,
    Date,
    Fact,
    File,
    Form,
    Home,
    Link,
    Message,
    Option,
    Person,
    Table,
    Text,
    Toggle,
    mention,
)

ANA, BRUNO = "a" * 32, "b" * 32
NAMES = {ANA: "Ana Ferreira", BRUNO: "Bruno Keller"}
CHAPTERS = """
This policy says how we protect what customers and colleagues entrust to us. It applies to everybody who works here,
**employees and contractors alike**, on every device and in every place.

## Why we have it
Most incidents begin with something ordinary: a reused password, a laptop left in a café, a link that looked right. A
few habits, kept by everybody, prevent nearly all of them.

## What you do
1. Use the password manager for every account, and a second factor wherever there is one.
2. Lock your screen when you leave it.
3. Report anything odd **at once**, even if you caused it: nobody is blamed for reporting.

### On the road
Work on your own screen with a privacy filter, and use the phone's hotspot rather than an open network.

> When in doubt, ask. A question costs a minute, an incident costs a month.

## How we classify data
| Class | Examples | Where it may be kept |
| --- | --- | --- |
| Public | Web site, job offers | Anywhere |
| Internal | Plans, minutes | Company accounts |
| Confidential | Customer data, contracts | Approved systems only |
| Restricted | Keys, health data | The vault, by name |

## Devices
Company devices are encrypted, updated within seven days, and returned on the last day. See the
[device guide](https://example.com/devices) for the steps.

## Exceptions
The security lead may grant an exception in writing, with a reason and an end. An exception lasts at most one year.

## If it is not kept
We look for what made it hard first. Repeated or wilful breaches may have consequences under the contract.
"""


NAV = (
    NavItem("To do", "/", current=True, count=3),
    NavItem("Policies", "/policies"),
    NavItem("Campaigns", "/campaigns"),
    NavItem("People", "/people"),
    NavItem("Status", "/status"),
    NavItem("Help", "/help"),
)
INSIDE = Frame("Comply", "Halden Instruments", "Ana Ferreira", "Compliance lead", NAV, "token", demo=True)
OUTSIDE = Frame("Comply", "Halden Instruments", csrf="token", demo=True)
ASK = Ask(opens=lambda act: act not in {"snooze", "withdraw", "nudge"}, names=NAMES)


TODO = Home(
    "Good morning, Ana",
    ("Three things wait for you. The first takes about four minutes.",),
    (
        Message(
            "Read and acknowledge the Information Security Policy",
            ("It says how we protect what customers entrust to us. New: rules for working on the road.",),
            (Fact("Due", "yesterday, Sun 22 Nov 2026"), Fact("Version", "4"), Fact("Owner", mention(BRUNO))),
            buttons=(
                Button("Acknowledge", "acknowledge", "7", "primary"),
                Button("Read", "read", "7"),
                Button("Ask a question", "question", "7"),
                Button("I can't agree", "disagree", "7"),
            ),
            tone="bad",
        ),
        Message(
            "Approve version 2 of the Vendor Management Policy",
            (f"{mention(BRUNO)} asks for your approval.",),
            (Fact("Due", "Fri 27 Nov 2026"), Fact("Author", mention(BRUNO))),
            buttons=(Button("Review", "review", "8", "primary"), Button("Later", "snooze", "8")),
            links=(Link("What changed", "/policies/8/changes"),),
            tone="warn",
        ),
        Message("Code of Conduct", ("Acknowledged on 3 Nov 2026 at 09:12.",), tone="good"),
    ),
)
BARS = tuple(
    Bar(label, (("Done", done), ("Open", waiting), ("Overdue", late), ("Not started", idle)))
    for label, done, waiting, late, idle in (
        ("Engineering", 13, 5, 3, 0),
        ("Sales and Customer Success", 9, 1, 0, 2),
        ("Finance", 6, 0, 0, 0),
        ("Operations", 2, 3, 6, 1),
        ("People", 0, 0, 0, 4),
    )
)
DASHBOARD = Home(
    "Status",
    ("Yearly policies, asked on 2 Nov 2026, due 30 Nov 2026.",),
    (
        Message("Campaign C-1: Information Security Policy", charts=(Chart("Acknowledged by department", BARS),)),
        Message(
            "Nine people are overdue",
            ("Everybody has been reminded; two have an open question to the owner.",),
            tables=(
                Table(
                    "Overdue",
                    ("Person", "Department", "Due", "Days late", "Reminders", "Last seen"),
                    (
                        (mention(BRUNO), "Engineering", "Fri 20 Nov 2026", "3", "5", "today, 08:40"),
                        ("Chidi Okafor", "Operations", "Fri 20 Nov 2026", "3", "4", "never"),
                        ("Dagny Sørensen-Whitfield", "Operations", "Wed 18 Nov 2026", "5", "6", "Thu 19 Nov, 17:02"),
                    ),
                ),
            ),
            buttons=(Button("Remind them", "nudge", "1", "primary"), Button("Withdraw", "withdraw", "1", "danger")),
            tone="warn",
        ),
    ),
    buttons=(Button("New campaign", "campaign", "", "primary"),),
)
READING = Message(
    "Information Security Policy",
    ("How we protect what customers and colleagues entrust to us.",),
    (
        Fact("Version", "4"),
        Fact("In force since", "2 Nov 2026"),
        Fact("Due", "Mon 30 Nov 2026"),
        Fact("Owner", mention(BRUNO)),
    ),
    prose=CHAPTERS,
    buttons=(
        Button("Acknowledge", "acknowledge", "7", "primary"),
        Button("Ask a question", "question", "7"),
        Button("I can't agree", "disagree", "7"),
    ),
)
ACKNOWLEDGE = Form(
    "acknowledge",
    "7",
    "Acknowledge the Information Security Policy",
    (
        Toggle("agree", "I have read the Information Security Policy, version 4, and will follow it."),
        Text("name", "Your name, as you would sign it", limit=120),
    ),
    ("Your answer is kept as evidence, with the date and the version.",),
    (Fact("Version", "4"), Fact("Due", "Mon 30 Nov 2026")),
    links=(Link("Read the full text", "/read/7"),),
    submit="Acknowledge",
)
COUNTRIES = tuple(Option(code, code) for code in ("Brazil", "Germany", "India", "Japan", "Kenya", "Norway", "Portugal"))
EVERY_FIELD = Form(
    "campaign",
    "",
    "New campaign",
    (
        Choice(
            "ask",
            "Who is asked?",
            options=(
                Option("all", "Ask everyone again", "The meaning changed. Earlier answers stay on record."),
                Option("small", "Small correction", "A typo, a new phone number. Earlier answers stand."),
            ),
        ),
        Choice(
            "how",
            "How are they reached?",
            options=(Option("chat", "Chat"), Option("mail", "E-mail")),
            many=True,
            value="chat",
        ),
        Choice("country", "Country", required=False, options=COUNTRIES),
        Person("owner", "Who answers questions?", "They get every question in one digest a day."),
        Date("due", "Due", "A work day at least a week from now."),
        Text(
            "why",
            "What should people know?",
            "One or two sentences, in plain words.",
            long=True,
            limit=600,
            value="New rules for the road.",
        ),
        File("file", "Attachment", required=False, accept=(".pdf", ".docx")),
        Toggle("pilot", "Send it to the security team first", required=False),
    ),
    ("Nothing is sent before you have seen the preview.",),
    submit="Preview",
)
WRONG = {
    "ask": "Choose who is asked",
    "owner": "There is nobody called Fernando",
    "agree": "Tick the box, or choose “I can't agree”",
}
FEATURED = (
    Somebody("1", "Ana Ferreira", "Head of Compliance", "Compliance lead", "Launch a campaign and watch it fill up."),
    Somebody(
        "2", "Bruno Keller", "Engineering Manager", "Manager", "See how your team stands, and remind the last two."
    ),
    Somebody(
        "3", "Chidi Okafor", "Support Engineer", "Employee", "Read a policy and acknowledge it. It takes a minute."
    ),
)
OTHERS = tuple(
    Somebody(f"{number}", name, title, department)
    for number, (name, title, department) in enumerate(
        (
            ("Dagny Sørensen-Whitfield", "Operations Lead", "Operations"),
            ("Émile Roux", "Technician", "Operations"),
            ("Farah Haddad", "Accountant", "Finance"),
            ("Goro Tanaka", "Software Engineer", "Engineering"),
            ("Hana Novák", "Data Engineer", "Engineering"),
            ("Ines Duarte", "Account Executive", "Sales"),
        ),
        start=10,
    )
)
SESSIONS = (
    SignedIn("1", "Firefox on Linux", datetime(2026, 11, 23, 9, 12, tzinfo=UTC), current=True),
    SignedIn("2", "Safari on iPhone", datetime(2026, 11, 20, 18, 40, tzinfo=UTC)),
)
RECEIPT = Message(
    "Thank you, that is done",
    ("You acknowledged the Information Security Policy, version 4.",),
    (Fact("When", "23 Nov 2026, 09:14"), Fact("Record", "EV-1042")),
    links=(Link("Back to my list", "/"), Link("What is kept about me", "/my/data")),
    tone="good",
)


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page's name and HTML."""
    yield "todo", draw.page(replace(INSIDE, notice="Thank you. You acknowledged the Code of Conduct."), TODO, ASK)
    yield (
        "empty",
        draw.page(replace(INSIDE, asked="todo"), Home("To do", empty="Nothing waits for you. Have a good day."), ASK),
    )
    yield "policy", draw.page(INSIDE, READING, ASK)
    yield "receipt", draw.page(replace(INSIDE, waiting=2, onward=True), RECEIPT, ASK)
    yield "acknowledge", draw.page(INSIDE, ACKNOWLEDGE, ASK)
    yield "form", draw.page(INSIDE, EVERY_FIELD, replace(ASK, people=[("bruno@halden.example", "Bruno Keller")]))
    yield "form-errors", draw.page(INSIDE, EVERY_FIELD, replace(ASK, errors=WRONG, values={"owner": "Fernando"}))
    yield "dashboard", draw.page(INSIDE, DASHBOARD, ASK)
    yield (
        "unknown",
        draw.page(
            replace(INSIDE, notice="I do not know “polcy”. Did you mean policy?", tone="warn", words="polcy list"),
            TODO,
            ASK,
        ),
    )
    yield "whom", doors.whom(OUTSIDE, FEATURED, OTHERS)
    yield "sign-in", doors.sign_in(OUTSIDE)
    yield (
        "sign-in-error",
        doors.sign_in(OUTSIDE, email="ana", error="That is no e-mail address. It looks like name@company.com"),
    )
    yield "sign-in-sent", doors.sign_in(OUTSIDE, sent="your mail")
    yield "one-time", doors.one_time(OUTSIDE, "/link/x")
    yield "expired", doors.expired(OUTSIDE, "/link/x/fresh")
    yield "sessions", doors.sessions(INSIDE, SESSIONS)
    yield "missing", doors.trouble(INSIDE, 404)
    yield "signed-out", doors.trouble(OUTSIDE, 401, Again("/do/policy.ask/A-7", {"question": "May I?"}))
    yield "not-saved", doors.trouble(INSIDE, 503, Again("/do/acknowledge/7", {"agree": "yes", "key": "k"}))
    yield "mail", letter.mail(INSIDE, TODO.cards[0], NAMES, "https://comply.example.com{}".format)[2]
