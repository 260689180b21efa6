"""Ids of Telegram users."""

MAX_TELEGRAM_ID = 2**52
"""They have at most 52 significant bits."""

SPELT = r"^0*[1-9][0-9]{0,15}$"
"""How one is written in a header."""
