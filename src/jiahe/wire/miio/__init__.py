"""Xiaomi miIO and MIoT over UDP, both ends."""
