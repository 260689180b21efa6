"""Answers to reads: kept ready to send, and sent again while nothing they were made from has changed (ADR 0032)."""
