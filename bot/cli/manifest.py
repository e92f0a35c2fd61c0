"""`manifest`: the app as a chat platform is told about it, to be pasted or uploaded there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
import yaml

from bot.deployment import CannotStart, read_settings
from bot.slack.manifest import explained
from bot.slack.manifest import manifest as slack_manifest
from bot.teams.manifest import REVISIONS, file_name, missing, package
from config.settings import Settings

NOT_YET = (
    "Slack will not take this yet: it wants an https:// address that the internet reaches.",
    "Set COUNTERSIGN_BASE_URL and write it again, or write it with --socket.",
)


def manifest(
    platform: Annotated[Literal["slack", "teams"], typer.Argument(help="The platform the manifest is for.")],
    socket: Annotated[
        bool, typer.Option("--socket", help="Slack: for Socket Mode, which needs no address of ours.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="Teams: where to write the package.", dir_okay=False)
    ] = None,
    revision: Annotated[
        int, typer.Option("--revision", help="Teams: 1, 2, ... to upload it again.", min=0, max=REVISIONS - 1)
    ] = 0,
) -> None:
    """Write the app for Slack, as YAML to be pasted there, or for Teams, as a package to be uploaded there."""
    settings = read_settings(complete=False)  # secrets come only after the manifest
    if platform == "slack":
        _slack(settings, socket=socket)
    else:
        _teams(settings, output, revision)


def _slack(settings: Settings, *, socket: bool) -> None:
    by_socket = socket or bool(settings.slack_app_token)
    told = slack_manifest(settings, socket=by_socket)
    unreachable = not (by_socket or settings.base_url.startswith("https://"))
    # Plain print: nothing may be wrapped or coloured in what is pasted.
    typer.echo("\n".join(f"# {line}" for line in [*(NOT_YET if unreachable else ()), *explained(settings)]))
    typer.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100), nl=False)


def _teams(settings: Settings, output: Path | None, revision: int) -> None:
    if lacking := missing(settings):
        raise CannotStart("\n".join(["The package cannot be written:", *(f"- {one}" for one in lacking)]))
    where = output or Path(file_name(settings))
    try:
        where.write_bytes(package(settings, revision))
    except OSError as error:
        raise CannotStart(f"{where} cannot be written: {error.strerror}. Name another with --output.") from None
    typer.echo(f"Written: {where}")
    typer.echo(
        "Upload it in the Teams admin center under Teams apps, Manage apps. Nothing of Microsoft Graph is asked."
    )
