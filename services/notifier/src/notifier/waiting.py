"""How long messages are kept for their receivers: sellers are told of it, and jobs keep to it."""

KEEP_DAYS = 14
"""What a receiver has not taken by then is given up."""

DAYS_BEFORE_PAUSE = 7
"""A webhook that has taken nothing for so long is paused, until its user resumes it."""

MISSED_KEEP_DAYS = 100
"""For so long a user can ask for what his endpoint missed. As long as the inbox remembers events: until then a repeat
must still meet its delivery."""
