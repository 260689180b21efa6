"""Lists as files: the same rows as in JSON, as tables that sellers open (ADR 0039)."""
