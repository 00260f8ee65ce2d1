"""Midea appliances on the local network: V2 and V3 over TCP 6444, discovery over UDP 6445 and 20086."""
