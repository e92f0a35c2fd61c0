"""The tests mirror the house: `tests/workflows/` tests `workflows/`, and so on. `tests/support/` serves them all."""
