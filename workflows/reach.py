"""By which channels somebody can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, and_, exists, or_, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.chat import Conversation, Workspace
from models.person import Identity, Person, Preference

PAGE = 1000  # people in one question to the database
CHANNELS = {"slack": "Slack", "teams": "Teams", "mail": "E-mail", "web": "Web inbox"}


def chats_in_use(settings: Settings) -> list[str]:
    """Return the chats that this deployment is connected to."""
    return [name for name, there in (("slack", settings.slack), ("teams", settings.teams)) if there]


def channels_of(session: Session, settings: Settings, person: Person, *, waits: bool = True) -> list[str]:
    """Return the channels on which a message to `person` is sent; none means that nobody can reach them."""
    return channels_by_person(session, settings, [person.id], waits=waits)[person.id]


def channels_by_person(
    session: Session, settings: Settings, people: Sequence[int], *, waits: bool = True
) -> dict[int, list[str]]:
    """Return {person id: channels} for all of `people`.

    A chat where they have an identity that works; else mail; a demo without either shows everything in the web inbox.
    What does not wait goes past a chat that is down, and nothing is for one that is not or no longer connected.
    """
    open_ = ("connected", "paused") if waits else ("connected",)
    ways = _ways(session, settings, people, open_)
    chosen = _chosen(session, people)
    other = ["web"] if settings.demo else []
    return {one: _best(ways[one], chosen.get(one, "")) or other for one in people}


def ways_to(session: Session, settings: Settings, person: Person) -> list[str]:
    """Return every channel by which somebody can be reached, the one that is used without being told first."""
    return _ways(session, settings, [person.id], ("connected", "paused"))[person.id]


def people_in(session: Session, settings: Settings, people: Sequence[int], platform: str) -> set[int]:
    """Return those of `people`, however many, who can be written to in a chat, whatever they prefer."""
    found: set[int] = set()
    for first in range(0, len(people), PAGE):
        rows = _chats(session, settings, people[first : first + PAGE], ("connected", "paused"))
        found |= {person for person, chat in rows if chat == platform}
    return found


def _best(ways: list[str], chosen: str) -> list[str]:
    return [chosen] if chosen in ways else ways[:1]


def _chosen(session: Session, people: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Preference.person_id, Preference.channel).where(Preference.person_id.in_(people)))
    return dict(rows.all())


def _ways(session: Session, settings: Settings, people: Sequence[int], open_: Sequence[str]) -> dict[int, list[str]]:
    """Return {person id: channels}: chats that take messages now, then those that are paused, then mail."""
    ways: dict[int, list[str]] = {one: [] for one in people}
    for person, platform in _chats(session, settings, people, open_):
        if platform not in ways[person]:
            ways[person].append(platform)
    if settings.smtp_url:
        # A mail server said that nothing ever reaches these; a corrected address is another one.
        refused = select(Identity.platform_id).where(
            Identity.platform == "mail", Identity.unreachable_since.is_not(None)
        )
        written_to = select(Person.id).where(Person.id.in_(people), Person.email > "", Person.email.not_in(refused))
        for person in session.scalars(written_to):
            ways[person].append("mail")
    return ways


def _chats(
    session: Session, settings: Settings, people: Sequence[int], open_: Sequence[str]
) -> Sequence[Row[int, str]]:
    """Return (person id, chat) for every chat they can be written to in, the best one first."""
    known = exists().where(Conversation.identity_id == Identity.id)  # Teams must have told us where
    return session.execute(
        select(Identity.person_id, Identity.platform)
        .join(Workspace, and_(Workspace.platform == Identity.platform, Workspace.ref == Identity.workspace))
        .where(
            Identity.person_id.in_(people),
            Identity.platform.in_(chats_in_use(settings)),
            Identity.unreachable_since.is_(None),
            Workspace.state.in_(open_),
            or_(Identity.platform != "teams", known),
        )
        .order_by(Workspace.state, Identity.platform, Identity.id)
    ).all()
