"""Moves bytes, reads none."""
