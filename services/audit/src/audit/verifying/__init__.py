"""Finding what was changed in the audit itself."""
