"""A service that is started again with other settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from demo.installation import Installation, wait_until
from local.platform import Platform, is_ready

READY_SECONDS = 300
"""Of a service that was started again, on a busy machine."""


@contextmanager
def restarted(service: str, own: Mapping[str, str], after: Mapping[str, str], pulse: Installation) -> Iterator[None]:
    """It runs with `own` settings besides, and in the end with `after`."""
    try:
        _restart(service, pulse.platform.told(service, dict(own)))
        yield
    finally:
        _restart(service, pulse.platform.told(service, dict(after)))


def _restart(service: str, told: Platform) -> None:
    told.stop_service(service)
    told.start_service(service)
    port = int(told.environments[service]["PORT"])
    wait_until(f"the {service} is ready", lambda: is_ready(port), READY_SECONDS)
