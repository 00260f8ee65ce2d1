"""Jiahe (家和): one connected home, open and local."""
