"""Objectives, alerts and dashboards of Pulse, as files for Prometheus and Grafana."""
