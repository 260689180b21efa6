"""What a cabinet's day, week or month came to, and what changed and why. Formulas: docs/metrics.md."""
