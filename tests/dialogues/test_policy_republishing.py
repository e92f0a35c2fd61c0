"""A new text: ask everyone again, or a small correction; earlier acknowledgements are never touched."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.campaign import Assignment, Campaign
from models.policy import PolicyVersion
from models.record import Record
from tests.dialogues.policies import approve, bring, in_force, policy_file, zipped
from tests.dialogues.test_policy_questions import the_duty
from tests.support.company import ask
from tests.support.stage import Stage

OLD = "## 1. Purpose\n\nUse things well.\n\n## 2. Screens\n\n- Lock the screen.\n"
NEW = OLD.replace("Lock the screen", "Lock the screen after one minute")


def row_of(stage: Stage, number: int) -> dict[str, Any]:
    """Return an assignment's row as the table holds it."""

    def work(session: Session) -> dict[str, Any]:
        one = session.get_one(Assignment, number)
        return {column.key: getattr(one, column.key) for column in Assignment.__table__.columns}

    return stage.read(work)


def bodies(stage: Stage) -> dict[str, bytes]:
    """Return every record's bytes by id."""
    return stage.read(lambda session: {one.id: one.body for one in session.query(Record)})


def acknowledged_and_open(stage: Stage) -> str:
    """Chidi has acknowledged version 1, Keisha has it open."""
    policy = in_force(stage, "acceptable-use", OLD)
    chidi, keisha = stage.person("Chidi"), stage.person("Keisha")
    ask(stage, chidi, policy)
    ask(stage, keisha, policy)
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("You acknowledged this")
    stage.later(days=10)
    bring(stage, policy_file("acceptable-use", NEW))
    approve(stage, policy)
    return policy


def test_ask_everyone_again(stage: Stage) -> None:
    """What changed is shown; a campaign is drafted; who had the old text open gets the new one with its days."""
    policy = acknowledged_and_open(stage)
    before, records = row_of(stage, 1), bodies(stage)
    keisha = stage.person("Keisha")
    stale = keisha.opens().presses("Acknowledge").sees("POL-1v1")

    form = stage.person("Ana").says(f"policy publish {policy}")
    form.sees("What changed", "2. Screens", "- Lock the screen.", "- Lock the screen after one minute.")
    form.fills(changes="").sees("This is needed")
    form.fills(how="ask", changes="Screens lock after a minute.").sees("is in force", "C-2").offers("Preview", "Launch")
    stale.fills(agree=True).sees("This has changed since you opened it", "POL-1v2")
    keisha.opens().sees("What is new: Screens lock after a minute.", "What acceptable-use asks of you.")
    counted = stage.person("Ana").says("campaign preview C-2").sees("7 people will be asked", "asked already")
    stage.works()
    assert stage.person("Ana").says("campaign preview C-2").text == counted.text

    assert row_of(stage, 1) == before
    assert {name: body for name, body in bodies(stage).items() if name in records} == records
    moved = the_duty(stage, "A-2")
    assert (moved.subject, moved.state, moved.due_on) == ("POL-1v2", "open", date(2026, 12, 17))
    keisha.opens().presses("Acknowledge").sees("POL-1v2").fills(agree=True).sees("You acknowledged this")
    stage.person("Chidi").says("policy show A-1").sees("This is an earlier version", "Lock the screen.")

    def check(session: Session) -> None:
        old, new = session.query(PolicyVersion).order_by(PolicyVersion.number)
        assert (old.state, new.state, new.answers_as, new.ask_again) == ("superseded", "published", 2, True)
        campaign = session.get_one(Campaign, 2)
        assert (campaign.subject, campaign.state) == ("POL-1v2", "draft")

    stage.read(check)
    (_, published) = sorted(stage.records("policy.published"), key=lambda record: record["subject"]["version"])
    assert published["outcome"] == "ask everyone again"
    assert published["facts"]["decided_by"] == stage.person("Ana").ref
    (moved_over,) = stage.records("policy.moved-over")
    assert moved_over["facts"]["assignments"] == [{"assignment": "A-2", "due_on": "2026-12-07"}]


def test_what_was_drafted_for_the_text_before_can_be_dropped(stage: Stage) -> None:
    """Nobody launched the first campaign: the second says that the first has become useless."""
    policy = in_force(stage, "acceptable-use", OLD)
    bring(stage, policy_file("acceptable-use", NEW))
    approve(stage, policy)
    ana = stage.person("Ana")
    seen = ana.says(f"policy publish {policy}").fills(how="ask", changes="Screens lock after a minute.")
    seen.sees("C-2 will ask everyone", "C-1 was drafted for the text before").presses("Drop C-1").fills(reason="Old")
    ana.says("campaign preview C-2").sees("What is new: Screens lock after a minute.")
    ana.says("campaign launch C-1").sees("C-1 is withdrawn")


def test_a_small_correction(stage: Stage) -> None:
    """Earlier acknowledgements count for the new text; open duties move over and keep their due date.

    Who had the form open looks at what it says now, and sends that.
    """
    policy = acknowledged_and_open(stage)
    before, records = row_of(stage, 1), bodies(stage)
    keisha = stage.person("Keisha")
    stale = keisha.opens().presses("Acknowledge").sees("POL-1v1")
    stage.person("Ana").says(f"policy publish {policy}").fills(how="correction", changes="").sees(
        "Earlier acknowledgements stand"
    )
    again = stale.fills(agree=True).sees("This has changed since you opened it", "POL-1v2")
    again.fills(agree=False).sees("Tick this box to go on")
    again.fills(agree=True).sees("You acknowledged this")
    stage.works()

    assert row_of(stage, 1) == before
    assert {name: body for name, body in bodies(stage).items() if name in records} == records
    (_, published) = sorted(stage.records("policy.published"), key=lambda record: record["subject"]["version"])
    assert published["outcome"] == "small correction"
    assert published["facts"]["acknowledgements_count_from_version"] == 1
    (of_chidi,) = [one for one in stage.records("policy.acknowledged") if one["facts"]["assignment"] == "A-1"]
    (of_keisha,) = [one for one in stage.records("policy.acknowledged") if one["facts"]["assignment"] == "A-2"]
    assert (of_chidi["subject"]["version"], of_keisha["subject"]["version"]) == (1, 2)
    assert the_duty(stage, "A-2").due_on == date(2026, 12, 7)


def test_retired(stage: Stage) -> None:
    """What is open is withdrawn, what was acknowledged stays, and the text can still be read by who answered it."""
    policy = acknowledged_and_open(stage)
    before = row_of(stage, 1)
    chidi, keisha = stage.person("Chidi"), stage.person("Keisha")
    stage.person("Ana").says("policy retire POL-1 It stands in the code of conduct").sees("is retired")
    keisha.opens().presses("Acknowledge").fills(agree=True).sees("no longer in force")
    stage.works()
    keisha.opens().sees("Nothing is waiting for you")
    keisha.says("policy acknowledge A-2").sees("This was withdrawn")
    assert row_of(stage, 1) == before
    chidi.says(f"policy show {policy}v1").sees("This policy was retired", "Lock the screen.")
    stage.person("Callum").says(f"policy show {policy}v1").sees("There is no policy")


def test_a_pdf_is_the_policy(stage: Stage) -> None:
    """Its hash is what is acknowledged; what its owner says about it is read before."""
    ana = stage.person("Ana")
    answers = {
        "title": "Travel",
        "summary": "Travel safely.",
        "approver": "Margit",
        "owner": "Farah",
        "audience": "everyone",
        "controls": "CC1.1, CC9.9",
        "cadence": "yearly",
        "days": "14",
    }
    form = ana.says("policy upload")
    form.fills(file=("travel.pdf", b"<html>"), **answers).sees("There is no criterion CC9.9")
    answers["controls"] = "CC1.1"
    form.fills(file=("travel.pdf", b"<html>"), **answers).sees("Its content is none of")
    form.fills(file=("a.pdf", b"%PDF-1.7"), **{**answers, "approver": "Ana"}).sees("somebody else approves it")
    form.fills(file=("a.pdf", b"%PDF-1.7"), **{**answers, "audience": "galaxy:far"}).sees("is no audience")
    assert stage.records() == []
    form.fills(file=('"travel".pdf', b"%PDF-1.7 travel"), **answers).sees("is a draft now")
    approve(stage, "POL-1")
    chidi = stage.person("Chidi")
    ana.says("policy publish POL-1").presses("Publish").sees("is in force")
    ask(stage, chidi, "POL-1")
    chidi.says("policy show POL-1").sees("This policy is a file")
    chidi.opens().presses("Acknowledge").sees("Download").fills(agree=True).sees("You acknowledged this")
    (record,) = stage.records("policy.acknowledged")
    assert record["subject"]["sha256"] == hashlib.sha256(b"%PDF-1.7 travel").hexdigest()
    assert "travel" not in str(record).lower()
    ana.says("policy upload POL-1").fills(file=("b.pdf", b"%PDF-1.7 travel"), changes="None").sees("is POL-1v1 already")


def test_a_word_document_can_be_read(stage: Stage) -> None:
    """It is shown as text where that is possible, and one with nothing in it is still a file."""
    document = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        b"<w:p><w:r><w:t>Travel safely &lt;b&gt;always&lt;/b&gt;.</w:t></w:r></w:p></w:body></w:document>"
    )
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    word = zipped(("[Content_Types].xml", types), ("word/document.xml", document))[1]
    ana = stage.person("Ana")
    common = {"summary": "Travel.", "approver": "Margit", "owner": "Farah"}
    ana.says("policy upload").fills(file=("t.docx", word), title="Travel", **common).sees("is a draft now")
    ana.says("policy show POL-1v1").sees("Travel safely <b>always</b>")
    bad = zipped(("[Content_Types].xml", b"x"), ("word/document.xml", b"no xml"))[1]
    ana.says("policy upload").fills(file=("u.docx", bad), title="Broken", **common).sees("is a draft now")
    ana.says("policy show POL-2v1").sees("This is not in force")
    macro = zipped(("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x"))[1]
    ana.says("policy upload").fills(file=("v.docx", macro), title="Macro", **common).sees("Its content is none of")
