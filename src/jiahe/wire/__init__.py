"""Bytes to talk and back, one folder a protocol family; sans-I/O; one codec, two roles."""
