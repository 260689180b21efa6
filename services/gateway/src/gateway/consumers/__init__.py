"""What the gateway hears from other services."""
