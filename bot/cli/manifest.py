"""`manifest`: the app as a chat platform is told about it, to be pasted or uploaded there."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
import yaml

from bot.deployment import read_settings
from bot.slack.manifest import explained
from bot.slack.manifest import manifest as slack_manifest


def manifest(
    platform: Annotated[Literal["slack"], typer.Argument(help="The platform the manifest is for.")],
    socket: Annotated[
        bool, typer.Option("--socket", help="For Socket Mode: Slack needs no address of ours then.")
    ] = False,
) -> None:
    """Write the app manifest for Slack, as YAML to be pasted under “Create an app”, “From a manifest”."""
    settings = read_settings(complete=False)  # its tokens come only after the manifest
    told = slack_manifest(settings, socket=socket or bool(settings.slack_app_token))
    # Plain print: nothing may be wrapped or coloured in what is pasted.
    typer.echo("\n".join(f"# {line}" for line in explained(settings)))
    typer.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100), nl=False)
