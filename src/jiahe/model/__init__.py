"""The words everyone speaks; standard library only."""
