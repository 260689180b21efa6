"""How long a message waits for its receiver: sellers are told of it, and jobs keep to it."""

KEEP_DAYS = 14
"""What a receiver has not taken by then is given up."""
