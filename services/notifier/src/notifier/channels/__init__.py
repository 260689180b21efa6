"""Ways to reach a recipient."""
