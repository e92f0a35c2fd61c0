"""The roster as a file: read it, check it, compare it with the people we know, say plainly what would change."""
