"""What the services say to one another: envelope, events, topics, cache keys. No I/O."""
