"""Deliveries: claimed under a lease, sent at each channel's pace, recorded with their attempts."""
