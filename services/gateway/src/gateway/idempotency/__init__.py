"""Requests that carry an `Idempotency-Key`: done once, however often they are sent (ADR 0038)."""
