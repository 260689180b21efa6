"""What people read: HTML made of the gateway's answers, a file for each thing. No Telegram, no network."""
