"""Texts as every chat draws them: read once here, put into blocks or cards by each platform."""
