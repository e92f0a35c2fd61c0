"""Bringing a database to the tables this version needs, and telling how far it is from them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from models.base import Base

MIGRATIONS = Path(__file__).parent.parent / "models" / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database up (or, with an older `revision` or "base", down) to a revision, in one transaction."""
    with engine.begin() as connection:
        config = _config(connection)
        going_down = revision == "base"
        (command.downgrade if going_down else command.upgrade)(config, revision)


def standing(engine: Engine) -> Literal["empty", "current", "old", "unknown"]:
    """Return how the database stands: "unknown" means that it was made by a newer version."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config_without())
    if at is None:
        return "empty"
    if at == script.get_current_head():
        return "current"
    return "old" if any(one.revision == at for one in script.walk_revisions()) else "unknown"


def differences(engine: Engine) -> list[object]:
    """Return what the tables have that the models lack, or the other way round; empty is right."""
    with engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return found


def write_revision(engine: Engine, text: str) -> None:
    """Write a new migration from the difference between database and models (for contributors)."""
    with engine.begin() as connection:
        command.revision(_config(connection), text, autogenerate=True)


def _config_without() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
