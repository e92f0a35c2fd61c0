"""Acknowledgements made elsewhere are imported: previewed, declared identical, kept once, counting for their year."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models.campaign import Assignment
from tests.dialogues.policies import in_force
from tests.dialogues.test_policy_due import asked_everybody, owed
from tests.support.company import ask, publish
from tests.support.stage import Stage

HEAD = "employee,policy,version,date,source\n"


def lines(*rows: str) -> tuple[str, bytes]:
    """Return a CSV file of acknowledgements."""
    return "signed.csv", (HEAD + "\n".join(rows) + "\n").encode()


def test_ana_imports_what_was_signed_on_paper(stage: Stage) -> None:
    """Each line is matched or named; nothing is kept before the texts are declared identical, and nothing twice."""
    policy = in_force(stage, "acceptable-use", "Use things well.")
    other = publish(stage, "Access Control", "Access follows work.")
    chidi, bruno, callum = stage.person("Chidi"), stage.person("Bruno"), stage.person("Callum")
    ask(stage, chidi, policy)
    file = lines(
        "E006,acceptable-use,1,2026-10-01,Signed on paper",
        f"bruno@halden.example,{other},v1,2026-09-01,=cmd|'!A1' <b>HR</b>",
        "E999,acceptable-use,1,2026-10-01,Paper",
        "E008,acceptable-use,7,2026-10-01,Paper",
        "E008,code-of-honour,1,2026-10-01,Paper",
        "E008,acceptable-use,1,1 October,Paper",
        "E008,acceptable-use,1,2027-10-01,Paper",
        "E008,acceptable-use,1,2026-10-01,",
    )
    ana = stage.person("Ana")
    callum.says("policy import-acknowledgements").sees("That is not yours to do")
    form = ana.says("policy import-acknowledgements")
    assert form.title.startswith("Import acknowledgements"), "also where a title has little room"
    form = form.fills(file=file)
    form.sees(
        "Keep 2 acknowledgements", "Left out: 6 lines", "E999", "no version “7”", "code-of-honour", "still to come"
    )
    form.sees("“1 October” is no date", "source is empty")
    form.fills(identical=False).sees("Tick this box")
    stage.works()
    assert stage.records("policy.acknowledged") == []

    form.fills(identical=True).sees("2 acknowledgements are being kept")
    stage.works()
    records = stage.records("policy.acknowledged")
    assert {record["facts"]["owed_by"] for record in records} == {chidi.ref, bruno.ref}
    assert {record["auth"]["scheme"] for record in records} == {"import"}
    assert {record["outcome"] for record in records} == {"imported"}
    assert {record["facts"]["acknowledged_on"] for record in records} == {"2026-10-01", "2026-09-01"}
    assert {record["facts"]["declared_identical_by"] for record in records} == {ana.ref}
    assert "paper" not in str(records).lower()
    assert "cmd" not in str(records)
    (declared,) = stage.records("policy.acknowledgements-imported")
    assert declared["facts"]["unmatched_lines"] == [4, 5, 6, 7, 8, 9]
    assert declared["subject"]["sha256"] == records[0]["facts"]["source_sha256"]

    chidi.opens().sees("Nothing is waiting for you")
    chidi.says(f"policy acknowledge {policy}").sees("You acknowledged this on Thu 1 Oct 2026")
    ana.says("policy import-acknowledgements").fills(file=file).fills(identical=True).sees("imported already")
    again = lines("E006,POL-1,1,2026-10-01,The same once more")
    ana.says("policy import-acknowledgements").fills(file=again).fills(identical=True).sees("being kept")
    stage.works()
    assert len(stage.records("policy.acknowledged")) == 2


def test_it_counts_until_its_own_anniversary(stage: Stage) -> None:
    """Who signed in March is asked again in the next March, and an old signature spares nobody."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    chidi, bruno = stage.person("Chidi"), stage.person("Bruno")
    file = lines("E006,acceptable-use,1,2026-03-20,HR", "E005,acceptable-use,1,2025-03-20,HR")
    stage.person("Ana").says("policy import-acknowledgements").fills(file=file).fills(identical=True)
    stage.works()
    asked_everybody(stage, policy)
    stage.later(hours=2)
    stage.works()
    assert [(state, reason) for _, state, reason, _ in owed(stage, chidi)] == [("done", "imported")]
    assert [(state, reason) for _, state, reason, _ in owed(stage, bruno)] == [("done", "imported"), ("open", "yearly")]
    stage.later(days=103)
    stage.works()
    assert owed(stage, chidi)[1:] == [(f"{policy}v1", "open", "yearly", date(2027, 3, 20))]


def test_files_that_are_none(stage: Stage) -> None:
    """Other files are refused with what to do, and nothing is changed."""
    publish(stage, "Acceptable Use", "Use things well.")
    form = stage.person("Ana").says("policy import-acknowledgements")
    for body, words in (
        (b"PK\x03\x04 xlsx", "Its content is none of"),
        (b"\xff\xfea", "Its content is none of"),
        (b"name,date\nChidi,2026-01-01\n", "The first line names the columns"),
        (HEAD.encode(), "No line can be kept"),
        (HEAD.encode() + b'E006,"acceptable-use,1\n', "the quotes do not match"),
        (HEAD.encode() + b"E999,acceptable-use,1,2026-10-01,HR\n", "Line 2: Nobody on the roster"),
    ):
        form.fills(file=("a.csv", body)).sees(words)
    assert stage.records() == []
    assert stage.read(_assignments) == 0


def _assignments(session: Session) -> int:
    return session.query(Assignment).count()
