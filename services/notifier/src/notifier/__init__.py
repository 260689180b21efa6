"""Turns reported orders into messages and delivers them to Telegram and webhooks."""
