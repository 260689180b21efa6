"""What events said: the newest revision of every row, whatever order they came in."""
