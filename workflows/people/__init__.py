"""People: who is on the roster, brought up to date by files and by hand, with the history of what was true when."""

from workflows.people import apply, batches, change, imports, leavers, merge, reading, reversal, roles, see, spells
from workflows.people.base import WORKFLOW

__all__ = [
    "WORKFLOW",
    "apply",
    "batches",
    "change",
    "imports",
    "leavers",
    "merge",
    "reading",
    "reversal",
    "roles",
    "see",
    "spells",
]
