"""What the company owes: one file per promise; nothing is sent from here."""

ALL = [
    "todo",
    "inbox",
    "policy",
    "campaign",
    "people",
    "workspace",
    "prefer",
    "nudges",
    "schedule",
    "status",
    "first_steps",
    "help",
]
