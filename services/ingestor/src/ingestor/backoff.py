"""How long to wait after failures."""

from servicekit import backoff

FIRST_SECONDS = 1.0
MAX_SECONDS = 300.0


def backoff_seconds(failures: int, *, longest: float = MAX_SECONDS) -> float:
    """1 s doubling to `longest`, of which a random half or more."""
    return backoff.backoff_seconds(failures, first=FIRST_SECONDS, longest=longest, least=0.5)
