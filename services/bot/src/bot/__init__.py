"""The Telegram bot: a client of the gateway, and of nothing else."""

from bot import deferred_models as deferred_models  # before anything imports aiogram
