"""Whose, where, which: rooms, people, adopted devices, sealed secrets."""
