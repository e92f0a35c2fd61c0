"""The demo company, founded through the doors everybody uses, with two weeks of history behind it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

import yaml
from jinja2 import Environment, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.deployment import Deployment, start_over
from config import demo
from config.files import HERE
from handlers.answers import digest
from handlers.dispatch import Refused, answer
from models import message as m
from models.campaign import Assignment
from models.desk import Meta
from models.person import EmailAlias, Person
from models.policy import Policy, PolicyVersion
from workflows import duty
from workflows.audience import condition
from workflows.context import Context
from workflows.workflow import REGISTRY

FOUNDED = "founded"
AUTH = m.Auth("web", scheme="demo", assurance="demo")
BEFORE = timedelta(days=15)  # when everybody was asked: what was asked for 14 days is late by a day
RECENTLY = timedelta(days=5)
RECENT = ("access-control", "data-classification", "incident-response", "change-management", "vendor-management")


class Progress(Protocol):
    """What is told of each step."""

    def begin(self, what: str, total: int) -> None:
        """Begin a stretch of `total` steps called `what`."""
        ...

    def step(self) -> None:
        """Note that one step is done."""
        ...


@dataclass(frozen=True)
class Founding:
    """The founding at work: everything happens at a moment of the past, as if people had done it then."""

    deployment: Deployment
    now: datetime
    progress: Progress

    def write(self, work: Callable[[Session], object]) -> None:
        """Run work in a transaction of its own."""
        with Session(self.deployment.database.engine) as session, session.begin():
            work(session)

    def acts(self, session: Session, person_id: int, at: datetime, act: str, target: str, **values: object) -> None:
        """Let somebody open a form and send it, as from a browser, at a moment of the past."""
        opened = m.Gesture("button", person_id, at, AUTH, act=act, target=target)
        settings = self.deployment.settings
        try:
            form = answer(session, opened, settings, at).said
            shown = digest(form) if isinstance(form, m.Form) else ""
            reply = answer(session, replace(opened, kind="form", values=values, shown=shown), settings, at)
        except Refused as refused:
            raise RuntimeError(f"the demo cannot be founded: {refused.reply.said}") from refused
        if not reply.committed:
            raise RuntimeError(f"the demo cannot be founded: {reply.errors or reply.said}")


def founded(deployment: Deployment) -> bool:
    """Return whether the founding came to its end."""
    with Session(deployment.database.engine) as session:
        return session.get(Meta, FOUNDED) is not None


def found(deployment: Deployment, now: datetime, progress: Progress) -> None:
    """Fill a demo database. What an interrupted founding left is thrown away first: nobody has worked with it yet."""
    founding = Founding(deployment, now, progress)
    with Session(deployment.database.engine) as session:
        begun = session.scalar(select(Person.id).limit(1)) is not None
    if begun:
        start_over(deployment)
    founding.write(lambda session: _people(session, founding))
    founding.write(lambda session: _policies(session, founding))
    founding.write(lambda session: _ask(session, founding))
    founding.write(lambda session: _answers(session, founding))
    founding.write(lambda session: session.add(Meta(name=FOUNDED, value=now.isoformat())))


def _people(session: Session, founding: Founding) -> None:
    rows = list(csv.DictReader(io.StringIO(demo.render("roster.csv", founding.now.date()))))
    founding.progress.begin("Hiring people", len(rows))
    known: dict[str, Person] = {}
    for row in rows:
        known[row["employee_id"]] = person = Person(
            employee_id=row["employee_id"],
            name=row["preferred_name"],
            email=row["email"],
            department=row["department"],
            title=row["title"],
            country=row["country"],
            region=row["region"],
            zone=row["time_zone"],
            work_days=row["work_days"],
            kind=row["kind"],
            roles=row["role"],
            recorded_at=founding.now - timedelta(days=30),
            **{
                field: date.fromisoformat(row[column]) if row[column] else None
                for field, column in (
                    ("start_on", "start"),
                    ("end_on", "end"),
                    ("leave_from", "leave_from"),
                    ("leave_to", "leave_to"),
                )
            },
        )
        session.add(person)
        session.flush()
        for alias in filter(None, row["aliases"].split(";")):
            session.add(EmailAlias(email=alias, person_id=person.id))
        founding.progress.step()
    for row in rows:
        known[row["employee_id"]].manager = known.get(row["manager"])


def _policies(session: Session, founding: Founding) -> None:
    files = sorted(path for path in (HERE / "policies").glob("*.md") if path.stem != "README")
    founding.progress.begin("Publishing policies", len(files))
    texts = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - Markdown, escaped when drawn
    people = {person.email: person.id for person in session.scalars(select(Person))}
    then = founding.now - BEFORE
    for path in files:
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        about = {
            key: texts.from_string(value).render(demo.company()) if isinstance(value, str) else value
            for key, value in yaml.safe_load(front).items()
        }
        text = texts.from_string(body).render(demo.company()).strip() + "\n"
        policy = Policy(slug=about["id"], title=about["title"], owner_id=people[about["owner"]], created_at=then)
        session.add(policy)
        session.flush()
        version = PolicyVersion(
            policy_id=policy.id,
            number=1,
            state="published",
            title=about["title"],
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            summary=about["summary"],
            controls=";".join(about["controls"]),
            audience="; ".join(about["audience"]),
            days=about["days"],
            typed_name=about["typed_name"],
            answers_as=1,
            author_id=people[about["author"]],
            approver_id=people[about["approver"]],
            created_at=then,
            approved_at=then,
            published_at=then,
        )
        session.add(version)
        session.flush()
        policy.in_force_id = version.id
        founding.progress.step()


def _ask(session: Session, founding: Founding) -> None:
    versions = session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)).all()
    founding.progress.begin("Asking everybody", len(versions))
    for version in versions:
        at = founding.now - (RECENTLY if version.policy.slug in RECENT else BEFORE)
        ctx = Context(session, founding.deployment.settings, at)
        for person in session.scalars(select(Person).where(condition(version.audience)).order_by(Person.id)):
            if person.employed(at.date()) and not person.away(at.date()):
                due = at.date() + timedelta(days=version.days)
                policy = REGISTRY.workflow("policy")
                duty.assign(ctx, policy, person, version.code, reason="new version", due_on=due)
        founding.progress.step()


def _answers(session: Session, founding: Founding) -> None:
    owed = session.scalars(select(Assignment).order_by(Assignment.id)).all()
    founding.progress.begin("Two weeks go by", len(owed))
    for number, one in enumerate(owed):
        at = one.assigned_at + timedelta(hours=2 + (number * 7) % 90)
        if at < founding.now and one.owed_by.employed(at.date()) and _answered(one, number):
            founding.acts(
                session,
                one.assignee_id,
                at,
                "policy.acknowledge",
                one.code,
                agree="on",
                typed_name=one.owed_by.name,
            )
        founding.progress.step()


def _answered(one: Assignment, number: int) -> bool:
    """Return whether this one was answered: nearly all of the first wave, half of the second, none of it by Chidi."""
    first_wave = (one.due_on - one.assigned_at.date()).days == 14 and number % 17 != 5
    recent = one.assigned_at > one.due_at - timedelta(days=15) and number % 2 == 0
    return (first_wave or recent) and not one.owed_by.name.startswith("Chidi")
