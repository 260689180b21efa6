"""How many examples a test of generated ones tries: few by default, `FUZZ_EXAMPLES` of each."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def stored(few: int) -> settings:
    """For a test whose every example is stored in a real database, and takes a tenth of a second and more."""
    return settings(
        max_examples=int(os.environ.get("FUZZ_EXAMPLES", few)),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
