"""Real Postgres, Redis and RabbitMQ, and the whole platform, on a machine without Docker."""
