"""What is decided of a request before anything is done for it: whether its caller has asked too much (ADR 0038)."""
