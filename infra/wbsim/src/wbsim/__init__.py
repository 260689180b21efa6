"""A stateful fake Wildberries over HTTP, from a seed."""
