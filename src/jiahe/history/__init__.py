"""The journal folded into series."""
