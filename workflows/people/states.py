"""The states of an import, from the file to what stands."""

MOVES = {
    ("reading", "stage"): "staged",
    ("reading", "refuse"): "refused",
    ("staged", "read again"): "reading",  # people changed since, so the preview no longer says what would happen
    ("staged", "drop"): "dropped",
    ("staged", "apply"): "applying",
    ("applying", "finish"): "applied",
    ("applied", "reverse"): "reversing",
    ("reversing", "finish"): "reversed",
}
