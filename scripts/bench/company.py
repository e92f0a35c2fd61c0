"""A company at work: many people who are signed in and owe acknowledgements, as a launched campaign leaves them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, joinedload

from bot.deployment import Deployment, opened, read_settings
from bot.web.session import Cookies, hashed
from handlers.answers import digest
from models.campaign import Assignment, Campaign
from models.desk import WebSession
from models.message import encode
from models.outbox import Delivery, OutboxMessage
from models.person import Person
from models.policy import Policy, PolicyVersion
from scripts.bench.traffic import multipart, post
from workflows.context import Context
from workflows.duty import end_of_day
from workflows.workflow import REGISTRY

POLICIES = 10
ZONE = ZoneInfo("Europe/Oslo")
TEXT = "You keep what belongs to the company safe, and you say so when you could not.\n\n" * 60


def settings_for(folder: Path) -> dict[str, str]:
    """Return the settings of a real deployment in a folder, as `COUNTERSIGN_...` names them without the prefix."""
    return {
        "database_url": f"sqlite:///{folder / 'countersign.db'}",
        "secret_key": secrets.token_urlsafe(48),
        "admin_email": "ana@halden.example",
        "domains": "halden.example",
        "smtp_url": "smtp://127.0.0.1:9",  # nobody is there, and nothing here is sent
    }


class Company:
    """People who owe every policy, each with a browser; `answers` yields acknowledgements that were not yet given."""

    def __init__(self, folder: Path, people: int) -> None:
        self.settings = settings_for(folder)
        self._cookies = Cookies((self.settings["secret_key"],))
        with opened(read_settings(self.settings)) as deployment:
            with Session(deployment.database.engine) as session, session.begin():
                self.lead = session.scalars(select(Person.id)).one()  # whoever installs it
                staff = _hire(session, people)
                _ask(session, staff)
                self.browsers = _sign_in(session, [self.lead, *staff])
            with Session(deployment.database.engine) as session, session.begin():
                self.answers = self._answers(list(self._forms(session, deployment)))

    def _forms(self, session: Session, deployment: Deployment) -> Iterator[tuple[int, str, str]]:
        """Yield (person, assignment, digest of its form) for everything owed, and put its card into the inbox."""
        flow, act = REGISTRY.workflow("policy"), REGISTRY.act("policy.acknowledge")
        if act is None or act.form is None:
            raise LookupError("nobody can acknowledge anything")
        ctx = Context(session, deployment.settings, datetime.now(UTC))
        owed = session.scalars(select(Assignment).options(joinedload(Assignment.owed_by)).order_by(Assignment.id)).all()
        for one in owed:
            yield one.owed_by_id, one.code, digest(act.form(ctx, one))
        cards = [
            {"person_id": one.owed_by_id, "dedupe": f"{one.code}:assigned", "kind": "assigned", "topic": one.code}
            | {"campaign_id": one.campaign_id, "body": encode(flow.card(ctx, one, one.owed_by)), "revision": 1}
            | {"created_at": ctx.now, "not_before": ctx.now}
            for one in owed
        ]
        session.execute(insert(OutboxMessage), cards)
        said = session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "assigned"))
        sent = [{"message_id": one, "channel": "mail", "state": "sent", "due_at": ctx.now} for one in said]
        session.execute(insert(Delivery), sent)

    def _answers(self, forms: list[tuple[int, str, str]]) -> Iterator[bytes]:
        for person, code, shown in forms:
            fields = {**self._own(person, shown), "agree": "on"}
            yield post(f"/do/policy.acknowledge/{code}", urlencode(fields).encode(), cookie=self._cookie(person))

    def lead_sends(self, name: str, target: str = "", *, file: bytes = b"") -> bytes:
        """Return the request by which the lead sends the form of an act on a target, with a file where it takes one."""
        act = REGISTRY.act(name)
        if act is None or act.form is None:
            raise LookupError(name)
        with opened(read_settings(self.settings)) as deployment, Session(deployment.database.engine) as session:
            ctx = Context(session, deployment.settings, datetime.now(UTC), session.get_one(Person, self.lead))
            fields = self._own(self.lead, digest(act.form(ctx, act.find(ctx, target))))
        path = f"/do/{name}/{target}".rstrip("/")
        return post(path, *multipart(fields, file), cookie=self._cookie(self.lead))

    def _own(self, person: int, shown: str) -> dict[str, str]:
        csrf = self._cookies.csrf(self.browsers[person])
        return {"csrf": csrf, "key": secrets.token_urlsafe(16), "shown": shown}

    def _cookie(self, person: int) -> str:
        return f"{self._cookies.name}={self._cookies.sign(self.browsers[person])}"


def _hire(session: Session, people: int) -> Sequence[int]:
    """Put people on the roster, each with a manager, and return their ids."""
    now = datetime.now(UTC)
    first = (session.scalar(select(func.max(Person.id))) or 0) + 1
    staff = range(first, first + people)
    hired = [
        {"id": one, "ref": secrets.token_hex(16), "employee_id": f"E{one}", "name": f"Person {one}"}
        | {"email": f"p{one}@halden.example", "manager_id": first + (one - first - 1) // 8 if one > first else None}
        | {"department": f"Team {one % 40}", "zone": ZONE.key, "start_on": date(2024, 1, 1), "recorded_at": now}
        for one in staff
    ]
    session.execute(insert(Person), hired)
    return staff


def _sign_in(session: Session, people: Sequence[int]) -> dict[int, str]:
    """Let everybody be signed in with a browser; return its secret for each person."""
    now = datetime.now(UTC)
    browsers = {one: secrets.token_urlsafe(32) for one in people}
    signed_in = [
        {"person_id": one, "secret_sha256": hashed(secret), "assurance": "web-link", "created_at": now, "seen_at": now}
        for one, secret in browsers.items()
    ]
    session.execute(insert(WebSession), signed_in)
    return browsers


def _ask(session: Session, people: Sequence[int]) -> None:
    """Publish policies and ask everybody for each, due in two weeks."""
    now = datetime.now(UTC)
    due = now.date() + timedelta(days=14)
    owner, approver, *_ = people
    for number in range(1, POLICIES + 1):
        policy = Policy(slug=f"policy-{number}", title=f"Policy {number}", owner_id=owner, created_at=now)
        session.add(policy)
        session.flush()
        version = PolicyVersion(
            policy_id=policy.id,
            number=1,
            state="published",
            title=policy.title,
            text=TEXT,
            sha256=hashlib.sha256(f"{policy.title}{TEXT}".encode()).hexdigest(),
            summary="What it asks of you.",
            controls="CC1.1;CC5.3",
            answers_as=1,
            author_id=owner,
            approver_id=approver,
            created_at=now,
            approved_at=now,
            published_at=now,
        )
        campaign = Campaign(workflow="policy", subject=version.code, title=policy.title, state="running")
        campaign.due_on, campaign.created_at, campaign.launched_at = due, now, now
        session.add_all([version, campaign])
        session.flush()
        policy.in_force_id = version.id
        owed = [
            {"workflow": "policy", "subject": version.code, "campaign_id": campaign.id, "owed_by_id": one}
            | {"assignee_id": one, "reason": "campaign", "department": f"Team {one % 40}", "manager_id": owner}
            | {"assigned_at": now, "due_on": due, "due_at": end_of_day(due, ZONE)}
            | {"next_nudge_at": now + timedelta(days=7)}
            for one in people
        ]
        session.execute(insert(Assignment), owed)
        last_asked, last_owed = max(people), session.scalar(select(func.max(Assignment.id))) or 0
        campaign.cursor, campaign.said_cursor = last_asked, last_owed
