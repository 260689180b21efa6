"""A whole Pulse is backed up, destroyed and brought back, and what is there afterwards is compared."""
