"""The people of the dialogues: few, named, and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.person import Person
from models.policy import Policy, PolicyVersion
from tests.support.stage import Player, Stage, on_stage
from workflows import duty
from workflows.workflow import REGISTRY

# name, department, manager, roles, zone
PEOPLE = (
    ("Margit Halden", "Leadership", "", "employee", "Europe/Oslo"),
    ("Ana Duarte", "Security", "Margit Halden", "employee;lead", "Europe/Lisbon"),
    ("Tomasz Zielinski", "Security", "Ana Duarte", "employee;deputy;admin", "Europe/Warsaw"),
    ("Farah Haddad", "Security", "Margit Halden", "employee;owner", "Europe/Paris"),
    ("Bruno Keller", "Engineering", "Margit Halden", "employee", "Europe/Zurich"),
    ("Chidi Okafor", "Engineering", "Bruno Keller", "employee", "Africa/Lagos"),
    ("Keisha Robinson", "Engineering", "Bruno Keller", "employee", "America/New_York"),
    ("Callum Whitford", "Sales", "Margit Halden", "employee", "Australia/Adelaide"),
    ("Greta Lindqvist", "", "", "auditor", "Europe/Stockholm"),
)


def found(stage: Stage) -> None:
    """Put the people on the roster."""

    def work(session: Session) -> None:
        known: dict[str, Person] = {}
        for number, (name, department, manager, roles, zone) in enumerate(PEOPLE, 1):
            known[name] = Person(
                employee_id=f"E{number:03}",
                name=name,
                email=f"{name.split()[0].lower()}@halden.example",
                manager=known.get(manager),
                department=department,
                roles=roles,
                zone=zone,
                start_on=date(2024, 1, 1),
                recorded_at=stage.now,
            )
            session.add(known[name])
            session.flush()

    stage.write(work)


def publish(stage: Stage, title: str, text: str, *, typed_name: bool = False) -> str:
    """Put a policy in force and return its code."""
    import hashlib

    def work(session: Session) -> str:
        farah = session.query(Person).filter_by(name="Farah Haddad").one()
        margit = session.query(Person).filter_by(name="Margit Halden").one()
        policy = Policy(slug=title.lower().replace(" ", "-"), title=title, owner_id=farah.id, created_at=stage.now)
        session.add(policy)
        session.flush()
        version = PolicyVersion(
            policy_id=policy.id,
            number=1,
            state="published",
            title=title,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            summary=f"What {title} asks of you.",
            controls="CC1.1;CC5.3",
            typed_name=typed_name,
            answers_as=1,
            author_id=farah.id,
            approver_id=margit.id,
            created_at=stage.now,
            approved_at=stage.now,
            published_at=stage.now,
        )
        session.add(version)
        session.flush()
        policy.in_force_id = version.id
        return policy.code

    return stage.write(work)


def ask(stage: Stage, player: Player, policy: str) -> None:
    """Ask one person to acknowledge a policy."""

    def work(session: Session) -> None:
        ctx = stage.context(session)
        person = session.get_one(Person, player.row.id)
        duty.assign(
            ctx, REGISTRY.workflow("policy"), person, f"{policy}v1", reason="new version", due_on=date(2026, 12, 7)
        )

    stage.write(work)


@contextmanager
def chidi_owes(database_url: str, **settings: Any) -> Iterator[Stage]:
    """Open a demo in which Chidi is asked to acknowledge POL-1 (his A-1)."""
    with on_stage(database_url, company="Halden Instruments", **settings) as stage:
        found(stage)
        publish(stage, "Acceptable Use", "Use things well.", typed_name=True)
        ask(stage, stage.person("Chidi"), "POL-1")
        yield stage
