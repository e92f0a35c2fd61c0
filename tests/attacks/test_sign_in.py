"""The door: links are spent once and by pressing, tell nobody who works here, and open nothing for who has left."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web.links import make_link
from models.desk import SignInAttempt, SignInLink, WebSession
from models.outbox import OutboxMessage
from models.person import Person
from tests.attacks.conftest import nothing_written
from tests.support.company import found
from tests.support.stage import Player, Stage, on_stage
from tests.support.wire import Wire, cookie_of, signed_in

TO = "?to=/go/policy.acknowledge/A-1"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


def link(stage: Stage, player: Player) -> str:
    """Return a fresh link's path."""
    return "/sign-in/" + stage.write(lambda session: make_link(session, player.row, stage.now))


def letters(stage: Stage) -> list[OutboxMessage]:
    """Return the messages that bring links."""
    wanted = select(OutboxMessage).where(OutboxMessage.kind == "sign-in").order_by(OutboxMessage.id)
    return list(stage.read(lambda session: session.scalars(wanted).all()))


def leave(stage: Stage, player: Player) -> None:
    """End somebody's time with the company yesterday."""

    def work(session: Session) -> None:
        session.get_one(Person, player.row.id).end_on = stage.now.date() - timedelta(days=1)

    stage.write(work)


def test_looking_spends_nothing_and_pressing_spends_once(stage: Stage) -> None:
    """Scanners follow links; two presses at the same moment open one session."""
    chidi = stage.person("Chidi")
    path = link(stage, chidi)
    with nothing_written(stage):
        for _ in range(5):
            assert "You are almost in" in Wire(stage).get(path + TO).text
            assert Wire(stage).send("HEAD", path + TO, None, {}).status == 200
    answers = []
    crowd = [threading.Thread(target=lambda: answers.append(Wire(stage).post(path + TO, {}))) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(answer.status for answer in answers) == [303, 410, 410, 410, 410, 410]
    won = next(answer for answer in answers if answer.status == 303)
    assert won.headers["Location"] == "/go/policy.acknowledge/A-1"
    assert {"HttpOnly", "SameSite=Lax"} <= set(won.headers["Set-Cookie"].split("; "))
    assert "Acknowledge “Acceptable Use”" in Wire(stage, cookie_of(won)).get(won.headers["Location"]).text
    assert Wire(stage).get(path).status == Wire(stage).post(path, {}).status == 410


def test_an_old_link_offers_a_fresh_one_to_the_same_person(stage: Stage) -> None:
    """It is sent where the first was sent, keeps the way, and nothing on the page says to whom."""
    chidi = stage.person("Chidi")
    path = link(stage, chidi)
    stage.later(minutes=11)
    ended = Wire(stage).get(path + TO)
    assert ended.status == Wire(stage).post(path + TO, {}).status == 410
    assert "chidi@" not in ended.text
    (form,) = ended.page.forms
    assert "a link is on its way" in Wire(stage).post(form.action, {}).text
    (letter,) = letters(stage)
    assert letter.person_id == chidi.row.id
    assert letter.body["links"][0]["path"] == "/go/policy.acknowledge/A-1"


def test_whoever_is_signed_in_goes_on_by_an_old_link(stage: Stage) -> None:
    """A letter that is read again the next day still leads to the policy; somebody else's letter does not."""
    chidi = stage.person("Chidi")
    path = link(stage, chidi)
    stage.later(hours=20)
    assert signed_in(stage, chidi).get(path + TO).headers["Location"] == "/go/policy.acknowledge/A-1"
    assert signed_in(stage, stage.person("Bruno")).get(path + TO).status == 410


def test_a_link_brings_one_back_to_where_one_was_going(stage: Stage) -> None:
    """Signed out, by a deep link: the page asks, the letter knows the way."""
    wire = Wire(stage, headers={"X-Forwarded-For": "9.9.9.9"})  # no demo behind a proxy: the page that asks
    asked = wire.get("/go/policy.acknowledge/A-1")
    assert asked.headers["Location"] == "/sign-in?to=/go/policy.acknowledge/A-1"
    (form,) = wire.get(asked.headers["Location"]).page.forms
    assert "a link is on its way" in wire.post(form.action, {"email": "chidi@halden.example"}).text
    assert letters(stage)[0].body["links"][0]["path"] == "/go/policy.acknowledge/A-1"
    assert stage.read(lambda session: session.scalars(select(SignInLink)).all()) == [], "no secret waits in the outbox"


def test_nobody_learns_who_works_here(stage: Stage) -> None:
    """The same page, to the byte, in the same time."""
    leave(stage, stage.person("Callum"))
    pages, times = set(), {}
    for email in ("chidi@halden.example", "nobody@halden.example", "callum@halden.example", "CHIDI@halden.example "):
        spans = []
        for _ in range(2):
            begun = time.monotonic()
            answer = Wire(stage).post("/sign-in", {"email": email})
            spans.append(time.monotonic() - begun)
            pages.add((answer.status, answer.text))
        times[email] = min(spans)  # the one that a busy machine disturbed less
    assert len(pages) == 1
    assert max(times.values()) - min(times.values()) < 0.15, times
    assert {one.person_id for one in letters(stage)} == {stage.person("Chidi").row.id}


def test_nobody_is_flooded_with_links(stage: Stage) -> None:
    """Five to one address within 15 minutes, known or not; then it is said, and others still get theirs."""
    for email in ("chidi@halden.example", "nobody@halden.example"):
        statuses = [Wire(stage).post("/sign-in", {"email": email}).status for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2, email
    refused = Wire(stage).post("/sign-in", {"email": "chidi@halden.example"})
    assert refused.headers["Retry-After"] == "900"
    assert "Wait a few minutes" in refused.text
    assert len(letters(stage)) <= 5
    assert Wire(stage).post("/sign-in", {"email": "ana@halden.example"}).status == 200
    stage.later(minutes=16)
    assert Wire(stage).post("/sign-in", {"email": "chidi@halden.example"}).status == 200
    kept = stage.read(lambda session: session.scalars(select(SignInAttempt.bucket)).all())
    assert len(kept) == 2, "attempts are kept no longer than they count"
    assert not any("@" in bucket for bucket in kept)


def test_one_origin_cannot_write_to_everybody(stage: Stage) -> None:
    """The hundredth address from the same origin is the last, whatever forwarding header it makes up."""

    def count(session: Session) -> None:
        first = session.scalars(select(SignInAttempt).order_by(SignInAttempt.id)).all()
        origin = first[1].bucket
        session.add_all(SignInAttempt(bucket=origin, at=stage.now) for _ in range(99))

    assert Wire(stage).post("/sign-in", {"email": "one@halden.example"}).status == 200
    stage.write(count)
    for number in range(3):
        answer = Wire(stage).post("/sign-in", {"email": f"{number}@halden.example"}, X_Forwarded_For=f"9.9.9.{number}")
        assert answer.status == 429


def test_who_has_left_is_out_at_once(stage: Stage) -> None:
    """With the session, with a link that was still good, and with a fresh one."""
    chidi = stage.person("Chidi")
    path, wire = link(stage, chidi), signed_in(stage, chidi)
    assert wire.get("/go/todo").status == 200
    leave(stage, chidi)
    assert wire.get("/go/todo").status == 303
    assert wire.post("/do/policy.ask/A-1", {"csrf": wire.csrf, "question": "Still here?"}).status == 303
    assert Wire(stage).post(path, {}).status == 410
    assert "a link is on its way" in Wire(stage).post(f"{path}/fresh", {}).text
    assert letters(stage) == []
    assert stage.records() == []


def test_a_planted_cookie_is_worth_nothing_after_signing_in(stage: Stage) -> None:
    """Session fixation: who signs in gets a new session, and the one the browser came with ends."""
    attacker = signed_in(stage, stage.person("Bruno"))
    victim = Wire(stage, attacker.cookie).post(link(stage, stage.person("Chidi")), {})
    assert cookie_of(victim) != attacker.cookie
    assert attacker.get("/go/todo").status == 303
    assert "Chidi Okafor" in Wire(stage, cookie_of(victim)).get("/go/todo").text


def test_sessions_are_listed_in_plain_words_and_ended_one_by_one(stage: Stage) -> None:
    """One's own only; the list never repeats what a browser says of itself."""
    chidi = stage.person("Chidi")
    desk = Wire(stage, cookie_of(Wire(stage).post(link(stage, chidi), {}, User_Agent=BROWSER)))
    odd = Wire(stage, cookie_of(Wire(stage).post(link(stage, chidi), {}, User_Agent="<script>alert(1)</script>")))
    phone, bruno = signed_in(stage, chidi), signed_in(stage, stage.person("Bruno"))
    listed = desk.get("/sessions")
    assert "Chrome on Windows" in listed.text
    assert "A browser on a device we do not know" in listed.text
    assert "alert(1)" not in listed.text
    forms = [form for form in listed.page.forms if form.action == "/sessions"]
    assert [form.values["ref"] for form in forms].count("others") == 1

    his = select(WebSession.id).where(WebSession.person_id == stage.person("Bruno").row.id)
    for ref in (str(stage.read(lambda session: session.scalar(his))), "9" * 30, "²", "-1", "' or 1=1", ""):
        assert desk.post("/sessions", {"csrf": forms[0].values["csrf"], "ref": ref}).status == 303
    assert bruno.get("/go/todo").status == phone.get("/go/todo").status == odd.get("/go/todo").status == 200

    assert desk.post("/sessions", {"csrf": forms[0].values["csrf"], "ref": "others"}).headers["Location"] == "/sessions"
    assert phone.get("/go/todo").status == odd.get("/go/todo").status == 303
    assert desk.get("/go/todo").status == 200
    out = desk.post("/sign-out", {"csrf": forms[0].values["csrf"]})
    assert out.headers["Location"] == "/sign-in"
    assert desk.get("/go/todo").status == 303


def test_visits_are_on_record(sqlite_url: str) -> None:
    """Beginning and end, with how sure we are who it was; nothing of the browser."""
    with on_stage(sqlite_url, company="Halden Instruments", admin_email="ana@halden.example") as stage:
        found(stage)
        chidi = stage.person("Chidi")
        wire = Wire(stage, cookie_of(Wire(stage).post(link(stage, chidi), {}, User_Agent=BROWSER)))
        (form,) = [one for one in wire.get("/go/todo").page.forms if one.action == "/sign-out"]
        stage.later(minutes=1)
        wire.post("/sign-out", form.values)
        opened, ended = stage.records()
        assert [opened["type"], ended["type"]] == ["session.opened", "session.ended"]
        assert opened["actor"]["ref"] == ended["actor"]["ref"] == chidi.ref
        assert opened["auth"] == {"platform": "web", "scheme": "one-time link", "assurance": "web-link"}
        assert opened["subject"] == ended["subject"]
        assert "Chrome" not in str(opened)


def test_who_only_picked_whom_to_be_is_not_put_on_record(stage: Stage) -> None:
    """Picking proves nothing, so nothing says that it happened."""
    wire = Wire(stage, cookie_of(Wire(stage).post("/demo", {"ref": stage.person("Chidi").ref})))
    (form,) = [one for one in wire.get("/go/todo").page.forms if one.action == "/sign-out"]
    assert wire.post("/sign-out", form.values).status == 303
    assert wire.get("/go/todo").status == 303
    assert stage.records() == []


def test_a_new_role_counts_at_the_next_press(stage: Stage) -> None:
    """Nobody signs in again to become a lead, nor to stop being one."""
    callum = signed_in(stage, stage.person("Callum"))

    def roles(given: str) -> None:
        def work(session: Session) -> None:
            session.get_one(Person, stage.person("Callum").row.id).roles = given

        stage.write(work)

    refused = "That is not yours to do"
    assert refused in callum.get("/go/policy.import").text
    roles("employee;lead")
    assert refused not in callum.get("/go/policy.import").text
    assert "Compliance lead" in callum.get("/go/todo").text
    roles("employee")
    assert refused in callum.get("/go/policy.import").text


def test_a_session_ends_by_itself(stage: Stage) -> None:
    """After 12 hours without a press, and after 14 days however busy."""
    chidi = signed_in(stage, stage.person("Chidi"))
    for _ in range(30):
        stage.later(hours=11)
        assert chidi.get("/go/todo").status == 200
    stage.later(hours=11)
    assert chidi.get("/go/todo").status == 303
    idle = signed_in(stage, stage.person("Chidi"))
    stage.later(hours=12, seconds=1)
    assert idle.get("/go/todo").status == 303
