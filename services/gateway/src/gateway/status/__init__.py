"""`/status`: how the whole installation fares, for people without Grafana."""
