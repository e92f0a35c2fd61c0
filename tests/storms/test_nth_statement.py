"""Acknowledging, refusing, asking: failing at the n-th statement, for every n, leaves nothing half done."""

from __future__ import annotations

from tests.dialogues import test_acknowledge as dialogue
from tests.support.clumsy import ClumsyDatabase
from tests.support.stage import Stage


def test_chidi_acknowledges_on_a_failing_database(clumsy: list[ClumsyDatabase], stage: Stage) -> None:
    """Every statement of every gesture failed once, and what Chidi sees is what stands."""
    dialogue.test_chidi_reads_and_acknowledges(stage)
    assert clumsy[0].failures > 30


def test_chidi_cannot_agree_on_a_failing_database(clumsy: list[ClumsyDatabase], stage: Stage) -> None:
    """His reason reaches the owner once."""
    dialogue.test_chidi_cannot_agree(stage)
    assert clumsy[0].failures > 30
