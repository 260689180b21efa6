"""What each event does to the gateway's tables: one module an event."""
