"""Jiahe (家和): one connected home, open and local."""

__version__ = "0.1.0"
