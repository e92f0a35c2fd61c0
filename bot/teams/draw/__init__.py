"""Adaptive Cards: pure functions, the same words in give the same card out."""
