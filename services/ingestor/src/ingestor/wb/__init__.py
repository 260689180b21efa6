"""Wildberries' API: its hosts, methods, limits, errors and times."""
