"""What every service runs on: settings, logs, traces, broker, outbox, inbox, cache, health."""
