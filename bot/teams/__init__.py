"""Microsoft Teams: the only place that knows the Bot Framework."""
