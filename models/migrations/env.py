"""How Alembic reaches the database: the caller hands over its connection (see bot/migrate.py)."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import models
from models.base import Base, UtcDateTime

__all__ = ["models"]  # importing it declares every table


def _render(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our time type as the plain column it is, so that migrations stand alone."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_render,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
