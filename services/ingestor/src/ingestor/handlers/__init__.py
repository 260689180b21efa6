"""What each event does to the ingestor's tables: one module an event."""
