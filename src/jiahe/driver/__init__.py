"""Devices alive: the supervisor, the point driver, and the table of families."""
