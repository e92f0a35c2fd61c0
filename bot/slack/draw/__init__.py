"""What is said, drawn for Slack: pure functions from models.message to Block Kit as plain dicts, and answers back."""
