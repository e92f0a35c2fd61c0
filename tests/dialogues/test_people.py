"""People are looked at, changed by hand, given roles, merged, and leave."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.desk import WebSession
from models.fact import facts_of, midnight
from models.outbox import OutboxMessage
from models.person import EmailAlias, Identity, Person
from tests.support.company import publish
from tests.support.stage import Player, Stage
from workflows import duty
from workflows.workflow import REGISTRY


def ask(stage: Stage, player: Player, policy: str) -> None:
    """Ask one person to acknowledge a policy."""

    def work(session: Session) -> None:
        person = session.get_one(Person, player.row.id)
        flow = REGISTRY.workflow("policy")
        duty.assign(stage.context(session), flow, person, f"{policy}v1", reason="hire", due_on=date(2026, 12, 7))

    stage.write(work)


def states(stage: Stage, player: Player) -> list[str]:
    """Return the states of what somebody owes."""
    rows = select(Assignment.state).where(Assignment.owed_by_id == player.row.id).order_by(Assignment.id)
    return list(stage.read(lambda session: session.scalars(rows).all()))


def fact(stage: Stage, player: Player, name: str, on: date, key: str = "") -> object:
    """Return what was true of somebody on a day."""
    return stage.read(
        lambda session: facts_of(session, [player.ref], midnight(on)).get(player.ref, {}).get((name, key))
    )


def test_everybody_sees_their_part(stage: Stage) -> None:
    """An employee sees themselves, a manager the team, the lead and the auditor all; nobody else's details."""
    chidi, bruno, ana = stage.person("Chidi"), stage.person("Bruno"), stage.person("Ana")
    chidi.says("people list").sees("Chidi Okafor").misses("Keisha", "Bruno Keller", "Import people")
    bruno.says("people list").sees("Chidi Okafor", "Keisha Robinson").misses("Callum")
    ana.says("people list").sees("Callum Whitford", "Greta Lindqvist").offers("Import people", "Add somebody")
    ana.says("people list team:Sales").sees("Callum").misses("Chidi")
    chidi.says("people show").sees("What is held about you", "chidi@halden.example", "E006", "Monday to Friday")
    chidi.says("my data").sees("How you stand", "works here").misses("How they stand", "mon-fri")
    chidi.says("people show @keisha").sees("nobody called").misses("keisha@halden.example", "E007")
    bruno.says("people show @chidi").sees("Africa/Lagos").misses("chidi@halden.example", "E006", "Change")
    ana.says("people show @chidi").sees("chidi@halden.example").offers("Change", "Leave", "Last day")
    stage.person("Greta").says("people show @chidi").sees("chidi@halden.example").misses("Last day")
    chidi.says("people change").sees("not yours to do")


def test_ana_adds_and_changes_freya(stage: Stage) -> None:
    """Names and addresses are commitments; what changes keeps its history and the old address."""
    ana = stage.person("Ana")
    form = ana.says("people add")
    details = {
        "employee_id": "E100",
        "department": "Sales",
        "manager": "Callum",
        "country": "FI",
        "zone": "Europe/Helsinki",
    }
    form.fills(name="Freya Lindholm", email="chidi@halden.example", **details).sees("belongs to somebody else")
    assert stage.records() == []
    form.fills(name="Freya Lindholm", email="Freya@halden.example", start_on="2026-11-23", **details).sees(
        "Freya Lindholm"
    )
    freya = stage.person("Freya")
    assert freya.row.email == "freya@halden.example"
    assert fact(stage, freya, "manager", date(2026, 11, 24)) == stage.person("Callum").ref

    stage.later(days=7)
    ana.says("people change").fills(who="Freya").fills(email="f.lind@halden.example", department="Engineering").sees(
        "Freya"
    )
    assert fact(stage, freya, "department", date(2026, 11, 29)) == "Sales"
    assert fact(stage, freya, "department", date(2026, 12, 1)) == "Engineering"
    assert stage.read(lambda session: session.scalars(select(EmailAlias.email)).all()) == ["freya@halden.example"]
    added, changed = stage.records("person.added")[0], stage.records("person.changed")[0]
    assert changed["facts"]["columns"] == ["aliases", "department", "email"]
    assert "reya" not in str([added, changed])
    ana.says("people show @freya").sees("History", "Sales", "Engineering", "freya@halden.example").sees(
        "employee, from Mon 23 Nov 2026"
    ).misses("One person", "kind employee")


def test_nobody_manages_in_a_circle(stage: Stage) -> None:
    """Bruno manages Chidi, so Chidi cannot manage Bruno."""
    ana = stage.person("Ana")
    ana.says("people change").fills(who="Bruno").fills(manager="Chidi").sees("manage each other in a circle")
    assert stage.records() == []


def test_leave_and_back(stage: Stage) -> None:
    """Keisha is away, stays on the roster, and comes back sooner."""
    ana, keisha = stage.person("Ana"), stage.person("Keisha")
    leave = ana.says("people leave")
    leave.fills(who="Keisha", **{"from": "2026-11-20", "to": "2026-11-01"}).sees("ends before it begins")
    leave.fills(who="Keisha", **{"from": "2026-11-20", "to": "2027-02-01"}).sees(
        "is away from Fri 20 Nov 2026 until Mon 1 Feb 2027", "on leave until Mon 1 Feb 2027"
    )
    ana.says("people list state:leave").sees("Keisha").misses("Chidi")
    assert fact(stage, keisha, "leave", date(2026, 11, 24)) == {"from": "2026-11-20", "to": "2027-02-01"}
    ana.says("people back").fills(who="Keisha", day="2026-11-24").sees("Keisha")
    assert stage.person("Keisha").row.leave_to == date(2026, 11, 23)
    ana.says("people back").fills(who="Chidi", day="2026-11-24").sees("is not on leave")


def test_chidi_leaves_and_stays_in_the_population(stage: Stage) -> None:
    """When the day is over in Lagos, sessions end and what is open is closed as left; taken back, it opens again."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    ask(stage, chidi, policy)
    chidi.opens().sees("Acceptable Use")
    form = ana.says("people left @chidi day:2026-11-23").sees("they can no longer sign in")
    assert stage.records("person.ended") == []
    form.presses("Save").sees("Chidi")
    stage.works()
    assert states(stage, chidi) == ["open"]

    stage.later(hours=14, minutes=30)  # half past eleven in the night in UTC, half past midnight in Lagos
    stage.works()
    assert states(stage, chidi) == ["left"]
    (left,) = stage.records("person.left")
    assert left["facts"]["assignments"] == ["A-1"]
    assert left["facts"]["last_day"] == "2026-11-23"
    assert (
        stage.read(
            lambda session: session.scalars(
                select(WebSession).where(WebSession.person_id == chidi.row.id, WebSession.ended_at.is_(None))
            ).all()
        )
        == []
    )

    ana.says("people rehire").fills(who="Chidi", how="never", day="").sees("Chidi")
    stage.works()
    assert states(stage, chidi) == ["open"]
    assert len(stage.records("assignment.returned")) == 1
    chidi.opens().sees("Acceptable Use")


def test_a_new_spell_does_not_bring_back_old_duties(stage: Stage) -> None:
    """Who is hired again is asked anew; what the first spell left open stays left."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    ana, chidi = stage.person("Ana"), stage.person("Chidi")
    ask(stage, chidi, policy)
    ana.says("people left").fills(who="Chidi", day="2026-11-23")
    stage.later(days=2)
    stage.works()
    form = ana.says("people rehire")
    form.fills(who="Chidi", how="again", day="2026-11-20").sees("begins after the last day")
    form.fills(who="Chidi", how="again", day="2026-11-26").sees("Chidi")
    stage.later(days=2)
    stage.works()
    assert states(stage, chidi)[0] == "left"
    assert stage.records("assignment.returned") == []


def test_a_contractor_ends(stage: Stage) -> None:
    """A contractor's end is a last day like any other."""
    ana, callum = stage.person("Ana"), stage.person("Callum")
    ana.says("people change").fills(who="Callum").fills(kind="contractor", end_on="2026-11-30").sees("Callum")
    assert fact(stage, callum, "employment", date(2026, 11, 24)) == {
        "kind": "contractor",
        "start": "2024-01-01",
        "end": "2026-11-30",
    }
    assert fact(stage, callum, "employment", date(2026, 11, 1)) == {
        "kind": "employee",
        "start": "2024-01-01",
        "end": "2026-11-30",
    }
    stage.later(days=10)
    stage.works()
    ana.says("people list state:left").sees("Callum Whitford", "left on Mon 30 Nov 2026")


def test_roles_are_given_and_taken(stage: Stage) -> None:
    """Each is one record, true from today; the last compliance lead keeps the role."""
    ana, bruno = stage.person("Ana"), stage.person("Bruno")
    ana.says("people role").fills(who="Bruno", role="owner", how="give").sees("Bruno Keller is now owner")
    ana.says("people role").fills(who="Bruno", role="owner", how="give").sees("has that role already")
    assert stage.person("Bruno").row.has("owner")
    assert fact(stage, bruno, "role", date(2026, 11, 24), "owner") is True
    told = stage.read(lambda session: session.scalars(select(OutboxMessage.body)).all())
    assert [body["title"] for body in told] == ["You now have a role: owner."]
    ana.says("people role").fills(who="Bruno", role="owner", how="take").sees("is no longer owner")
    assert fact(stage, bruno, "role", date(2026, 11, 24), "owner") is None
    assert {record["outcome"] for record in stage.records("person.role")} == {"given", "taken"}
    ana.says("people role @nobody role:deputy").sees("Nobody called “nobody” is on the roster")
    ana.says("people role @bruno role:deputy").presses("Save").sees("Bruno Keller is now deputy")
    for words, answers in (
        ("people role", {"role": "lead", "how": "take"}),
        ("people left", {"day": "2026-11-30"}),
        ("people change", {}),
    ):
        form = ana.says(words).fills(who="Ana", **answers)
        (form if answers else form.fills(end_on="2026-11-30")).sees("the only compliance lead")
    ana.says("people role").fills(who="Tomasz", role="lead", how="give")
    ana.says("people role").fills(who="Ana", role="lead", how="take").sees("Ana Duarte is no longer lead")
    ana.says("people role").sees("not yours to do")


def test_two_accounts_of_one_person_become_one_and_two_again(stage: Stage) -> None:
    """Addresses, chats and what is open move; what both were asked is asked once; a split gives back what moved."""
    ana, callum, keisha = stage.person("Ana"), stage.person("Callum"), stage.person("Keisha")
    both, one = publish(stage, "Acceptable Use", "Use well."), publish(stage, "Access Control", "Ask first.")
    ask(stage, callum, both)
    ask(stage, callum, one)
    ask(stage, keisha, both)
    stage.write(
        lambda session: session.add(
            Identity(person_id=callum.row.id, platform="slack", workspace="T1", platform_id="U1", recorded_at=stage.now)
        )
    )
    ana.says("people merge").fills(who="Callum", other="Callum", reason="x").sees("the same entry")
    form = ana.says("people merge @callum @keisha One human being").sees("what both owe is asked once")
    assert stage.records("person.merged") == []
    form.presses("Merge").sees("are one person now", "Moved: 1 still open,", "asked once: 1.").sees(
        "Keisha Robinson", "callum@halden.example"
    )
    merged = stage.read(lambda session: session.get_one(Person, callum.row.id))
    assert (merged.merged_into_id, merged.email) == (keisha.row.id, None)
    assert states(stage, callum) == ["withdrawn"]
    assert states(stage, keisha) == ["open", "open"]
    known = select(Identity.person_id).where(Identity.workspace == "T1")
    assert stage.read(lambda session: session.scalars(known).all()) == [keisha.row.id]
    (record,) = stage.records("person.merged")
    assert record["facts"]["into"] == keisha.ref
    assert "callum" not in str(record).lower()
    assert "One human" not in str(record)

    ana.says("people show @keisha").misses("Split")
    ana.says("people split").fills(who="Chidi", reason="x").sees("Nobody was merged")
    ana.says("people split").fills(who="Keisha", reason="Two after all").sees("Callum Whitford")
    back = stage.person("Callum").row
    assert (back.email, back.employee_id, back.merged_into_id) == ("callum@halden.example", "E008", None)
    assert states(stage, callum) == ["open", "open"]
    assert stage.records("person.split")[0]["facts"]["assignments"] == ["A-2", "A-1"]
    callum.opens().sees("2 waiting for you")
    assert stage.read(lambda session: session.scalars(known).all()) == [callum.row.id]
    assert stage.read(lambda session: session.scalars(select(EmailAlias)).all()) == []
