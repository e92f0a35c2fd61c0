"""What we are compared with: aiohttp and one row through the same writer, and nothing else. Runs as its own process."""

from __future__ import annotations

import asyncio
import secrets
import sys
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.app import serving
from bot.database import Database, open_database
from models.desk import SeenGesture


def one_row(session: Session) -> None:
    """Insert one row."""
    session.execute(insert(SeenGesture.__table__), {"key": secrets.token_hex(32), "at": datetime.now(UTC)})


def make_table(database: Database) -> None:
    """Create the one table."""
    SeenGesture.metadata.create_all(database.engine, [SeenGesture.metadata.tables[SeenGesture.__tablename__]])


def bare_app(database: Database) -> web.Application:
    """Return an application whose one page is a row that is committed before it is answered."""

    async def answer(request: web.Request) -> web.Response:
        await request.post()
        await database.write(one_row)
        return web.Response(text="saved")

    app = web.Application()
    app.add_routes([web.post("/", answer)])
    return app


async def main(url: str) -> None:
    """Serve until killed, and say where."""
    database = open_database(url)
    make_table(database)
    async for address in serving(bare_app(database), "127.0.0.1", 0):
        print(f"Serving on {address},", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
