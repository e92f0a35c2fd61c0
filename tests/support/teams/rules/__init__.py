"""What Teams takes, as rules that find every mistake."""
