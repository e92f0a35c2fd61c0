"""Campaigns: one asking of many people, prepared, launched, watched and ended by the compliance lead."""

from workflows.campaign import announce, change, combine, fanout, kit, launch, look, plan, preview, sweep
from workflows.campaign.base import WORKFLOW

__all__ = ["WORKFLOW", "announce", "change", "combine", "fanout", "kit", "launch", "look", "plan", "preview", "sweep"]
