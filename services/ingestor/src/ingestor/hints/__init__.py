"""Wildberries' own webhooks: each is a hint that there may be something to read, and nothing else."""
