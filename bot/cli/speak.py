"""`do`, `people`, `policy` and `campaign`: typed words, done as somebody, through the door everybody uses."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.app import utc_now
from bot.cli import ask, files
from bot.cli.draw import drawn
from bot.cli.screen import ERR, OUT, steps
from bot.cli.start import started
from bot.deployment import CannotStart, Deployment
from bot.inbound import Inbound
from bot.plans import Plans
from handlers.answers import digest
from handlers.names import names_in
from models import message as m
from models.gesture import Auth, Gesture, GestureKind, Reply
from workflows.context import Context
from workflows.whom import find_person
from workflows.workflow import REGISTRY, Invalid, Job

DONE, REFUSED, USAGE = 0, 1, 2


@dataclass(frozen=True)
class Line:
    """A command line taken apart: words for the parser, answers by field name, the file or folder it names."""

    words: str
    answers: Mapping[str, str]
    path: Path | None


def take_apart(parts: Sequence[str]) -> Line:
    """Return the command line: `--name=value` answers a question, a word that is a file or folder hands it in."""
    words: list[str] = []
    answers: dict[str, str] = {}
    path: Path | None = None
    for part in parts:
        name, _, value = part.removeprefix("--").partition("=")
        if part.startswith("--") and name:
            answers[name.replace("-", "_")] = value or "yes"
        elif path is None and len(words) >= 2 and Path(part).exists():
            path = Path(part)
        else:
            words.append(part)
    return Line(" ".join(words), answers, path)


def _not_there(line: Line, lacking: Sequence[m.AnyField]) -> dict[str, str]:
    """Return what is wrong with a file that is asked for and was named, but does not exist; nothing where none was."""
    named = [word for word in line.words.split()[2:] if "/" in word or "." in word]
    files_asked = [one.name for one in lacking if isinstance(one, m.File)]
    return {name: f"{named[-1]} does not exist" for name in files_asked if named}


def speak(email: str, line: Line) -> int:
    """Do what a line says as the person with this address, and return the exit code."""
    with started() as deployment:
        return asyncio.run(_Conversation(deployment, _person(deployment, email)).says(line))


def _person(deployment: Deployment, email: str) -> int:
    """Return who is meant; an installing admin need not say. Raises CannotStart."""
    email = email or deployment.settings.admin_email
    if not email:
        raise CannotStart("Say as whom: --as EMAIL, the address of somebody on the roster.")

    async def find() -> int:
        return await deployment.database.read(
            lambda session: find_person(Context(session, deployment.settings, utc_now()), email).id
        )

    try:
        return asyncio.run(find())
    except Invalid as wrong:
        raise CannotStart(wrong.errors["text"]) from None


class _Conversation:
    """One command and the questions it leads to."""

    def __init__(self, deployment: Deployment, actor_id: int) -> None:
        self._deployment = deployment
        self._actor_id = actor_id
        self._inbound = Inbound(deployment.database, deployment.settings, utc_now)

    async def says(self, line: Line) -> int:
        """Say a line, answer what is asked, and return the exit code."""
        reply = await self._send("command", words=line.words)
        values: dict[str, Any] = {}
        while isinstance(reply.said, m.Form):
            form = reply.said
            said = self._said(form, line)
            meant = bool(values or reply.values or said or "yes" in line.answers)
            values = {**ask.with_given(form, reply.values), **values, **said}
            lacking = [one for one in form.fields if one.name in reply.errors] or ask.missing(form, values)
            asks = bool(lacking) or not meant
            if asks and (not sys.stdin.isatty() or any(isinstance(one, m.File) for one in lacking)):
                return await self._unanswered(form, lacking, {**_not_there(line, lacking), **reply.errors})
            await self._show(ERR if asks else OUT, form)
            values |= {one.name: ask.ask(one, reply.errors.get(one.name, "")) for one in lacking}
            if not (meant or lacking or ask.confirmed(form)):
                return REFUSED
            reply = await self._send("form", act=form.act, target=form.target, values=values, shown=digest(form))
        # An import that was taken and found wrong is kept, but a script must hear that nothing came of it.
        well = reply.status == "ok" and getattr(reply.said, "tone", "plain") != "bad"
        await self._show(OUT if well else ERR, reply.said)
        if reply.committed:
            await self._work()
        return DONE if well else REFUSED

    def _said(self, form: m.Form, line: Line) -> dict[str, Any]:
        """Return the answers of the command line to a form, with the file it names where the form asks for one."""
        names = {one.name for one in form.fields}
        given = {name: value for name, value in line.answers.items() if name in names}
        uploads = {
            one.name: files.upload(Path(given.get(one.name) or line.path or ""), one)
            for one in form.fields
            if isinstance(one, m.File) and (given.get(one.name) or line.path)
        }
        return {**given, **uploads}

    async def _unanswered(self, form: m.Form, lacking: list[m.AnyField], errors: Mapping[str, str]) -> int:
        """Name what is missing or wrong, for somebody who cannot be asked."""
        await self._show(ERR, form)
        ERR.print("Not done. Please say:" if not errors else "Not done:", style="red")
        for one in lacking:
            wrong = errors.get(one.name, "")
            ERR.print(f"  {ask.how_to_say(one)}{f': {wrong}' if wrong else ''}", markup=False)
        if not lacking:
            ERR.print(f"  --yes  {form.submit}", markup=False)
        return REFUSED if errors else USAGE

    async def _send(self, kind: GestureKind, **parts: Any) -> Reply:
        assurance = "demo" if self._deployment.settings.demo else "operator"
        auth = Auth("terminal", scheme="operator", assurance=assurance)
        operator = f"uid:{os.getuid()}"  # the account on this machine; names stay out of evidence
        return await self._inbound.receive(Gesture(kind, self._actor_id, utc_now(), auth, operator=operator, **parts))

    async def _show(self, console: Any, said: m.Said) -> None:
        names = await self._deployment.database.read(lambda session: names_in(session, m.encode(said)))
        console.print(drawn(said, names, self._deployment.settings.base_url))

    async def _work(self) -> None:
        """Do what follows from it (fan-outs, imports), as a worker would; several may do it at the same time."""
        database = self._deployment.database

        def context(session: Session) -> Context:
            return Context(session, self._deployment.settings, utc_now())

        plans = Plans(database, self._deployment.settings, utc_now)
        with steps() as progress:
            for name in REGISTRY.plans():
                progress.begin(name.partition(": ")[2].capitalize(), None)
                while await plans.carry_out(name):
                    progress.step()
            for name, job in REGISTRY.jobs().items():
                progress.begin(name.partition(": ")[2].capitalize(), None)

                def batch(session: Session, job: Job = job) -> int:
                    return job(context(session))

                while await database.write(batch):
                    progress.step()


As = Annotated[str, typer.Option("--as", metavar="EMAIL", help="As whom; you are kept on record beside them.")]


def do(ctx: typer.Context, as_: As = "") -> None:
    """Do what "words" say as somebody; outside a demo never what only they may do."""
    words = ctx.args[0].split() if len(ctx.args) == 1 else ctx.args
    raise typer.Exit(speak(as_, take_apart(words or ["help"])))


def people(ctx: typer.Context, as_: As = "") -> None:
    """Work on the roster: people import FILE [--full], people list ..."""
    raise typer.Exit(speak(as_, take_apart(["people", *ctx.args])))


def policy(ctx: typer.Context, as_: As = "") -> None:
    """Work on policies: policy import DIR, policy publish POL-3, policy import-acknowledgements FILE ..."""
    raise typer.Exit(speak(as_, take_apart(["policy", *ctx.args])))


def campaign(ctx: typer.Context, as_: As = "") -> None:
    """Work on campaigns: campaign preview C-2, campaign launch C-2, campaign pause C-2 ..."""
    raise typer.Exit(speak(as_, take_apart(["campaign", *ctx.args])))


FREE = {"allow_extra_args": True, "ignore_unknown_options": True}
