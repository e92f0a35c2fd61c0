"""What the company owes: one file per promise; nothing is sent from here."""

ALL = [
    "todo",
    "policy",
    "campaign",
    "people",
    "nudges",
    "schedule",
    "status",
    "first_steps",
    "help",
]
