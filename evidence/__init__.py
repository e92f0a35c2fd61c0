"""What can be proved: canonical records, originals, and later the log over them."""
