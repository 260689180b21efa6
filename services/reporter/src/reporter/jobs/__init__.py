"""What the clock drives: one module a job."""
