"""What is remembered: tables, the rules that protect them, and the plain words of messages."""

from models import campaign, chat, desk, fact, outbox, person, policy, record

__all__ = ["campaign", "chat", "desk", "fact", "outbox", "person", "policy", "record"]
