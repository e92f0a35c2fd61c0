"""Triggers that keep evidence append-only: UPDATE, DELETE, REPLACE and TRUNCATE are refused by the database itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# Table -> its key. SQLite's INSERT OR REPLACE fires no delete trigger, so a repeated key is refused before the insert.
APPEND_ONLY = {"records": "id", "effective_facts": "id", "transitions": "id"}


def create_guards(dialect: str, tables: Mapping[str, str]) -> Iterator[str]:
    """Yield the statements that make `tables` append-only on "sqlite" or "postgresql"."""
    if dialect == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table, key in tables.items():
        if dialect == "postgresql":
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def drop_guards(dialect: str, tables: Mapping[str, str]) -> Iterator[str]:
    """Yield the statements that take the triggers away again (for going down a migration)."""
    for table in tables:
        if dialect == "postgresql":
            yield f"DROP TRIGGER {table}_append_only ON {table}"
        else:
            for event in ("update", "delete", "replace"):
                yield f"DROP TRIGGER {table}_no_{event}"
    if dialect == "postgresql":
        yield "DROP FUNCTION refuse_change()"
