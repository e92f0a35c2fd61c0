"""Slack: what comes in at one verified door, what is drawn for it, and what goes out."""
