"""What lies before whoever decides about a draft, and how a version stands after it."""

from __future__ import annotations

from models import message as m
from models.person import Person
from models.policy import PolicyVersion
from workflows.context import Context
from workflows.policy import states


def in_front(version: PolicyVersion, author: Person | None) -> tuple[m.Fact, ...]:
    """Return what whoever decides must know besides the text."""
    return (
        m.Fact("Policy", version.code),
        m.Fact("Author", m.mention(author.ref) if author else ""),
        m.Fact("For", version.audience),
        m.Fact("Fingerprint", version.sha256),
    )


def links(version: PolicyVersion) -> tuple[m.Link, ...]:
    return (m.Link("Read the full text", f"/go/policy.show/{version.code}"),)


def standing(ctx: Context, version: PolicyVersion, line: str) -> m.Message:
    """Return how a version stands after a move."""
    return m.Message(
        f"{version.title}: {version.state}",
        lines=(line,),
        facts=(m.Fact("Policy", version.code),),
        buttons=(m.Button("Read", "policy.show", version.code), *states.buttons(ctx, version)),
        tone="good",
    )


def request(ctx: Context, version: PolicyVersion) -> m.Message:
    """Return what the approver is told, and sees at home for as long as it waits."""
    return m.Message(
        f"Please approve “{version.title}”",
        lines=tuple(line for line in (version.summary, version.changes) if line),
        facts=in_front(version, ctx.session.get(Person, version.author_id)),
        buttons=(
            m.Button("Read", "policy.show", version.code),
            m.Button("Approve", "policy.approve", version.code, "primary"),
            m.Button("Ask for changes", "policy.changes", version.code),
        ),
    )
