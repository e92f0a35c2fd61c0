"""Policies: drafted, approved, published, and acknowledged by everybody they apply to."""

from workflows.policy import acknowledge, approve, compare, folder, publish, read, topics
from workflows.policy.base import WORKFLOW

__all__ = ["WORKFLOW", "acknowledge", "approve", "compare", "folder", "publish", "read", "topics"]
