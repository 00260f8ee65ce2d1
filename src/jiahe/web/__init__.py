"""The phone's door: HTTP, WebSocket, OpenAPI and the built phone app."""
