"""`docs`: the generated parts of docs/, written anew or compared."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import reference
from bot.cli.screen import ERR, OUT


def docs(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the pages still match the code.")] = False,
) -> None:
    """Write docs/reference/ from the code."""
    if not check:
        reference.write()
        OUT.print(f"Wrote {len(reference.pages())} pages in docs/reference/.")
        return
    if behind := reference.drifted():
        ERR.print(f"These pages do not match the code: {', '.join(behind)}. Type: python -m bot docs")
        raise typer.Exit(1)
