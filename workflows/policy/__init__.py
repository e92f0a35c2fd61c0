"""Policies: drafted, approved, published, and acknowledged by everybody they apply to."""

from workflows.policy import (
    acknowledge,
    approve,
    compare,
    due,
    elsewhere,
    exempt,
    folder,
    publish,
    questions,
    read,
    standing,
    succession,
    together,
    topics,
    upload,
)
from workflows.policy.base import WORKFLOW

__all__ = [
    "WORKFLOW",
    "acknowledge",
    "approve",
    "compare",
    "due",
    "elsewhere",
    "exempt",
    "folder",
    "publish",
    "questions",
    "read",
    "standing",
    "succession",
    "together",
    "topics",
    "upload",
]
