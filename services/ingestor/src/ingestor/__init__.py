"""Talks to Wildberries: checks cabinets, syncs resources, publishes what changed."""
