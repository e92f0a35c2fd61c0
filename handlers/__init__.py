"""What a person meant: a gesture becomes one workflow call."""
