"""People: who is on the roster, brought up to date by files and by hand, with the history of what was true when."""

from workflows.people import (
    apply,
    batches,
    change,
    imports,
    leave,
    leavers,
    merge,
    page,
    reading,
    reversal,
    roles,
    see,
    spells,
    split,
    undo,
)
from workflows.people.base import WORKFLOW

__all__ = [
    "WORKFLOW",
    "apply",
    "batches",
    "change",
    "imports",
    "leave",
    "leavers",
    "merge",
    "page",
    "reading",
    "reversal",
    "roles",
    "see",
    "spells",
    "split",
    "undo",
]
