"""The Telegram bot: a client of the gateway, and of nothing else."""
