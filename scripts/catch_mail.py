"""A mail server on this machine that delivers nothing: it prints every letter as a person would read it.

`python -m scripts.catch_mail [port]`, then COUNTERSIGN_SMTP_URL=smtp://127.0.0.1:1025. For trying things out only.
"""

from __future__ import annotations

import signal
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PORT = 1025


class Printer:
    """Takes every letter and prints it."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Print one letter."""
        letter = message_from_bytes(bytes(envelope.content or b""), EmailMessage, policy=default)
        text = letter.get_body(("plain",))
        print(f"\nTo: {letter['To']}\nSubject: {letter['Subject']}\n\n{text.get_content() if text else ''}", flush=True)
        return "250 2.0.0 printed"


def main() -> None:
    """Catch mail until Ctrl-C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    controller = Controller(Printer(), hostname="127.0.0.1", port=port)
    controller.start()
    print(f"Mail to 127.0.0.1:{port} is printed here. Stop with Ctrl-C.", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    controller.stop()


if __name__ == "__main__":
    main()
