"""A small strict fake of the Telegram Bot API, with an inbox."""
