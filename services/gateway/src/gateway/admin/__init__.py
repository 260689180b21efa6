"""What administrators see and do, across all tenants (ADR 0040)."""
