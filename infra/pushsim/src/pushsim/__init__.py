"""Strict fakes of a mail server, a Web Push service and Firebase Cloud Messaging."""
