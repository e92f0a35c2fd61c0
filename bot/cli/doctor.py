"""`doctor`: what is wrong with this deployment, and what to do."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from bot import doctor as surgery
from bot.cli.screen import OUT

STYLES = {"ok": "green", "warn": "yellow", "bad": "bold red"}


def doctor(
    chat: Annotated[
        Literal["slack", "teams"] | None, typer.Argument(help="Only what concerns this chat.", show_default=False)
    ] = None,
) -> None:
    """Look at settings, database, mail, clock and reachability, and say what to do; leaves with 1 where one is bad."""
    worst = 0
    grid = Table.grid(padding=(0, 2))
    for found in surgery.examine():
        if chat and not found.what.lower().startswith(("settings", "database", "workspace", chat)):
            continue
        grid.add_row(Text(found.state, style=STYLES[found.state]), Text(found.what), Text(found.how))
        if found.todo:
            grid.add_row("", "", Text(found.todo, style="dim"))
        worst = max(worst, found.state == "bad")
    OUT.print(grid)
    raise typer.Exit(worst)
