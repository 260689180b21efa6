"""What of a process its tests share, kept as it was: one that configures logging as a service does is alone in it."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def kept() -> Iterator[None]:
    """After the block, logging and the environment are what they were before."""
    root = logging.getLogger()
    config, handlers, level, environment = structlog.get_config(), root.handlers[:], root.level, dict(os.environ)
    try:
        yield
    finally:
        if structlog.get_config() != config:
            structlog.configure(**config)
            _forget_loggers()
        if root.handlers != handlers:
            root.handlers[:] = handlers
        if root.level != level:
            root.setLevel(level)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)


def _forget_loggers() -> None:
    """Loggers of modules that were used meanwhile, and keep to the configuration that they found."""
    for module in list(sys.modules.values()):
        log = getattr(module, "__dict__", {}).get("log")
        if isinstance(log, _LOGGER):
            vars(log).pop("bind", None)


_LOGGER = type(structlog.get_logger())
