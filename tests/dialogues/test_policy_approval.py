"""A policy is drafted, sent back, approved and published; nobody approves what they wrote."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from models.campaign import Campaign
from models.fact import fact
from models.policy import Policy, PolicyVersion
from tests.dialogues.policies import bring, policy_file, zipped
from tests.support.stage import Stage


def test_farah_writes_margit_asks_for_changes_then_approves(stage: Stage) -> None:
    """Draft, review, back, review, approved, published: each step one record, and employees see only the last."""
    bring(stage, policy_file("acceptable-use", "## 1. Purpose\n\nUse {{ company }}'s things well.\n"))
    farah, margit, ana, chidi = (stage.person(name) for name in ("Farah", "Margit", "Ana", "Chidi"))
    chidi.says("policy list").sees("No policy is in force yet").misses("Acceptable Use")
    chidi.says("policy show POL-1").sees("There is no policy POL-1")
    chidi.says("policy show POL-1v1").sees("There is no policy POL-1v1")

    farah.says("policy submit POL-1").fills(approver="Farah", changes="").sees("The author cannot approve")
    farah.says("policy submit POL-1").fills(changes="All of it.").sees("in review")
    farah.says("policy approve POL-1").sees("That is not yours to do")
    ana.says("policy approve POL-1").sees("That is not yours to do")
    margit.says("policy list").sees("in review").presses("Ask for changes", on="Acceptable Use").fills(
        reason="Say what things are."
    ).sees("It is a draft again")
    margit.says("policy approve POL-1").sees("That is no longer possible")

    bring(stage, policy_file("acceptable-use", "## 1. Purpose\n\nUse laptops and phones well.\n"))
    farah.says("policy submit POL-1").fills(approver="Margit", changes="").sees("in review")
    margit.says("policy show POL-1").sees("Use laptops and phones well").presses("Approve").presses("Approve").sees(
        "Thank you"
    )
    margit.says("policy approve POL-1v2").sees("it is approved by now")
    chidi.says("policy list").misses("Acceptable Use")
    ana.says("policy list").presses("Publish", on="Acceptable Use").sees("Margit Halden").fills(changes="").sees(
        "is in force", "C-1"
    ).offers("Preview", "Launch")
    chidi.says("policy list").sees("Acceptable Use").presses("Read", on="Acceptable Use").sees("laptops and phones")

    assert Counter(record["type"] for record in stage.records()) == {
        "policy.drafted": 2,
        "policy.submitted": 2,
        "policy.changes-requested": 1,
        "policy.approved": 1,
        "policy.published": 1,
        "campaign.drafted": 1,
    }
    (approved,), (published,) = stage.records("policy.approved"), stage.records("policy.published")
    assert approved["actor"]["ref"] == margit.ref
    assert "shown" in approved
    assert published["facts"]["approver"] == margit.ref
    assert published["facts"]["decided_by"] == ana.ref
    assert published["facts"]["approved_at"] == approved["facts"]["approved_at"]
    assert "laptops" not in str(stage.records())
    assert "Say what" not in str(stage.records())


def test_what_publishing_leaves(stage: Stage) -> None:
    """The version in force is a dated fact; a campaign waits as a draft for the lead."""
    bring(stage, policy_file("acceptable-use", "Use things well."))
    stage.person("Ana").says("policy submit POL-1").fills(changes="")
    stage.person("Margit").says("policy approve POL-1").presses("Approve").sees("Thank you")
    stage.person("Chidi").says("policy publish POL-1").sees("There is no policy POL-1")
    stage.person("Farah").says("policy publish POL-1").sees("That is not yours to do")
    stage.person("Ana").says("policy publish POL-1").presses("Publish").sees("is in force")

    def check(session: Session) -> None:
        (version,) = session.query(PolicyVersion).all()
        (campaign,) = session.query(Campaign).all()
        assert session.get_one(Policy, 1).in_force_id == version.id
        assert (version.state, version.answers_as) == ("published", 1)
        assert (campaign.state, campaign.subject, campaign.workflow) == ("draft", "POL-1v1", "policy")
        assert fact(session, "POL-1", "in_force", stage.now) == 1

    stage.read(check)
    stage.person("Ana").says("policy publish POL-1v1").sees("POL-1v1 is in force already")
    assert len(stage.records("policy.published")) == 1


def test_ana_imports_and_only_what_changed_becomes_a_draft(stage: Stage) -> None:
    """Variables come from company.yaml; unchanged files are left alone; a broken one changes nothing at all."""
    ana = stage.person("Ana")
    use = policy_file("acceptable-use", "Report to {{ contact }}.")
    access = policy_file("access-control", "Access follows work.")
    company = ("company.yaml", b"contact: security@halden.example")
    stage.person("Bruno").says("policy import").sees("That is not yours to do")

    ana.says("policy import").fills(file=zipped(use, access)).sees("acceptable-use.md, line 14", "contact")
    broken = policy_file("access-control", "Access follows work.", controls="x")
    broken = (broken[0], broken[1].replace(b"CC1.1, CC5.3", b"CC9.9"))
    ana.says("policy import").fills(file=zipped(use, broken, company)).sees(
        "Nothing was imported", "access-control.md, line 7", "there is no criterion CC9.9"
    )
    headless = ("incident-response.md", b"No front matter.")
    ana.says("policy import").fills(file=zipped(use, broken, headless, company)).sees(
        "access-control.md, line 7: controls: there is no criterion CC9.9. incident-response.md, line 1:"
    )
    assert stage.records() == []

    ana.says("policy import").fills(file=zipped(use, access, company)).sees("2 of 2 policies have a new draft")
    ana.says("policy import").fills(file=zipped(use, access, company)).sees("Nothing has changed", "unchanged")
    assert len(stage.records("policy.drafted")) == 2
    changed = policy_file("access-control", "Access follows work, and ends with it.")
    ana.says("policy import").fills(file=zipped(use, changed, company)).sees("1 of 2 policies have a new draft", "v2")
    ana.says("policy show POL-1v1").sees("Report to security@halden.example.")
    ana.says("policy show POL-2v1").sees("Earlier version")


def test_the_board_approved_elsewhere(stage: Stage) -> None:
    """The minutes are kept byte for byte, judged by content and not by name; who approved, and when, is on record."""
    bring(stage, policy_file("acceptable-use", "Use things well."))
    ana = stage.person("Ana")
    form = ana.says("policy approved-elsewhere POL-1")
    form.fills(approver="Margit", on="2026-11-02", minutes=("minutes.pdf", b"MZ\x90\x00")).sees(
        "Its content is none of"
    )
    form.fills(approver="Farah", on="2026-11-02", minutes=("m.pdf", b"%PDF-1.7 x")).sees("The author cannot approve")
    form.fills(approver="Margit", on="2026-12-02", minutes=("m.pdf", b"%PDF-1.7 x")).sees("still to come")
    assert stage.records("policy.approved") == []
    form.fills(approver="Margit", on="2026-11-02", minutes=("m.pdf", b"%PDF-1.7 x")).sees("Mon 2 Nov 2026")
    (record,) = stage.records("policy.approved")
    assert record["outcome"] == "approved elsewhere"
    assert record["actor"]["ref"] == ana.ref
    assert record["facts"]["approver"] == stage.person("Margit").ref
    assert record["facts"]["approved_at"].startswith("2026-11-02")


def test_a_typed_line_shows_what_is_decided(stage: Stage) -> None:
    """Nothing is approved or published by a line that says no more than its id: the form is a confirmation."""
    bring(stage, policy_file("acceptable-use", "Use things well."))
    ana, margit = stage.person("Ana"), stage.person("Margit")
    ana.says("policy submit POL-1").fills(changes="")
    shown = margit.says("policy approve POL-1").sees("What changed", "This is the first version", "Farah Haddad")
    assert stage.records("policy.approved") == []
    shown.presses("Approve").sees("Thank you")
    shown.presses("Approve").sees("it is approved by now")
    shown = ana.says("policy publish POL-1").sees("Nobody is asked yet", "Margit Halden")
    assert stage.records("policy.published") == []
    shown.presses("Publish").sees("is in force")
    assert len(stage.records("policy.approved")) == len(stage.records("policy.published")) == 1
    margit.says("policy changes POL-1v1").sees("it is published by now")
