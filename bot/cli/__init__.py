"""The command line: what an operator types in a shell."""
