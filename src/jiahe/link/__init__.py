"""The pump between a session and a transport, with the tap that captures what passed."""
