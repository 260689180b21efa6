"""What sellers read, in Russian."""
