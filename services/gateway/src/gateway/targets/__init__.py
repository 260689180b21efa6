"""Where users want to be told beside their private chats: entered, confirmed, told to the notifier."""
