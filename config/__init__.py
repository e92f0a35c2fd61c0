"""What we were told: settings, control catalogue, policy texts, the demo company."""
