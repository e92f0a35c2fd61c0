"""Policies: drafted, approved, published, and acknowledged by everybody they apply to."""

from workflows.policy import acknowledge, read, topics
from workflows.policy.base import WORKFLOW

__all__ = ["WORKFLOW", "acknowledge", "read", "topics"]
