"""What came in: a gesture somebody made on some surface, and the reply that goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from models.message import Said

NOTHING: Mapping[str, Any] = MappingProxyType({})
GestureKind = Literal["command", "button", "form", "shortcut", "emoji", "file", "webhook"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: its name as given, its media type as claimed, its bytes."""

    name: str
    media_type: str
    body: bytes


class Auth(NamedTuple):
    """How we know who made a gesture: platform, workspace ref, scheme, hash of the request, degree of assurance."""

    platform: str
    workspace: str = ""
    scheme: str = ""
    request_sha256: str = ""
    assurance: str = "chat"


class Gesture(NamedTuple):
    """What a person did on some surface, verified and read but not yet understood.

    `act` names a declared act, or is empty and `words` were typed. `key` is the platform's own id of this gesture: a
    second copy has no second effect; `twin` is what it shares with a copy that came under another id. `shown` is the
    digest of the form that was answered, `at` the platform's time, `files` came with typed words and answer a form's
    questions for files, in order.
    """

    kind: GestureKind
    actor_id: int
    at: datetime
    auth: Auth
    key: str = ""
    act: str = ""
    target: str = ""
    words: str = ""
    values: Mapping[str, Any] = NOTHING
    shown: str = ""
    operator: str = ""
    files: tuple[Upload, ...] = ()
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person sees next; `errors` maps field names of a returned form to what is wrong with the answer."""

    said: Said
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    committed: bool = False
    status: Literal["ok", "refused", "missing", "again"] = "ok"
