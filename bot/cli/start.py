"""How every command begins: settings, database, and in an empty demo the founding of the company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot import demo
from bot.alone import alone
from bot.app import utc_now
from bot.cli.screen import ERR, steps
from bot.deployment import Deployment, opened, read_settings


@contextmanager
def started() -> Iterator[Deployment]:
    """Open the deployment of this environment, ready to work with. Raises CannotStart."""
    with opened(read_settings()) as deployment:
        if deployment.settings.demo:
            with alone(deployment.database.engine, "founding"):
                if not demo.founded(deployment):
                    ERR.print("Founding the demo company ...")
                    with steps() as progress:
                        demo.found(deployment, utc_now(), progress)
        yield deployment
