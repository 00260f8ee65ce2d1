"""The Huami family: Mi Band 2 to 5 over Bluetooth LE, both roles from the same tables."""
