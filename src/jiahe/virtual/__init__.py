"""Devices and a whole home played from the same product files, with physics and faults."""
