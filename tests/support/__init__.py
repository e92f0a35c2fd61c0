"""What tests need from the machine: databases and a browser."""
