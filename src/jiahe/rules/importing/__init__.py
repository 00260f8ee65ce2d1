"""Automations of Home Assistant become rules of ours, or are listed with the exact construct that has no counterpart."""
