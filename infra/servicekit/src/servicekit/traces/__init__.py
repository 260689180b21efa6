"""Which traces are kept, where they go, and how one is found again (ADR 0064)."""
