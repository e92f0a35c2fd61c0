"""The pages around the conversation: signing in, whom to be in the demo, one's sessions, and errors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.ways import with_to
from bot.web.draw import render
from bot.web.frame import Again, Frame, SignedIn, Somebody


def sign_in(frame: Frame, *, email: str = "", error: str = "", sent: str = "", to: str = "/") -> str:
    """Return the page that asks for an e-mail address (posts `email` to /sign-in), or says where a link is `sent`.

    `to` is where somebody was on the way to; it comes along until they are signed in.
    """
    return render("sign_in.html", frame, email=email, error=error, sent=sent, path=with_to("/sign-in", to))


def one_time(frame: Frame, path: str) -> str:
    """Return the page a one-time link leads to: a button that posts to `path`: only a post may spend the link."""
    return render("one_time.html", frame, path=path)


def expired(frame: Frame, path: str) -> str:
    """Return the page for a link that is spent or too old; its button posts to `path`, which sends a fresh one."""
    return render("expired.html", frame, path=path)


def whom(frame: Frame, featured: Sequence[Somebody], others: Sequence[Somebody], to: str = "/") -> str:
    """Return the demo's page of whom to be (posts `ref` to /demo): the featured, then all by department."""
    ordered = sorted(others, key=lambda person: (person.department, person.name))
    groups = [(name, list(people)) for name, people in groupby(ordered, key=lambda person: person.department)]
    return render("whom.html", frame, featured=featured, groups=groups, path=with_to("/demo", to))


def sessions(frame: Frame, signed_in: Sequence[SignedIn]) -> str:
    """Return the viewer's sessions, each with a button that posts its `ref` ("others": all but this) to /sessions."""
    return render("sessions.html", frame, signed_in=signed_in)


def trouble(frame: Frame, status: int, again: Again | None = None) -> str:
    """Return the page for an HTTP error; with `again`, a button that sends once more what was not saved."""
    return render("trouble.html", frame, status=status, again=again)
