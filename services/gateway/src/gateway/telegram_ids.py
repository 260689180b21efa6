"""Ids of Telegram users."""

MAX_TELEGRAM_ID = 2**52
"""They have at most 52 significant bits."""
