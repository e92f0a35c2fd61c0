"""Logs: one event a line, as JSON where nobody watches. No secrets, no texts that people wrote, no addresses.

Our own lines carry ids and kinds only. Because an exception's message or a library's line may quote what somebody
typed, production logs tell where an error arose, never its words; and whatever looks like an e-mail address is masked.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import structlog

from bot.compact import compact

Event = MutableMapping[str, Any]
PLACES = 6  # of those an error came through: enough to find it
_JSON = json.JSONEncoder(default=repr)
_ADDRESS = re.compile(r"[^\s@<>\"'=:,;()\[\]]+@[^\s@<>\"'=:,;()\[\]]+")


def configure(level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Send our events and those of libraries (from WARNING on) to `stream`: readable on a terminal, else JSON."""
    readable = stream.isatty()
    errors = structlog.processors.format_exc_info if readable else where_only
    shared: list[Any] = [
        structlog.processors.add_log_level,
        stamped,
        errors,
    ]
    rendering: list[Any] = [masked, structlog.dev.ConsoleRenderer()] if readable else [as_json]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
            foreign_pre_chain=[foreign, *shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[*shared, *rendering],
        logger_factory=structlog.WriteLoggerFactory(stream),  # past the library's records, which cost half a line
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,  # so configure before the first line
    )


def as_json(_: Any, __: str, event: Event) -> str:
    """Return an event as a line of JSON, in which everything is masked that looks like an e-mail address."""
    line = _line(event)
    return _line(_mask(event)) if "@" in line else line


def stamped(_: Any, __: str, event: Event) -> Event:
    """Add when it was: in UTC, as ISO 8601 writes it."""
    event["at"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return event


def masked(_: Any, __: str, event: Event) -> Event:
    """Mask everything that looks like an e-mail address, at any depth."""
    return {_mask(name): _mask(value) for name, value in event.items()}


def where_only(_: Any, __: str, event: Event) -> Event:
    """Replace an exception by its type and the places it came through, the cause last."""
    if "exc_info" not in event:
        return event
    error = _exception(event.pop("exc_info"))
    trail = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        trail.append(
            {"type": type(error).__name__, "at": [f"{one.filename}:{one.lineno} {one.name}" for one in frames]}
        )
        error = error.__cause__ or error.__context__
    if trail:
        event["error"] = trail
    return event


def place_of(error: Exception) -> dict[str, str]:
    """Return an error's kind, the kind of its cause, and the last places it came through, without its words."""
    places = traceback.extract_tb(error.__traceback__)[-PLACES:]
    where = " > ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in places)
    return {"error": type(error).__name__, "cause": type(error.__cause__).__name__, "where": where}


def foreign(_: Any, __: str, event: Event) -> Event:
    """Keep of a library's line its name and its template: what fills the template may be somebody's words."""
    record = event["_record"]
    event["logger"] = record.name
    event["event"] = str(record.msg).partition("\n")[0]
    event["exc_info"] = record.exc_info
    return event


def _exception(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None


def _line(event: Event) -> str:
    try:
        return compact(event).decode()
    except (TypeError, UnicodeEncodeError):  # something that JSON does not know, or half a character
        return _JSON.encode(event)


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub("[address]", value) if "@" in value else value
    if isinstance(value, Mapping):
        return {_mask(name): _mask(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mask(part) for part in value]
    return value
