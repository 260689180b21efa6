"""The whole of Pulse live: a change at Wildberries becomes a Telegram message."""
