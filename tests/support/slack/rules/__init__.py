"""What Slack takes and what it refuses: the shapes and limits of Block Kit."""
