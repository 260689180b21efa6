"""REST for the bot and other programs: cabinets, orders, syncs."""
