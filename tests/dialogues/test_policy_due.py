"""Who owes what by rule: joiners, leavers, people on leave, a year later; and everything due in one message."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models.campaign import Assignment, Campaign
from models.message import decode
from models.outbox import OutboxMessage
from models.person import Person
from tests.support.campaigns import said as told
from tests.support.company import publish
from tests.support.stage import Player, Stage
from workflows.workflow import REGISTRY


def change(stage: Stage, name: str, **columns: Any) -> Player:
    """Change somebody on the roster."""
    player = stage.person(name)

    def work(session: Session) -> None:
        for column, value in columns.items():
            setattr(session.get_one(Person, player.row.id), column, value)

    stage.write(work)
    return player


def asked_everybody(stage: Stage, *policies: str) -> None:
    """Note a campaign for each policy that asked everybody, whom the duties of this test leave out."""

    def work(session: Session) -> None:
        for policy in policies:
            session.add(
                Campaign(
                    workflow="policy",
                    subject=f"{policy}v1",
                    title=policy,
                    state="closed",
                    due_on=date(2026, 11, 1),
                    created_at=stage.now,
                    launched_at=stage.now,
                )
            )

    stage.write(work)


def owed(stage: Stage, player: Player) -> list[tuple[str, str, str, date]]:
    """Return (subject, state, reason, due) of everything somebody was asked."""

    def work(session: Session) -> list[tuple[str, str, str, date]]:
        rows = session.query(Assignment).filter_by(owed_by_id=player.row.id).order_by(Assignment.id)
        return [(one.subject, one.state, one.reason, one.due_on) for one in rows]

    return stage.read(work)


def messages(stage: Stage, player: Player) -> list[Any]:
    """Return what was said to somebody."""

    def work(session: Session) -> list[Any]:
        rows = session.query(OutboxMessage).filter_by(person_id=player.row.id, kind="assigned")
        return [decode(row.body) for row in rows.order_by(OutboxMessage.id)]

    return stage.read(work)


def test_keisha_joins_and_is_asked_once_for_everything(stage: Stage) -> None:
    """Nothing before her first day; then one message, one form, and what she leaves unticked stays open."""
    keisha = change(stage, "Keisha", start_on=date(2026, 11, 25))
    use = publish(stage, "Acceptable Use", "Use things well.")
    conduct = publish(stage, "Code of Conduct", "Be kind.", typed_name=True)
    access = publish(stage, "Access Control", "Access follows work.")
    stage.write(lambda session: session.add(_draft(stage, use)))
    stage.works()
    assert owed(stage, keisha) == []

    stage.later(days=2)
    stage.works()
    due = date(2026, 12, 9)
    assert owed(stage, keisha) == [(f"{code}v1", "open", "hire", due) for code in (use, conduct, access)]
    (message,) = messages(stage, keisha)
    assert message.title == "3 policies are waiting for you"
    assert [said.not_before.isoformat() for said in told(stage, "Keisha")] == ["2026-11-25T14:00:00+00:00"]  # her 09:00
    (record,) = [one for one in stage.records("policy.asked") if keisha.ref in str(one)]
    assert [entry[2:] for entry in record["facts"]["entries"] if entry[0] == keisha.ref] == [
        [f"{code}v1", "2026-12-09", "hire"] for code in (use, conduct, access)
    ]

    first, second, _ = stage.read(
        lambda session: [
            one.id for one in session.query(Assignment).filter_by(owed_by_id=keisha.row.id).order_by(Assignment.id)
        ]
    )
    keisha.opens().sees("3 waiting for you").presses("Read and acknowledge").sees("Read each, tick each")
    form = keisha.says("policy bundle").sees("Acceptable Use", "Code of Conduct", "Access Control", "Wed 9 Dec 2026")
    form.offers("Tick and acknowledge").misses("Fingerprint").fills(**{f"agree_{first}": False}).sees(
        "Tick at least one policy"
    )
    form.fills(**{f"agree_{first}": True, f"agree_{second}": True}).sees("Type your name here too")
    assert stage.records("policy.acknowledged") == []
    form.fills(**{f"agree_{first}": True, f"agree_{second}": True, f"name_{second}": "K. Robinson"}).sees(
        "One policy is waiting for you"
    ).misses("tick each")
    keisha.opens().misses("Read and acknowledge")
    assert [state for _, state, _, _ in owed(stage, keisha)] == ["done", "done", "open"]
    acknowledged = stage.records("policy.acknowledged")
    assert {record["subject"]["ref"] for record in acknowledged} == {use, conduct}
    assert all(record["actor"]["ref"] == keisha.ref and "shown" in record for record in acknowledged)
    assert messages(stage, keisha)[0].title == "One policy is waiting for you"

    stage.later(hours=2)
    stage.works()
    assert len(owed(stage, keisha)) == 3
    keisha.opens().presses("Acknowledge").fills(agree=True).sees("Thank you")
    keisha.says("policy bundle").sees("No policy is waiting for you")
    assert messages(stage, keisha)[0].title == "All of this is done. Thank you."


def _draft(stage: Stage, policy: str) -> Campaign:
    return Campaign(
        workflow="policy", subject=f"{policy}v1", title=policy, due_on=date(2026, 12, 9), created_at=stage.now
    )


def test_a_draft_campaign_is_not_overtaken(stage: Stage) -> None:
    """Publishing asks nobody: while the lead's campaign is a draft, being prepared or a pilot, the rule waits."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    stage.write(lambda session: session.add(_draft(stage, policy)))
    bruno, job = stage.person("Bruno"), REGISTRY.jobs()["policy: ask who is due"]
    for state, audience, asked in (
        ("draft", "everyone", 0),
        ("launching", "everyone", 0),
        ("running", "department:Sales", 0),
        ("withdrawn", "everyone", 0),
        ("closed", "everyone", 1),
    ):
        stage.write(partial(_set, state=state, audience=audience))
        stage.later(hours=2)
        while stage.write(lambda session: job(stage.context(session))):
            pass
        assert len(owed(stage, bruno)) == asked, state


def _set(session: Session, state: str, audience: str) -> None:
    session.query(Campaign).update({"state": state, "audience": audience})


def test_bruno_is_on_leave(stage: Stage) -> None:
    """Nobody is asked on leave, but on return."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    asked_everybody(stage, policy)
    bruno = change(stage, "Bruno", leave_from=date(2026, 11, 1), leave_to=date(2026, 12, 6))
    stage.later(hours=1)
    stage.works()
    assert owed(stage, bruno) == []
    assert len(owed(stage, stage.person("Chidi"))) == 1
    stage.later(days=14)
    stage.works()
    assert owed(stage, bruno) == [(f"{policy}v1", "open", "joined", date(2026, 12, 21))]


def test_a_leaver_and_an_auditor_are_not_asked(stage: Stage) -> None:
    """Who left is not asked, and what they acknowledged stays; who is there to audit is never asked."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    asked_everybody(stage, policy)
    stage.later(hours=1)
    stage.works()
    chidi = stage.person("Chidi")
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("Thank you")
    change(stage, "Chidi", end_on=date(2026, 11, 24))
    other = publish(stage, "Access Control", "Access follows work.")
    asked_everybody(stage, other)
    stage.later(days=3)
    stage.works()
    assert [subject for subject, state, _, _ in owed(stage, chidi)] == [f"{policy}v1"]
    assert len(owed(stage, stage.person("Callum"))) == 2
    assert owed(stage, stage.person("Greta")) == []
    assert len(stage.records("policy.acknowledged")) == 1


def test_a_year_later_and_after_coming_back(stage: Stage) -> None:
    """Chidi is asked again before the year is over, Keisha because her new spell began, and each only once."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    asked_everybody(stage, policy)
    stage.later(hours=1)
    stage.works()
    chidi, keisha = stage.person("Chidi"), stage.person("Keisha")
    for player in (chidi, keisha):
        player.opens().presses("Acknowledge").fills(agree=True).sees("Thank you")
    stage.later(days=200)
    change(stage, "Keisha", start_on=date(2027, 6, 1))
    stage.works()
    assert [reason for _, _, reason, _ in owed(stage, keisha)] == ["joined", "hire"]
    assert len(owed(stage, chidi)) == 1
    stage.later(days=150)
    stage.works()
    assert len(owed(stage, chidi)) == 1
    stage.later(days=1)
    stage.works()
    assert owed(stage, chidi)[1:] == [(f"{policy}v1", "open", "yearly", date(2027, 11, 23))]
    stage.later(days=1)
    stage.works()
    assert len(owed(stage, chidi)) == 2


def test_a_campaign_spares_who_has_answered(stage: Stage) -> None:
    """Who acknowledged, or is exempt, is listed with the reason and not asked again."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    asked_everybody(stage, policy)
    stage.later(hours=1)
    stage.works()
    chidi, callum = stage.person("Chidi"), stage.person("Callum")
    chidi.opens().presses("Acknowledge").fills(agree=True).sees("Thank you")
    stage.person("Ana").says(f"policy exempt {policy}").fills(
        person="Callum", until="2027-01-01", reason="Paper only"
    ).sees("Exempt until")

    def check(session: Session) -> None:
        found = REGISTRY.workflow("policy").answered(
            stage.context(session), f"{policy}v1", [chidi.row.id, callum.row.id, stage.person("Bruno").row.id]
        )
        assert dict(found) == {chidi.row.id: "acknowledged v1 on Mon 23 Nov 2026", callum.row.id: "exempt"}

    stage.read(check)
