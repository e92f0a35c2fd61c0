"""Mail as a channel: one letter to one person over SMTP, with a one-time link in every button.

What SMTP (RFC 5321) says decides the outcome: refused now or for good, for this address or for everybody. When the text
has been handed over and no answer comes, nobody can know: the letter is in doubt, and mail cannot be looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sqlalchemy.orm import Session

from bot.channel import Copy, Doubt, Failed, Later, Outcome, Pace, Sent
from bot.web.frame import Frame
from bot.web.letter import mail
from bot.web.links import make_link, through
from config.chats import is_loopback
from config.settings import BadSettings, Settings
from models.message import Message
from models.outbox import Delivery

STEP_SECONDS = 30  # for one command and its answer
IDLE_CONNECTIONS = 4
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9.-]+")
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
_WIRE = WIRE.clone(cte_type="7bit")  # whatever the server can do


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a letter goes, and the token that signs its reader in."""

    email: str
    token: str


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as COUNTERSIGN_SMTP_URL names it."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    must_encrypt: bool

    @classmethod
    def read(cls, url: str) -> Server:
        """Return the server named by smtp://user:password@host:587 or smtps://host:465. Raises BadSettings."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadSettings("COUNTERSIGN_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465.")
        tls = parts.scheme == "smtps"
        far = not is_loopback(parts.hostname)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or (465 if tls else 587), user, password, tls, far)

    def client(self, own_name: str) -> aiosmtplib.SMTP:
        """Return a client that encrypts whenever the server can, and refuses to do without beyond this machine."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            local_hostname=own_name,
            timeout=STEP_SECONDS,
            use_tls=self.tls,
            start_tls=False if self.tls else (True if self.must_encrypt else None),
            validate_certs=self.must_encrypt,  # a relay on this machine signs its certificate itself
        )


def sender(settings: Settings) -> str:
    """Return the address mail comes from: as told, else the bot at the first of the company's domains."""
    if settings.mail_from:
        return settings.mail_from.strip()
    first = settings.domains.split(",")[0].strip().lower().lstrip("@") or "localhost"
    return f"{_NOT_IN_A_NAME.sub('', settings.bot_name.lower()).strip('.-') or 'comply'}@{first}"


class Mail:
    """The mail channel."""

    name = "mail"
    pace = Pace(at_once=4)
    can_look_up = False

    def __init__(self, settings: Settings, timeout: timedelta = timedelta(minutes=2)) -> None:
        self.timeout = timeout
        self._settings = settings
        self._server = Server.read(settings.smtp_url)
        if settings.demo and not is_loopback(self._server.host):
            raise BadSettings("A demo writes to nobody outside this machine. Unset COUNTERSIGN_SMTP_URL.")
        self._from = Address(settings.bot_name, addr_spec=sender(settings))
        self._idle: list[aiosmtplib.SMTP] = []

    def address(self, session: Session, row: Delivery, now: datetime) -> Reach | None:
        """Return the person's address with a new one-time link, or None where the roster has no address."""
        person = row.message.person
        return Reach(person.email, make_link(session, person, now)) if person.email else None

    async def turn(self, copy: Copy) -> None:
        """Wait for nobody: `pace` bounds how many letters are under way."""

    async def send(self, copy: Copy, message: Message, names: Mapping[str, str]) -> Outcome:
        """See Channel.send."""
        to: Reach = copy.address
        try:
            to.email.encode("ascii")
            letter = self.compose(copy, message, names)
        except (ValueError, IndexError):  # what the standard library raises for addresses that are none
            return Failed("not an address", permanent=True)
        try:
            client = await self._begin()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return refusal(error)
        try:
            return await self._hand_over(client, to.email, letter)
        finally:
            if client not in self._idle:
                client.close()

    async def look_up(self, copy: Copy) -> Outcome:
        """Return that nobody can know: there is no mailbox of other people to look into."""
        return Doubt("mail cannot be looked up")

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget nothing: nothing is remembered."""

    async def close(self) -> None:
        """See Channel.close."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit(timeout=5)
            except (aiosmtplib.SMTPException, OSError):
                client.close()

    def compose(self, copy: Copy, message: Message, names: Mapping[str, str]) -> EmailMessage:
        """Return the letter. Raises ValueError for anything that would break out of a header."""
        to: Reach = copy.address

        def way(path: str) -> str:
            return self._settings.base_url + through(to.token, path)

        frame = Frame(self._settings.bot_name, self._settings.company, demo=self._settings.demo)
        subject, text, html = mail(frame, message, names, way)
        letter = EmailMessage(policy=_WIRE)
        letter["From"] = self._from
        letter["To"] = Address(addr_spec=to.email)
        letter["Subject"] = subject
        letter["Date"] = format_datetime(copy.claimed_at)
        # The same for every try of one message, so that whoever gets it twice is shown it once.
        letter["Message-ID"] = f"<{copy.message_id}.{int(copy.said_at.timestamp())}@{self._from.domain}>"
        letter["List-Id"] = f"<{self._from.username}.{self._from.domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices do not answer
        letter["X-Auto-Response-Suppress"] = "All"
        letter.set_content(text)
        letter.add_alternative(html, subtype="html")
        return letter

    async def _begin(self) -> aiosmtplib.SMTP:
        """Return a client that has said who writes, over a connection kept from before or a new one."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.mail(self._from.addr_spec)
            except (aiosmtplib.SMTPException, OSError):
                client.close()  # servers hang up on the idle: nothing was sent yet, so a new connection may try
            else:
                return client
        client = self._server.client(urlsplit(self._settings.base_url).hostname or "localhost")
        await client.connect()
        await client.mail(self._from.addr_spec)
        return client

    async def _hand_over(self, client: aiosmtplib.SMTP, to: str, letter: EmailMessage) -> Outcome:
        """Name the reader, then send the text; from there on, silence is doubt."""
        try:
            await client.rcpt(to)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return refusal(error)
        try:
            await client.data(letter.as_bytes(policy=_WIRE))
        except aiosmtplib.SMTPResponseException as error:
            return refusal(error)
        except (aiosmtplib.SMTPException, OSError):
            return Doubt("no answer to the letter")
        if len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append(client)
        return Sent(str(letter["Message-ID"]))


def refusal(error: Exception) -> Outcome:
    """Return what a refusal before or after the text means; `problem` keeps the codes, never the server's words."""
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return Later(f"mail server: {type(error).__name__}", everybody=True)
    enhanced = _ENHANCED.match(error.message)
    problem = " ".join(["smtp", str(error.code), *([enhanced[0].strip()] if enhanced else [])])
    about_us = not isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    if about_us or error.code == 421:  # greeting, encryption, login, sender: the same for whomever we write to
        return Later(problem, everybody=True)
    if error.code < 500:
        return Later(problem)
    # X.7.x is about policy and rights ("relaying denied"): the address may be as good as any.
    nobody_there = isinstance(error, aiosmtplib.SMTPRecipientRefused) and not (enhanced and enhanced[2] == "7")
    return Failed(problem, permanent=nobody_there)
