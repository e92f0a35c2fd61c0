"""The demo company, founded through the doors everybody uses, with two weeks of history behind it.

Everything happens at a moment of the past, as if people had done it then: policies are imported, approved and
published, campaigns launched, and day by day people answer, ask, refuse and are reminded.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.deployment import Deployment, start_over
from config import demo
from config.files import HERE
from handlers.answers import digest
from handlers.dispatch import Refused, answer
from models import message as m
from models.campaign import Assignment, Campaign
from models.desk import Meta
from models.gesture import Auth, Gesture, Upload
from models.person import Person, RosterImport
from models.policy import Policy, PolicyVersion
from workflows.calendar import next_moment
from workflows.context import Context
from workflows.first_steps import install
from workflows.nudges import working_time
from workflows.workflow import REGISTRY

FOUNDED = "founded"
AUTH = Auth("web", scheme="demo", assurance="demo")
LEAD, NEWCOMER = "HI-004", "HI-012"
INSTALLER = "ana.duarte@halden.example"
YEAR = timedelta(days=366)
# What comes into force when. The first is due by now, so that a few are late; the newcomer has answered all of it. The
# last was published yesterday, and its campaign is a draft that the lead may launch.
WAVES = (
    (timedelta(days=17), ("code-of-conduct", "information-security", "acceptable-use")),
    (timedelta(days=6), ("access-control", "data-classification", "incident-response")),
    (timedelta(days=5), ("change-management", "business-continuity", "vendor-management")),
    (timedelta(days=1), ("risk-management",)),
)
TICK = timedelta(hours=6)
# Those who do not simply agree: (employee, policy) -> what they do and what they say.
WORDS = {
    ("HI-033", "access-control"): ("policy.ask", {"question": "May I use my own phone as the second factor?"}),
    ("HI-030", "acceptable-use"): ("policy.object", {"reason": "I test on a laptop that is not the company's."}),
}


class Progress(Protocol):
    """What is told of each step."""

    def begin(self, what: str, total: int) -> None:
        """Begin a stretch of `total` steps called `what`."""
        ...

    def step(self) -> None:
        """Note that one step is done."""
        ...


def founded(deployment: Deployment) -> bool:
    """Return whether the founding came to its end."""
    with Session(deployment.database.engine) as session:
        return session.get(Meta, FOUNDED) is not None


def found(deployment: Deployment, now: datetime, progress: Progress) -> None:
    """Fill a demo database. What an interrupted founding left is thrown away first: nobody has worked with it yet."""
    with Session(deployment.database.engine) as session:
        begun = session.scalar(select(Person.id).limit(1)) is not None
    if begun:
        start_over(deployment)
    founding = Founding(deployment, now, progress)
    hire(founding)
    founding.live()
    founding.in_one(lambda _, session: session.add(Meta(name=FOUNDED, value=now.isoformat())))


@dataclass(frozen=True)
class Founding:
    """The founding at work."""

    deployment: Deployment
    now: datetime
    progress: Progress

    def in_one(self, work: Callable[[Founding, Session], object]) -> None:
        """Run work in a transaction of its own."""
        with Session(self.deployment.database.engine) as session, session.begin():
            work(self, session)

    def live(self) -> None:
        """Let the days go by, some hours at a time."""
        at = self.now - WAVES[0][0] - TICK
        self.in_one(lambda _, session: self.does(session, person(session, LEAD), at, "policy.import", file=_policies()))
        waves = [(self.now - ago, slugs) for ago, slugs in WAVES]
        self.progress.begin("Two weeks go by", int((self.now - at) / TICK))
        while at < self.now:
            before, at = at, min(at + TICK, self.now)
            for moment, slugs in waves:
                if before <= moment < at:
                    self.in_one(partial(_publish, slugs=slugs, at=moment))
                    if (moment, slugs) != waves[-1]:
                        self.in_one(partial(_launch, at=moment))
                    self.works(moment)
                    self.works(moment + timedelta(minutes=15))
            self.in_one(partial(_answers, since=before, until=at))
            self.works(at)
            self.progress.step()

    def context(self, session: Session, at: datetime) -> Context:
        """Return a context in which the system acts at a moment."""
        return Context(session, self.deployment.settings, at)

    def works(self, at: datetime) -> None:
        """Do the background work of a moment, until nothing is left to do."""

        def all_jobs(_: Founding, session: Session) -> None:
            ctx = self.context(session, at)
            while any(job(ctx) for job in REGISTRY.jobs().values()):
                session.flush()

        self.in_one(all_jobs)

    def does(self, session: Session, who: Person, at: datetime, act: str, target: str = "", **values: Any) -> m.Said:
        """Let somebody open a form and send it, or press a button, as in a browser; return what they see."""
        gesture = partial(Gesture, actor_id=who.id, at=at, auth=AUTH, act=act, target=target)
        settings = self.deployment.settings
        try:
            reply = answer(session, gesture("button"), settings, at)
            if isinstance(reply.said, m.Form):
                form = reply.said
                filled = {one.name: one.value for one in form.fields if not isinstance(one, m.File)}
                sent = gesture("form", values={**filled, **_numbers(form), **values}, shown=digest(form))
                reply = answer(session, sent, settings, at)
        except Refused as refused:
            raise RuntimeError(f"{act} {target} is refused: {refused.reply.said} {refused.reply.errors}") from refused
        if reply.errors or not reply.committed:
            raise RuntimeError(f"{act} {target} is not done: {reply.errors or reply.said}")
        return reply.said


def _numbers(form: m.Form) -> dict[str, str]:
    """Return the number that somebody is asked to type before many are concerned, as it stands in the question."""
    asked = next((f"{one.label} {one.hint}" for one in form.fields if one.name == "number"), "")
    found = re.search(r"\d+", asked)
    return {"number": found[0]} if found else {}


def person(session: Session, employee_id: str) -> Person:
    """Return the person with this employee id."""
    return session.scalars(select(Person).where(Person.employee_id == employee_id)).one()


def hire(founding: Founding) -> None:
    """Install it as somebody who works here, import last year's roster and, before anybody is asked, today's."""
    today = founding.now.date()
    rosters = (("roster-last-year.csv", timedelta(days=365), False), ("roster.csv", WAVES[0][0] + TICK * 2, True))
    founding.progress.begin("Hiring people", len(rosters) + 1)
    founding.in_one(lambda _, session: install(founding.context(session, founding.now - YEAR), INSTALLER))
    founding.progress.step()
    for name, ago, full in rosters:
        file = Upload(name, "text/csv", demo.render(name, today).encode())
        founding.in_one(partial(_import, file=file, full="on" if full else "", at=founding.now - ago))
        founding.works(founding.now - ago + timedelta(minutes=5))
        founding.progress.step()


def _import(founding: Founding, session: Session, *, file: Upload, full: str, at: datetime) -> None:
    """Hand a roster in, and apply it after its preview."""
    who = session.scalars(select(Person).where(Person.email == INSTALLER)).one()
    founding.does(session, who, at, "people.import", file=file, full=full)
    newest = session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(1)).one()
    founding.does(session, who, at + timedelta(minutes=1), "people.apply", newest.code, unmatched="yes")


def _policies() -> Upload:
    """Return the policies that ship, with what fills their variables, as somebody would upload them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((HERE / "policies").glob("*.md")):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
        archive.writestr(zipfile.ZipInfo("company.yaml"), (HERE / "demo" / "company.yaml").read_bytes())
    return Upload("policies.zip", "application/zip", packed.getvalue())


def _publish(founding: Founding, session: Session, *, slugs: tuple[str, ...], at: datetime) -> None:
    """Have some policies approved by whom they name, and put them in force."""
    drafts = select(PolicyVersion).join(Policy).where(Policy.slug.in_(slugs)).order_by(PolicyVersion.id)
    for version in session.scalars(drafts).all():
        lead, approver = person(session, LEAD), session.get_one(Person, version.approver_id)
        founding.does(session, lead, at - timedelta(hours=5), "policy.submit", version.code)
        founding.does(session, approver, at - timedelta(hours=3), "policy.approve", version.code)
        founding.does(session, lead, at, "policy.publish", version.code)


def _launch(founding: Founding, session: Session, *, at: datetime) -> None:
    """Put the campaigns that publishing drafted together, so that people get one message, and launch the whole."""
    lead = person(session, LEAD)
    drafts = select(Campaign).where(Campaign.state == "draft", Campaign.workflow == "policy").order_by(Campaign.id)
    first, *others = session.scalars(drafts).all()
    founding.does(session, lead, at, "campaign.combine", first.code, drafts=[one.code for one in others])
    whole = session.scalars(drafts).one()
    founding.does(session, lead, at, "campaign.launch", whole.code)


def _answers(founding: Founding, session: Session, *, since: datetime, until: datetime) -> None:
    """Let everybody answer whose moment lies in this stretch of time."""
    open_ = select(Assignment).where(Assignment.state == "open", Assignment.workflow == "policy")
    for one in session.scalars(open_.order_by(Assignment.id)).all():
        who, at = one.assignee, _moment(one, founding.now)
        if at is None or not since < at <= until or not who.employed(at.date()) or who.away(at.date()):
            continue
        slug = session.scalars(select(Policy.slug).where(Policy.id == int(one.subject[4:].partition("v")[0]))).one()
        act, words = WORDS.get((who.employee_id or "", slug), ("policy.acknowledge", {"agree": "on"}))
        founding.does(session, who, at, act, one.code, **{"typed_name": who.name, **words})


def _moment(one: Assignment, now: datetime) -> datetime | None:
    """Return when somebody answers: most within days, some just in time, and a few, above all in Sales, not yet."""
    who = one.assignee
    luck = zlib.crc32(f"{who.employee_id}{one.subject}".encode())
    if who.employee_id == NEWCOMER:
        first = one.assigned_at < now - WAVES[1][0] - timedelta(days=1)
        return next_moment(one.assigned_at + timedelta(days=2), working_time(who)) if first else None
    slow = 14 if who.department in ("Sales", "Customer Care") else 4
    if luck % 100 < slow:
        return None
    days = 9 + luck // 100 % 5 if luck % 100 > 85 else luck // 100 % 9
    return next_moment(one.assigned_at + timedelta(days=days, minutes=luck % 480), working_time(who))
