"""A demo company that was founded once; every test works on its own copy of the file."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.support.process import bot


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demo company as it is founded, by whichever process of the run is the first to need it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    file, unfinished = shared / "founded.db", shared / "founding.db"
    with (shared / "founding.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            done = bot("do", "help", "--as", "ana.duarte@halden.example", database_url=f"sqlite:///{unfinished}")
            assert done.returncode == 0, done.stderr
            unfinished.rename(file)
    return file


@pytest.fixture
def company(founded: Path, tmp_path: Path) -> str:
    """The address of a database with the demo company, for one test."""
    copy = tmp_path / "demo.db"
    shutil.copy(founded, copy)
    return f"sqlite:///{copy}"
