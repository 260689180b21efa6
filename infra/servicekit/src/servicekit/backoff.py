"""How long to wait after failures."""

import random


def backoff_seconds(failures: int, *, first: float, longest: float, least: float) -> float:
    """`first` seconds, doubled with each further failure up to `longest`: a random part of that, `least` or more."""
    return jittered(min(longest, first * 2.0 ** min(max(failures - 1, 0), 20)), least, 1.0)


def jittered(seconds: float, least: float, most: float) -> float:
    """The seconds times a random factor between `least` and `most`: what failed together does not return together."""
    return seconds * random.uniform(least, most)  # noqa: S311  # not a secret
