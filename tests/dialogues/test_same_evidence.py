"""One conversation, on the web and in each chat: what can be proved afterwards is the same."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person import Person
from models.record import Record, VaultItem
from tests.dialogues.policies import in_force, policy_file, zipped
from tests.support.company import found, publish
from tests.support.stage import Stage
from tests.support.surfaces import SURFACES
from workflows import duty
from workflows.workflow import REGISTRY

PLATFORM = {"id", "auth", "occurred_at"}  # what a record may owe to the surface


def play(stage: Stage) -> None:
    """Talk about everything that a form can ask: texts, choices, people, days, boxes, files."""
    found(stage)
    stage.surface.meets()
    ana, chidi, farah = stage.person("Ana"), stage.person("Chidi"), stage.person("Farah")
    policy = publish(stage, "Acceptable Use", "## Purpose\n\nUse <things> & *words* well.", typed_name=True)

    def ask(session: Session) -> None:
        for name in ("Chidi Okafor", "Keisha Robinson"):
            person = session.scalars(select(Person).filter_by(name=name)).one()
            due = date(2026, 12, 7)
            duty.assign(
                stage.context(session), REGISTRY.workflow("policy"), person, f"{policy}v1", reason="new", due_on=due
            )

    stage.write(ask)
    chidi.opens().presses("Ask a question").fills(question="May I use <b>my</b> phone & tablet?")
    stage.later(minutes=1)
    farah.says("policy questions").presses("Answer").fills(reply="Yes, with a screen lock.")
    stage.later(minutes=1)
    form = chidi.opens().presses("Acknowledge")
    form.fills(agree=False, typed_name="Chidi").sees("Tick this box")
    form.fills(agree=True, typed_name="Chidi Okafor").sees("You acknowledged this")
    ana.says(f"policy exempt {policy}").fills(person="Keisha", until="2026-12-01", reason="On paper until then.")
    ana.says("people role").fills(who="Bruno", role="owner", how="give").sees("Bruno Keller")
    ana.says("people leave").fills(who="Callum", **{"from": "2026-11-30", "to": "2026-12-11"}).sees("Callum")
    ana.says("policy import").fills(file=zipped(policy_file("access-control", "Ask before you open."))).sees("draft")
    in_force(stage, "clean-desk", "Leave nothing on it.")
    stage.works()


def evidence(stage: Stage) -> list[dict[str, Any]]:
    """Return every record without what the surface is to it: refs by their names, payloads for their commitments."""

    def read(session: Session) -> tuple[list[bytes], dict[str, str]]:
        known = {ref: f"<{name}>" for ref, name in session.execute(select(Person.ref, Person.name)).all()}
        for number, row in enumerate(session.scalars(select(Record.id).order_by(Record.recorded_at, Record.id))):
            known[row] = f"<record {number}>"
        for item in session.scalars(select(VaultItem)):
            payload = re.sub("[0-9a-f]{32}", lambda ref: known.get(ref[0], ref[0]), item.payload.decode())
            known[item.commitment] = f"{item.domain}: {payload}"
        return list(
            session.scalars(select(Record.body).order_by(Record.recorded_at, Record.type, Record.subject))
        ), known

    bodies, known = stage.read(read)

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {named(name): named(part) for name, part in value.items()}
        if isinstance(value, list):
            return [named(part) for part in value]
        return known.get(value, value) if isinstance(value, str) else value

    records = [json.loads(body) for body in bodies]
    found = [
        named({name: part for name, part in record.items() if name not in PLATFORM})
        for record in records
        if not record["type"].startswith("workspace.")  # the web has none
    ]
    for record in found:
        if record["type"] == "message.sent":  # which way it went
            del record["facts"]["channel"]
    return found


@pytest.mark.parametrize("surface", sorted(SURFACES.keys() - {"web"}))
def test_the_web_and_a_chat_leave_the_same_evidence(
    surface: str, migrated_url: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Types, facts, payloads and what was shown are equal; only who vouches for the gesture differs."""
    web_url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'web.db')}"
    left: dict[str, list[dict[str, Any]]] = {}
    for name, url in (("web", web_url), (surface, migrated_url)):
        with SURFACES[name](url, company="Halden Instruments") as stage:
            play(stage)
            left[name] = evidence(stage)
            auths = [record["auth"] for record in stage.records() if record["actor"].get("kind") == "person"]
        assert {auth["platform"] for auth in auths} <= {name, "web"}
        assert name in {auth["platform"] for auth in auths}
    types = [record["type"] for record in left["web"]]
    assert len(types) > 10
    assert [record["type"] for record in left[surface]] == types
    for in_chat, on_the_web in zip(left[surface], left["web"], strict=True):
        assert in_chat == on_the_web
