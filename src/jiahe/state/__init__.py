"""What is, and what was said: store, journal, intake (the one door in) and dispatch (the one door out)."""
