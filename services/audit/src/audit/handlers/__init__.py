"""What consumed events do."""
