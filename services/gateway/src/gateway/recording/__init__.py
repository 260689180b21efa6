"""A record of every command, in the transaction of its effect, and of every administrator's read (ADR 0062)."""
