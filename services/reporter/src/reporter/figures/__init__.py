"""What is made of events: facts, day totals, analytics, projections, and the reports of them."""
