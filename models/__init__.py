"""What is remembered: tables, the rules that protect them, and the plain words of messages."""
