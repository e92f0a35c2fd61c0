"""A strict stand-in for Slack on loopback: it refuses what Slack refuses, and keeps what a person would see."""
