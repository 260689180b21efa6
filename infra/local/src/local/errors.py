"""What can go wrong here, as one line a person can act on."""


class LocalError(Exception):
    """Something that cannot be started or found; its text says what and what to do about it."""


class MissingServerError(LocalError):
    """No way of getting a server worked: not given, not installed, no Docker engine, no Debian package."""
