"""Figures as pictures: one chart a file, each a function that draws plain data, without Telegram or the gateway."""
