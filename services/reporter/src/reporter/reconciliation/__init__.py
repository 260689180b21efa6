"""Orders by API against what Wildberries shows elsewhere: the funnel and finance. Formulas: docs/metrics.md."""
