"""Workspaces: connecting the chats in which people are asked, who is who there, and what happens when one is down."""

from workflows.workspace import backlog, roll, see
from workflows.workspace.base import WORKFLOW

__all__ = ["WORKFLOW", "backlog", "roll", "see"]
