"""How long to wait after failures."""

import random

FIRST_SECONDS = 1.0
MAX_SECONDS = 300.0


def backoff_seconds(failures: int) -> float:
    """1 s doubling to 5 min, of which a random half or more: what failed together does not return together."""
    ceiling = min(MAX_SECONDS, FIRST_SECONDS * 2.0 ** min(max(failures - 1, 0), 20))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311  # not a secret
