"""The command line: `python -m bot serve`, and everything else an operator types."""

from __future__ import annotations

import gc

gc.disable()  # what is imported stays for good: to look what of it could go takes a fifth of the time to start

import logging
import sys

import typer

from bot import logs
from bot.cli import serve, speak
from bot.cli.docs import docs
from bot.cli.doctor import doctor
from bot.cli.manifest import manifest
from bot.cli.screen import ERR
from bot.deployment import CannotStart

gc.freeze()
gc.enable()
app = typer.Typer(
    name="python -m bot", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
app.command()(serve.serve)
app.command()(serve.migrate)
app.command()(serve.work)
for verb in (speak.do, speak.people, speak.policy, speak.campaign):
    app.command(context_settings=speak.FREE)(verb)
app.command()(doctor)
app.command()(manifest)
app.command()(docs)


def main() -> None:
    """Run one command. Leaves with 0 when it is done, 1 when it was refused, 2 when it cannot be done like this."""
    try:
        logs.configure(logging.WARNING)
        app()
    except CannotStart as error:
        ERR.print(str(error), markup=False, soft_wrap=True)  # what is to be copied stays whole
        sys.exit(2)


if __name__ == "__main__":
    main()
