"""Folds events into order facts and analytics, invalidates the cache, enriches orders."""
