"""Real processes of `python -m bot`, as an operator starts them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def environment(**settings: str) -> Mapping[str, str]:
    """Return the environment of a process with exactly these settings: port="8001" becomes COUNTERSIGN_PORT."""
    return {**os.environ, **{f"COUNTERSIGN_{name.upper()}": value for name, value in settings.items()}}


def bot(*words: str, answers: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot` to its end."""
    command = [sys.executable, "-m", "bot", *words]
    environ = environment(**settings)
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environ, input=answers, capture_output=True, text=True, timeout=90
    )


def start(*words: str, module: str = "bot", **settings: str) -> subprocess.Popen[bytes]:
    """Start `python -m bot` (or another module) without listening to it; the caller ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(*running: subprocess.Popen[bytes]) -> None:
    """Kill processes, as a host that fails."""
    for process in running:
        process.kill()
        process.wait()


def free_port() -> str:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Running:
    """A process that goes on until it is told to stop; `text` is what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def address(self) -> str:
        """Where it serves, once it does."""
        return self.says("Serving on http").split("Serving on ")[1].split(",")[0]

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self._output.read_text(encoding="utf-8")

    def says(self, words: str, within: float = 60) -> str:
        """Wait until it has printed `words`, and return everything so far."""
        end = time.monotonic() + within
        while words not in self.text:
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.text}"
            assert time.monotonic() < end, f"{words!r} was not said: {self.text}"
            time.sleep(0.05)
        return self.text


@contextmanager
def running(folder: Path, *words: str, module: str = "bot", **settings: str) -> Iterator[Running]:
    """Run `python -m bot` (or another module) beside the test; it is told to stop afterwards, as by Ctrl-C."""
    output = folder / f"{module}.txt"
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=environment(**settings),
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield Running(process, output)
        finally:
            process.terminate()
            process.wait(30)
