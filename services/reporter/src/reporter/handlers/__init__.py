"""What each event does to the reporter's tables: one module an event; each returns the cache tags made stale."""
