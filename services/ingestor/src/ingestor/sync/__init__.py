"""The sync engine: what is due, reading it page by page, storing it, publishing what changed."""
