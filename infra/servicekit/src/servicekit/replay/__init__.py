"""Replays: a consumer is given again what the log holds, on its own queues and on nobody else's."""
