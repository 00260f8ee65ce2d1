"""The air conditioner, type 0xAC: one table a kind of message, decode beside encode."""
