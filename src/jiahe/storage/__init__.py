"""SQLite, and nothing about homes."""
