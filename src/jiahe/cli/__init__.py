"""The front door on the command line."""
