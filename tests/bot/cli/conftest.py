"""A demo company that was founded once; every test works on its own copy of the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.process import bot


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demo company as it is founded."""
    file = tmp_path_factory.mktemp("founded") / "demo.db"
    done = bot("do", "help", "--as", "ana.duarte@halden.example", database_url=f"sqlite:///{file}")
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture
def company(founded: Path, tmp_path: Path) -> str:
    """The address of a database with the demo company, for one test."""
    copy = tmp_path / "demo.db"
    shutil.copy(founded, copy)
    return f"sqlite:///{copy}"
