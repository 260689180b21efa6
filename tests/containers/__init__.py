"""The platform in containers, on an engine that is started for it: `python -m containers`, `make containers`."""
