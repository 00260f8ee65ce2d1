"""Appliances that are read and set by tables: a sheet for each kind, and one hub side and one device side for all."""
