"""A real SMTP server on loopback, as unkind as real ones: it refuses, waits, hangs up, and knows STARTTLS."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import re
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.support.loop import Loop

_WAY = re.compile(r"^(.+): (https?://\S+)$", re.MULTILINE)


@dataclass
class Letter:
    """A letter that the server took, whether or not its sender heard so."""

    to: str
    message: EmailMessage
    encrypted: bool

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML."""
        return self._part("html")

    def way(self, label: str) -> str:
        """Return the address behind what is labelled so."""
        ways: dict[str, str] = dict(_WAY.findall(self.text))
        return ways[label]

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """What came in, and how the server treats whom.

    `at_rcpt` and `at_data` map addresses (or "*") to the answer they get there; `after_data` maps them to "hang up" or
    to the seconds the server keeps quiet, after it has taken the letter.
    """

    letters: list[Letter] = field(default_factory=list)
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    after_data: dict[str, str | float] = field(default_factory=dict)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        """The address for COUNTERSIGN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def mailbox(self, email: str) -> list[Letter]:
        """Return the letters to an address, oldest first."""
        return [letter for letter in self.letters if letter.to == email]

    @contextmanager
    def running(self, port: int = 0, tls: Path | None = None) -> Iterator[MailServer]:
        """Listen while the block runs; with `tls`, a folder for a certificate of its own, offer STARTTLS."""
        context = _self_signed(tls) if tls else None
        with closing(Loop("mail server")) as loop:
            server = loop.run(self._listen(port, context))
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                loop.run(_end(server))

    async def _listen(self, port: int, context: ssl.SSLContext | None) -> asyncio.Server:
        loop = asyncio.get_running_loop()

        def connect() -> SMTP:
            self.connections += 1
            return SMTP(self, hostname="localhost", tls_context=context, loop=loop)

        return await loop.create_server(connect, "127.0.0.1", port)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        answer = self.at_rcpt.get(address) or self.at_rcpt.get("*") or "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the letter, or not, and answer, or not."""
        (to,) = envelope.rcpt_tos
        refused = self.at_data.get(to) or self.at_data.get("*")
        if refused:
            return refused
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(to, message, session.ssl is not None))
        then = self.after_data.get(to) or self.after_data.get("*")
        if then == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        elif isinstance(then, float):
            await asyncio.sleep(then)
        return "250 2.0.0 taken"


async def _end(server: asyncio.Server) -> None:
    """Stop listening; the end of the loop breaks off every conversation."""
    server.close()


def _self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server context with a certificate nobody has signed but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
