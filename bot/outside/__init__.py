"""Everything that leaves the house and is no chat: mail, and later connectors, time stamps, webhooks."""
