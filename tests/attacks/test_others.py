"""Other people's things: every declared act, tried by those it is not for, on everything there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

from sqlalchemy.orm import Session

from handlers.dispatch import Refused, answer
from models import message as m
from models.gesture import Auth, Gesture
from models.person import Person
from tests.attacks.conftest import nothing_written
from tests.support.stage import Stage
from tests.support.wire import fresh, signed_in
from workflows import who
from workflows.workflow import REGISTRY, Act

ANYBODYS = (who.everyone,)
GUESSES = {
    "Toggle": "on",
    "Date": "2026-12-24",
    "Person": "Keisha Robinson",
    "Text": "Because I want to",
    "Choice": "1",
}


def acts(does: str) -> Iterator[Act]:
    """Yield the acts that are not for everybody."""
    for act in REGISTRY.acts().values():
        if act.does == does and act.may not in ANYBODYS:
            yield act


def targets(stage: Stage) -> list[str]:
    """Return the id of everything that exists, and what people type in its place."""
    keisha = stage.person("Keisha")
    return ["", "A-1", "POL-1", "POL-1v1", "C-1", "IMP-1", "last", "Keisha", f"@{keisha.row.name}", keisha.ref]


def everything(stage: Stage, known: list[str], act: Act) -> dict[str, str]:
    """Return an answer to every question that an act asks of those who may: only `may` stands in the way."""
    ana = stage.person("Ana").row

    def fields(session: Session) -> tuple[m.AnyField, ...]:
        for target in known:
            gesture = Gesture("button", ana.id, stage.now, Auth("web"), act=act.name, target=target)
            try:
                said = answer(session, gesture, stage.settings, stage.now, look=True).said
            except Refused:
                continue
            if isinstance(said, m.Form):
                return said.fields
        return ()

    return {one.name: _guess(one) for one in stage.read(fields)}


def _guess(field: m.AnyField) -> str:
    if isinstance(field, m.Choice) and field.options:
        return field.options[0].value
    return GUESSES.get(type(field).__name__, "x")


def prepared(stage: Stage) -> None:
    """Ana has a campaign in preparation, so that there is something to launch, move and withdraw."""
    stage.person("Ana").says("campaign new POL-1").fills(due="2026-12-07").sees("will be asked")


def test_nobody_does_what_is_not_theirs(stage: Stage) -> None:
    """Callum, Bruno, whose team owes an answer, and the auditor press every button, with every answer given."""
    prepared(stage)
    known = targets(stage)
    forms = {act.name: everything(stage, known, act) for act in acts("do")}
    wires = [signed_in(stage, stage.person(name)) for name in ("Callum", "Bruno", "Greta")]
    tried = 0
    with nothing_written(stage):
        for wire in wires:
            for act, target in product(forms, known):
                path = f"/do/{act}" + (f"/{quote(target, safe='')}" if target else "")
                values = {**forms[act], "csrf": wire.csrf, "key": fresh(), "shown": ""}
                for found in (wire.post(path, values), wire.get(path.replace("/do/", "/go/"))):
                    assert found.status in (403, 404, 409), f"{path}: {found.status} {found.page.text}"
                tried += 1
    assert tried > 300, "the acts of leads are among them"


def test_nobody_types_what_is_not_theirs(stage: Stage) -> None:
    """The same through the box for typed commands."""
    prepared(stage)
    wire = signed_in(stage, stage.person("Callum"))
    for act in acts("do"):
        for target in ("", "A-1", "POL-1", "C-1"):
            words = f"{act.words} {target} because I want to".replace("  ", " ")
            with nothing_written(stage):
                found = wire.post("/say", {"words": words, "csrf": wire.csrf, "key": fresh()})
                assert found.status in (403, 404, 409), f"{words}: {found.status} {found.page.text}"


def test_nobody_reads_what_is_not_theirs(stage: Stage) -> None:
    """Pages for leads refuse; pages for everybody name nobody else who owes something."""
    prepared(stage)
    wire = signed_in(stage, stage.person("Callum"))
    owing, known = stage.person("Chidi").row.name, targets(stage)
    for act in REGISTRY.acts().values():
        for target in known:
            found = wire.get(f"/go/{act.name}" + (f"/{quote(target, safe='')}" if target else ""))
            assert found.status < 500, act.name
            assert owing not in found.text, f"{act.name} {target}"
            if act.does == "look" and act.may not in ANYBODYS:
                assert found.status in (403, 404), f"{act.name} {target}: {found.page.text}"
    for flow in REGISTRY.all():
        assert owing not in wire.get(f"/export/{flow.name}.csv").text


def test_the_ids_of_people_open_nothing(stage: Stage) -> None:
    """Whoever knows somebody's internal number or ref cannot be them."""
    chidi = stage.person("Chidi")
    callum = signed_in(stage, stage.person("Callum"))
    with nothing_written(stage):
        for name in ("actor", "actor_id", "person", "person_id", "as", "operator", "who", "ref", "assignee"):
            values = {name: str(chidi.row.id), "question": "May I?", "csrf": callum.csrf, "shown": ""}
            assert callum.post("/do/policy.ask/A-1", values).status == 404, name
    assert stage.read(lambda session: session.get_one(Person, chidi.row.id).name) == chidi.row.name
