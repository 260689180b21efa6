"""The settings of a service, by its name."""

import importlib

from servicekit.settings import ProcessSettings, ServiceSettings


def settings_of(service: str) -> type[ProcessSettings]:
    """The settings class of a service."""
    found = vars(importlib.import_module(f"{service}.settings")).values()
    [own] = [
        each
        for each in found
        if isinstance(each, type)
        and issubclass(each, ProcessSettings)
        and each not in (ProcessSettings, ServiceSettings)
    ]
    return own
